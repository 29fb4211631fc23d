// Training as the page knows it: the worker and its restarts, the state, the metrics, and the
// checkpoint that a dead worker's successor goes on from.

import { compileCore } from "./core.js";
import { PlaygroundError, describe } from "./errors.js";
import { Metrics } from "./metrics.js";
import { WorkerLink } from "./worker-link.js";

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").Progress} Progress */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./protocol.js").State} State */
/** @typedef {import("./protocol.js").Target} Target */
/** @typedef {{ epochs: number } | { steps: number }} Span */
/** @typedef {{ settings: Settings, weights: Float32Array }} Origin */
/** @typedef {Extract<Notice, { type: "checkpoint" }>} Checkpoint */
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

/**
 * What a worker is started with.
 *
 * @typedef {object} Wish
 * @property {import("./protocol.js").EngineWish} engine
 * @property {EngineInfo["reason"]} [reason] told instead of the choice's own
 * @property {string | null} data address of another manifest than MNIST's
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

  /** @type {Promise<WorkerLink> | null} */
  #link = null;
  /** Until the worker before has left what the next goes on from. @type {Promise<void> | undefined} */
  #ending;
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
  /** Why a run waits, its promise pending. @type {Set<"unseen" | "restart">} */
  #obstacles = new Set();
  /** Resolved and renewed when the last obstacle is gone, or the run is paused for good. */
  #free = Promise.withResolvers();
  #restarts = 0;
  /** What the current worker has done of the run. */
  #runSeconds = 0;
  /** @type {Wish} */
  #wish;

  /** @param {Wish} wish @param {Audience} audience */
  constructor({ engine, data }, audience) {
    this.#wish = { engine, data };
    this.audience = audience;
  }

  get busy() {
    return this.#run !== null;
  }

  /**
   * Takes another model to start from; whatever runs is to be paused before.
   *
   * @param {Origin} origin
   * @param {State} state
   * @param {boolean} wantsCodes whether nobody has codes for it yet
   */
  async load(origin, state, wantsCodes) {
    this.#origin = origin;
    this.#checkpoint = null;
    this.metrics = new Metrics();
    this.metrics.epochs = origin.settings.epochs;
    this.#setState(state, 0);
    this.audience.tell("metrics");
    if (!this.#link) return; // told when it is started
    try {
      await this.#sendOrigin(await this.#link, wantsCodes);
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
    if (this.#link) return this.#link;
    const link = this.#open();
    link.catch(() => {
      if (this.#link === link) this.#link = null; // the next need is the next try
    });
    this.#link = link;
    return link;
  }

  /** Training may be asked for soon. */
  anticipate() {
    if (!this.#run) this.#ask({ type: "anticipate" }).catch(() => {}); // told when it is to train
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
    this.#release();
    const run = this.#run.catch(() => {}); // told by train
    await this.#stopWorker();
    await run;
  }

  /**
   * Holds up what runs, and what is to run, until `resume`. The run's promise stays pending.
   *
   * @param {"unseen" | "restart"} obstacle
   */
  suspend(obstacle) {
    const isFirst = !this.#obstacles.size;
    this.#obstacles.add(obstacle);
    if (isFirst && this.#asked) this.#stopWorker();
  }

  /** @param {"unseen" | "restart"} obstacle that is gone */
  resume(obstacle) {
    if (this.#obstacles.delete(obstacle) && !this.#obstacles.size) this.#release();
  }

  /** Ends the worker; the next one goes on from where this one was. */
  async release() {
    await this.pause();
    if (this.#run) return; // back on the page, and already training again
    await this.#endWorker();
  }

  /** A worker with other wishes takes over from this one. @param {Partial<Wish>} change */
  async restart(change) {
    this.#wish = { ...this.#wish, reason: undefined, ...change };
    if (!this.#link) return; // the next one has them
    this.suspend("restart");
    try {
      await this.#asked?.catch(() => {}); // told by train
      await this.#endWorker();
      await this.connect();
    } finally {
      this.resume("restart");
    }
  }

  async #endWorker() {
    const link = this.#link;
    this.#link = null; // at once, so that nobody asks it any more
    this.#ending = (async () => {
      const open = await link?.catch(() => null);
      await open?.ask({ type: "checkpoint" }).catch(() => {}); // a dead one has none
      open?.terminate();
    })();
    await this.#ending;
  }

  async #stopWorker() {
    await this.#ask({ type: "pause" }).catch(() => {}); // a dead worker trains no more
  }

  #release() {
    this.#free.resolve(undefined);
    this.#free = Promise.withResolvers();
  }

  /** @param {Settings} settings */
  async change(settings) {
    if (!this.#origin) return;
    if (settings.epochs !== this.#origin.settings.epochs) this.metrics.epochs = settings.epochs;
    this.#origin.settings = settings;
    if (this.#link) await this.#ask({ type: "settings", settings });
  }

  /** A hand moves the point: the worker leaves it the processor for a moment. */
  yield() {
    if (this.status.state !== "training") return;
    this.#ask({ type: "yield" }).catch(() => {}); // a dead worker is in nobody's way
  }

  /** @param {import("./protocol.js").EvaluationSplit} split */
  evaluate(split) {
    return this.#ask({ type: "evaluate", split });
  }

  /**
   * @template {import("./protocol.js").Request["type"]} Type
   * @param {Extract<import("./protocol.js").Request, { type: Type }>} request
   */
  async #ask(request) {
    return (await this.connect()).ask(request);
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
    const run = this.#ask({ type: "train", target });
    this.#asked = run;
    try {
      return await run;
    } finally {
      this.#asked = null;
    }
  }

  /** Waits while the run is held up. @returns {Promise<boolean>} false where it is paused for good */
  async #mayGoOn() {
    while (this.#obstacles.size && !this.#pausing) {
      if (this.#obstacles.has("unseen")) this.#setState("held");
      await this.#free.promise;
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

  async #open() {
    const [module] = await Promise.all([compileCore(), this.#ending]);
    const link = new WorkerLink(
      (notice) => this.#receive(notice),
      () => this.#forgetWorker(),
    );
    try {
      this.#setEngine(await link.ask({ type: "start", module, ...this.#wish }));
      await this.#sendOrigin(link, false);
      return link;
    } catch (error) {
      link.terminate();
      throw error;
    }
  }

  /** The next one does without the GPU, whose driver is the likeliest cause of death. */
  #forgetWorker() {
    this.#link = null;
    this.#wish = { ...this.#wish, engine: "cpu", reason: "engine-failed" };
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
        if (notice.state === "paused" && this.#obstacles.size && !this.#pausing) return;
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
        return;
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
