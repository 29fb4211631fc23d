// One run, from its first step to its target or a pause: it waits where it is held up, and goes on
// with another worker where one dies.

import { describe } from "./errors.js";

/** @typedef {import("./errors.js").Failure} Failure */
/** @typedef {import("./gate.js").Gate} Gate */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Target} Target */
/** @typedef {import("./training-record.js").TrainingRecord} TrainingRecord */
/** @typedef {import("./worker-keeper.js").WorkerKeeper} WorkerKeeper */

/** Of a run that was paused before it began. */
const NOTHING = { loss: { total: NaN, reconstruction: NaN, kl: NaN }, cost: NaN };

/** A worker that keeps dying is not restarted for ever. */
const MOST_RESTARTS = 3;

export class TrainingRun {
  /** Whether it is to end before its target. */
  pausing = false;
  /** Whether a worker was asked for any of it. */
  begun = false;

  #workers;
  #gate;
  #record;
  #end = /** @type {PromiseWithResolvers<RunResult>} */ (Promise.withResolvers());
  /** Resolves at its end, to what was done. */
  result = this.#end.promise;
  /** What the worker was asked for it. @type {Promise<unknown> | null} */
  #asked = null;
  #restarts = 0;
  /** What the worker before died of, until its successor is at work. @type {Failure | null} */
  #untold = null;

  /**
   * @param {WorkerKeeper} workers
   * @param {Gate} gate
   * @param {TrainingRecord} record
   */
  constructor(workers, gate, record) {
    this.#workers = workers;
    this.#gate = gate;
    this.#record = record;
  }

  /** @param {Target} target */
  begin(target) {
    this.#trainOn(target).then(this.#end.resolve, this.#end.reject);
  }

  /** Ends it; resolves when its last snapshot is shown. */
  async pause() {
    this.pausing = true;
    this.#gate.wake();
    const result = this.result.catch(() => {}); // told by whoever began it
    if (this.#asked) await this.#stopWorker();
    await result;
  }

  /** The gate was closed. */
  holdUp() {
    if (this.#asked) this.#stopWorker();
  }

  /** Resolves when no worker is at it. */
  async rests() {
    await this.#asked?.catch(() => {}); // told by `result`
  }

  async #stopWorker() {
    await this.#workers.ask({ type: "pause" }).catch(() => {}); // a dead worker trains no more
  }

  /** @param {Target} target @returns {Promise<RunResult>} */
  async #trainOn(target) {
    const { metrics } = this.#record;
    const firstStep = metrics.step;
    if ("epoch" in target) metrics.epochs = target.epoch;
    const sum = { seconds: 0, warmupSeconds: 0 };
    /** What the last steps came to. @type {Pick<RunResult, "loss" | "cost">} */
    let { loss, cost } = NOTHING;
    let done = false;
    this.#record.setState(metrics.stepsPerEpoch ? "training" : "warming");
    while (!done && !this.pausing) {
      try {
        await this.#wait();
        if (this.pausing || !this.#gate.isOpen) continue;
        const part = await this.#runWorker(target);
        this.goesOn();
        sum.seconds += part.seconds;
        sum.warmupSeconds += part.warmupSeconds;
        if (part.steps) ({ loss, cost } = part);
        done = part.done;
      } catch (error) {
        sum.seconds += this.#record.runSeconds;
        this.#replaceWorker(error);
      }
    }
    const steps = metrics.step - firstStep;
    const millisecondsPerStep = steps ? (1000 * sum.seconds) / steps : 0;
    return { steps, millisecondsPerStep, ...sum, loss, cost };
  }

  /** @param {Target} target */
  async #runWorker(target) {
    this.#record.runSeconds = 0;
    const run = this.#workers.ask({ type: "train", target });
    this.#asked = run;
    this.begun = true;
    try {
      return await run;
    } finally {
      this.#asked = null;
    }
  }

  /** For what holds it up, or else for a worker; no longer than until there is news. */
  #wait() {
    const { news, isOpen } = this.#gate;
    if (this.#gate.has("unseen")) this.#record.setState("held");
    return isOpen ? Promise.race([this.#workers.connect(), news]) : news;
  }

  /** A worker is at it; where one died before, this is its successor. */
  goesOn() {
    if (!this.#untold) return;
    this.#record.audience.tell("error", { ...this.#untold, code: "worker-replaced" });
    this.#untold = null;
  }

  /** @param {unknown} error what the worker died of; anything else is thrown on */
  #replaceWorker(error) {
    const record = this.#record;
    const failure = describe(error);
    if (failure.code !== "worker-failed") {
      record.setState("paused");
      throw error;
    }
    const useless = this.#restarts > 0 && record.runSeconds === 0;
    if (useless || ++this.#restarts > MOST_RESTARTS || this.pausing) {
      record.setState("failed");
      throw error;
    }
    this.#untold = failure; // told when that is all there is to tell
    record.rewind();
  }
}
