// Training as the page knows it: a model, the workers that train it one after another, and one run at
// a time, which is held up while nobody looks.

import { PlaygroundError, describe, misused } from "./errors.js";
import { Gate } from "./gate.js";
import { TrainingRecord } from "./training-record.js";
import { TrainingRun } from "./training-run.js";
import { WorkerKeeper } from "./worker-keeper.js";

/** @typedef {import("./protocol.js").EvaluationSplit} EvaluationSplit */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./protocol.js").State} State */
/** @typedef {import("./protocol.js").Target} Target */
/** @typedef {import("./training-record.js").Audience} Audience */
/** @typedef {import("./training-record.js").Past} Past */
/** @typedef {import("./worker-keeper.js").Wish} Wish */
/** @typedef {import("./worker-link.js").WorkerLink} WorkerLink */
/** @typedef {{ epochs: number } | { steps: number }} Span */
/** @typedef {{ settings: Settings, weights: Float32Array }} Origin */

/** @type {readonly State[]} */
const OVER = ["paused", "finished", "failed"];

export class Training {
  /** What is known of it, to be read. */
  record;

  #workers;
  #gate = new Gate();
  /** @type {Origin | null} */
  #origin = null;
  /** Loads under way; until their reply, what comes is of the model before. */
  #loads = 0;
  /** @type {TrainingRun | null} */
  #run = null;

  /** @param {Wish} wish @param {Audience} audience */
  constructor(wish, audience) {
    this.record = new TrainingRecord(audience);
    this.#workers = new WorkerKeeper(
      wish,
      (notice) => this.#receive(notice),
      async (link, info) => {
        this.record.setEngine(info);
        await this.#sendOrigin(link, false);
      },
    );
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
    this.record.begin(state, origin.settings.epochs, past);
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
    this.record.setState("failed");
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
    const target = this.#targetOf(span);
    if (this.#run) throw new PlaygroundError("busy", "training is under way; pause it first");
    const { state } = this.record.status;
    const run = new TrainingRun(this.#workers, this.#gate, this.record);
    this.#run = run; // before it begins: whoever hears of that may pause it
    run.begin(target);
    try {
      return await run.result;
    } finally {
      this.#run = null;
      // Where it was held up, or never came to a worker, nobody has said so yet.
      const rests = run.begun ? "paused" : state;
      if (!OVER.includes(this.record.status.state)) this.record.setState(rests);
    }
  }

  /** Resolves when training rests and its last snapshot is shown. */
  async pause() {
    await this.#run?.pause();
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

  /** A worker with other wishes takes over from this one. @param {Partial<Wish>} change */
  async restart(change) {
    this.#workers.wish(change);
    if (!this.#workers.current) return; // the next one has them
    this.#holdUp("restart");
    try {
      await this.#run?.rests();
      await this.#workers.end();
      await this.connect();
    } finally {
      this.#gate.open("restart");
    }
  }

  /** @param {Settings} settings */
  async change(settings) {
    if (!this.#origin) return;
    if (settings.epochs !== this.#origin.settings.epochs) {
      this.record.metrics.epochs = settings.epochs;
    }
    this.#origin.settings = settings;
    if (this.#workers.current) await this.#workers.ask({ type: "settings", settings });
  }

  /** A hand moves the point: the worker leaves it the processor for a moment. */
  yield() {
    if (this.record.status.state !== "training") return;
    this.#workers.ask({ type: "yield" }).catch(() => {}); // a dead worker is in nobody's way
  }

  /** @param {EvaluationSplit} split */
  async evaluate(split) {
    if (split === "test" || split === "validation") {
      return this.#workers.ask({ type: "evaluate", split });
    }
    throw misused("evaluate", `it takes "test" or "validation", not ${split}`);
  }

  /** @param {import("./gate.js").Obstacle} obstacle */
  #holdUp(obstacle) {
    this.#gate.close(obstacle);
    this.#run?.holdUp();
  }

  /** @param {Span} span @returns {Target} */
  #targetOf(span) {
    // A page's script may give anything.
    const { steps, epochs } = /** @type {{ steps?: number, epochs?: number }} */ (Object(span));
    const amount = steps ?? epochs ?? 0;
    if (!Number.isInteger(amount) || amount < 1) {
      throw misused("train", "it takes {epochs} or {steps}, whole and at least 1");
    }
    const { step, epoch } = this.record.metrics;
    return steps === undefined ? { epoch: epoch + amount } : { step: step + amount };
  }

  /** @param {WorkerLink} link @param {boolean} codes */
  async #sendOrigin(link, codes) {
    if (!this.#origin) return;
    const { settings, weights } = this.#origin;
    const checkpoint = this.record.checkpoint?.bytes ?? null;
    this.#loads++;
    try {
      await link.ask({ type: "load", settings, weights, checkpoint, codes });
    } finally {
      this.#loads--;
    }
  }

  /** @param {Notice} notice */
  #receive(notice) {
    const { type } = notice;
    if (this.#loads && (type === "snapshot" || type === "codes")) return;
    // The worker rests, but the run is only held up.
    const rests = type === "state" && notice.state === "paused";
    if (rests && !this.#gate.isOpen && !this.#run?.pausing) return;
    if (type === "losses") this.#run?.goesOn();
    this.record.receive(notice);
  }
}
