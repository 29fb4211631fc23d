// Training as the page knows it: the worker and its restarts, the state, the metrics, and the
// checkpoint that a dead worker's successor goes on from.

import { PlaygroundError, describe } from "./errors.js";
import { Gate } from "./gate.js";
import { Metrics } from "./metrics.js";
import { WorkerKeeper } from "./worker-keeper.js";

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./worker-link.js").WorkerLink} WorkerLink */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").Progress} Progress */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./protocol.js").State} State */
/** @typedef {import("./protocol.js").Target} Target */
/** @typedef {{ epochs: number } | { steps: number }} Span */
/** @typedef {{ settings: Settings, weights: Float32Array }} Origin */
/** @typedef {Extract<Notice, { type: "checkpoint" }>} Checkpoint */
/** @typedef {{ checkpoint: Checkpoint, metrics: Metrics }} Past */
/** @typedef {Extract<Notice, { type: "snapshot" }>} Snapshot */
/** @typedef {Extract<Notice, { type: "codes" }>} CodesNotice */

/**
 * Whoever draws what training does.
 *
 * @typedef {object} Audience
 * @property {(snapshot: Snapshot) => void} show
 * @property {(codes: CodesNotice) => void} showCodes
 * @property {(name: string, detail?: object) => void} tell an event
 */

/** Of a run that was paused before it began. */
const NOTHING = { loss: { total: NaN, reconstruction: NaN, kl: NaN }, cost: NaN };

/** @type {readonly State[]} */
const OVER = ["paused", "finished", "failed"];

/** A worker that keeps dying is not restarted for ever. */
const MOST_RESTARTS = 3;

export class Training {
  metrics = new Metrics();
  /** @type {{ state: State, progress: Progress, warmupSeconds: number }} */
  status = {
    state: "loading",
    progress: { loadedBytes: 0, totalBytes: 0, images: 0 },
    warmupSeconds: 0,
  };
  /** @type {EngineInfo | null} */
  engineInfo = null;

  #workers;
  #gate = new Gate();
  /** @type {Origin | null} */
  #origin = null;
  /** @type {Checkpoint | null} */
  #checkpoint = null;
  /** Loads under way; until their reply, what comes is of the model before. */
  #loads = 0;
  /** @type {Promise<RunResult> | null} */
  #run = null;
  /** What the worker was asked for the run. @type {Promise<unknown> | null} */
  #asked = null;
  #pausing = false;
  #restarts = 0;
  /** What the current worker has done of the run. */
  #runSeconds = 0;

  /** @param {import("./worker-keeper.js").Wish} wish @param {Audience} audience */
  constructor(wish, audience) {
    this.audience = audience;
    this.#workers = new WorkerKeeper(
      wish,
      (notice) => this.#receive(notice),
      async (link, info) => {
        this.#setEngine(info);
        await this.#sendOrigin(link, false);
      },
    );
  }

  get busy() {
    return this.#run !== null;
  }

  /** What a run can go on from; null before its first. */
  get checkpoint() {
    return this.#checkpoint;
  }

  /**
   * Takes another model to start from; whatever runs is to be paused before.
   *
   * @param {Origin} origin
   * @param {State} state
   * @param {boolean} wantsCodes whether nobody has codes for it yet
   * @param {Past} [past] of a run that goes on
   */
  async load(origin, state, wantsCodes, past) {
    this.#origin = origin;
    this.#checkpoint = past?.checkpoint ?? null;
    this.metrics = past?.metrics ?? new Metrics();
    this.metrics.epochs = origin.settings.epochs;
    this.#setState(state, 0);
    this.audience.tell("metrics");
    const worker = this.#workers.current;
    if (!worker) return; // told when it is started
    try {
      await this.#sendOrigin(await worker, wantsCodes);
    } catch (error) {
      if (describe(error).code !== "worker-failed") throw error; // a dead one is replaced on need
    }
  }

  /** There is nothing to train. */
  fail() {
    this.#setState("failed");
  }

  /** Starts the worker, which says what will train. */
  connect() {
    return this.#workers.connect();
  }

  /** Training may be asked for soon. */
  anticipate() {
    if (!this.#run) this.#workers.ask({ type: "anticipate" }).catch(() => {}); // told when it is to train
  }

  /** @param {Span} span @returns {Promise<RunResult>} */
  async train(span) {
    if (this.#run) throw new PlaygroundError("busy", "training is under way; pause it first");
    this.#run = this.#trainOn(this.#targetOf(span));
    try {
      return await this.#run;
    } finally {
      this.#run = null;
      this.#pausing = false;
      // Where it was held up, nobody has said so yet.
      if (!OVER.includes(this.status.state)) this.#setState("paused");
    }
  }

  /** Resolves when training rests and its last snapshot is shown. */
  async pause() {
    if (!this.#run) return;
    this.#pausing = true;
    this.#gate.wake();
    const run = this.#run.catch(() => {}); // told by train
    if (this.#asked) await this.#stopWorker();
    await run;
  }

  /** Holds up what runs, and what is to run, until `resume`: its promise stays pending. */
  suspend() {
    this.#holdUp("unseen");
  }

  resume() {
    this.#gate.open("unseen");
  }

  /** Ends the worker; the next one goes on from where this one was. */
  async release() {
    await this.pause();
    if (this.#run) return; // back on the page, and already training again
    await this.#workers.end();
  }

  /** A worker with other wishes takes over from this one. @param {Partial<import("./worker-keeper.js").Wish>} change */
  async restart(change) {
    this.#workers.wish(change);
    if (!this.#workers.current) return; // the next one has them
    this.#holdUp("restart");
    try {
      await this.#asked?.catch(() => {}); // told by train
      await this.#workers.end();
      await this.connect();
    } finally {
      this.#gate.open("restart");
    }
  }

  /** @param {import("./gate.js").Obstacle} obstacle */
  #holdUp(obstacle) {
    this.#gate.close(obstacle);
    if (this.#asked) this.#stopWorker();
  }

  async #stopWorker() {
    await this.#workers.ask({ type: "pause" }).catch(() => {}); // a dead worker trains no more
  }

  /** @param {Settings} settings */
  async change(settings) {
    if (!this.#origin) return;
    if (settings.epochs !== this.#origin.settings.epochs) this.metrics.epochs = settings.epochs;
    this.#origin.settings = settings;
    if (this.#workers.current) await this.#workers.ask({ type: "settings", settings });
  }

  /** A hand moves the point: the worker leaves it the processor for a moment. */
  yield() {
    if (this.status.state !== "training") return;
    this.#workers.ask({ type: "yield" }).catch(() => {}); // a dead worker is in nobody's way
  }

  /** @param {import("./protocol.js").EvaluationSplit} split */
  evaluate(split) {
    return this.#workers.ask({ type: "evaluate", split });
  }

  /** @param {Span} span @returns {Target} */
  #targetOf(span) {
    const { step, epoch } = this.metrics;
    return "steps" in span ? { step: step + span.steps } : { epoch: epoch + span.epochs };
  }

  /** @param {Target} target @returns {Promise<RunResult>} */
  async #trainOn(target) {
    const { metrics } = this;
    const firstStep = metrics.step;
    if ("epoch" in target) metrics.epochs = target.epoch;
    this.#restarts = 0;
    const sum = { seconds: 0, warmupSeconds: 0 };
    /** What the last steps came to. @type {Pick<RunResult, "loss" | "cost">} */
    let { loss, cost } = NOTHING;
    let done = false;
    this.#setState(metrics.stepsPerEpoch ? "training" : "warming");
    while (!done && (await this.#mayGoOn())) {
      try {
        const part = await this.#runWorker(target);
        sum.seconds += part.seconds;
        sum.warmupSeconds += part.warmupSeconds;
        if (part.steps) ({ loss, cost } = part);
        done = part.done;
      } catch (error) {
        sum.seconds += this.#runSeconds;
        this.#replaceWorker(error);
      }
    }
    const steps = metrics.step - firstStep;
    const millisecondsPerStep = steps ? (1000 * sum.seconds) / steps : 0;
    return { steps, millisecondsPerStep, ...sum, loss, cost };
  }

  /** @param {Target} target */
  async #runWorker(target) {
    this.#runSeconds = 0;
    const run = this.#workers.ask({ type: "train", target });
    this.#asked = run;
    if (!this.#gate.isOpen) this.#stopWorker(); // closed just now
    try {
      return await run;
    } finally {
      this.#asked = null;
    }
  }

  /** Waits while the run is held up. @returns {Promise<boolean>} false where it is paused for good */
  async #mayGoOn() {
    while (!this.#gate.isOpen && !this.#pausing) {
      if (this.#gate.has("unseen")) this.#setState("held");
      await this.#gate.news;
    }
    return !this.#pausing;
  }

  /** @param {unknown} error what the worker died of; anything else is thrown on */
  #replaceWorker(error) {
    const failure = describe(error);
    if (failure.code !== "worker-failed") {
      this.#setState("paused");
      throw error;
    }
    const useless = this.#restarts > 0 && this.#runSeconds === 0;
    if (useless || ++this.#restarts > MOST_RESTARTS || this.#pausing) {
      this.#setState("failed");
      throw error;
    }
    this.audience.tell("error", { ...failure, code: "worker-replaced" });
    this.metrics.rewind(this.#checkpoint ?? { step: 0, epoch: 0 });
    this.audience.tell("metrics");
  }

  /** @param {WorkerLink} link @param {boolean} codes */
  async #sendOrigin(link, codes) {
    if (!this.#origin) return;
    const { settings, weights } = this.#origin;
    const checkpoint = this.#checkpoint?.bytes ?? null;
    this.#loads++;
    try {
      await link.ask({ type: "load", settings, weights, checkpoint, codes });
    } finally {
      this.#loads--;
    }
  }

  /** @param {Notice} notice */
  #receive(notice) {
    const { audience, metrics } = this;
    switch (notice.type) {
      case "state":
        // The worker rests, but the run is only held up.
        if (notice.state === "paused" && !this.#gate.isOpen && !this.#pausing) return;
        return this.#setState(notice.state, notice.warmupSeconds);
      case "progress": {
        const { type, ...progress } = notice;
        this.status = { ...this.status, progress };
        audience.tell("status");
        return audience.tell("progress", progress);
      }
      case "losses":
        metrics.addLosses(notice);
        this.#runSeconds = notice.run.seconds;
        audience.tell("metrics");
        return audience.tell("step", { step: notice.step, epoch: notice.epoch, ...metrics.last });
      case "epoch": {
        const { type, ...end } = notice;
        metrics.addEpoch(notice);
        audience.tell("metrics");
        return audience.tell("epoch", end);
      }
      case "result":
        metrics.result = notice.result;
        return audience.tell("metrics");
      case "rewind":
        metrics.rewind(notice);
        return audience.tell("metrics");
      case "snapshot":
        return this.#loads ? undefined : audience.show(notice);
      case "codes":
        return this.#loads ? undefined : audience.showCodes(notice);
      case "checkpoint":
        this.#checkpoint = notice;
        return audience.tell("checkpoint");
      case "engine":
        return this.#setEngine(notice.info);
      case "trouble":
        return audience.tell("error", notice.failure);
    }
  }

  /** @param {EngineInfo} info */
  #setEngine(info) {
    this.engineInfo = info;
    this.audience.tell("engine", info);
  }

  /** @param {State} state @param {number} [warmupSeconds] */
  #setState(state, warmupSeconds = this.status.warmupSeconds) {
    this.status = { ...this.status, state, warmupSeconds };
    this.audience.tell("status");
  }
}
