// One `train`: steps until the target or a pause, with what is shown of them on the way.

import { isTrap } from "../errors.js";
import { Stopwatch } from "./floor.js";
import { Cadence, Pace } from "./pace.js";
import { Tally } from "./tally.js";

/** @typedef {import("../protocol.js").RunEnd} RunEnd */
/** @typedef {import("../protocol.js").Target} Target */
/** @typedef {import("./session.js").Session} Session */

/** Snapshots: ten a second at most, and at most so much of the training's time. */
const SNAPSHOT = { every: 100, share: 0.06 };
/** Checkpoints (weights and both of Adam's moments, 4.9 MB): what a dead engine costs. */
const CHECKPOINT = { every: 1_000, share: 0.02 };
/** The page is sent every other one: its copy is for a dead worker, which is rarer. */
const POST_CHECKPOINT_MS = 2_000;

export class Run {
  #pace = new Pace();
  #snapshots = new Cadence(SNAPSHOT.every, SNAPSHOT.share);
  #checkpoints = new Cadence(CHECKPOINT.every, CHECKPOINT.share);
  #posted = performance.now();
  #tally = new Tally();
  #firstStep = 0;
  #stopping = Promise.withResolvers();
  #stopped = false;
  #ended = Promise.withResolvers();

  /** @param {Session} session @param {Target} target */
  constructor(session, target) {
    this.session = session;
    this.target = target;
    this.watch = new Stopwatch(session.floor);
  }

  /** Resolves when the run is over and its last snapshot posted. */
  stop() {
    this.#stopped = true;
    this.#stopping.resolve(undefined);
    return this.#ended.promise;
  }

  /** @returns {Promise<RunEnd>} */
  async go() {
    const { session } = this;
    try {
      const warmupSeconds = await session.prepare();
      session.tellState("training");
      this.#firstStep = session.engine.position.step;
      session.floor.settle = () => this.#settle();
      const done = await this.#toTheEnd();
      const finished = done && "epoch" in this.target && (await this.#closeTraining());
      session.tellState(finished ? "finished" : "paused");
      return { ...this.#result(), warmupSeconds, done };
    } catch (error) {
      // Where the engine lives, the page gets its last weights; the failure is told either way.
      if (!isTrap(error)) await session.floor.turn(() => this.#rest()).catch(() => {});
      session.tellState("paused");
      throw error;
    } finally {
      session.floor.settle = async () => {};
      this.#ended.resolve(undefined);
    }
  }

  /** However many engines it takes. @returns {Promise<boolean>} whether the target was reached */
  async #toTheEnd() {
    for (;;) {
      try {
        await this.#loop();
        await this.session.floor.turn(() => this.#rest());
        return this.#reached;
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #loop() {
    const { floor } = this.session;
    while (!this.#reached && !this.#stopped) {
      const outcome = await floor.turn(() => this.#slice());
      if (outcome === "starved") await this.#awaitImages();
      if (outcome === "epoch") await this.#closeEpoch();
      await this.#pace.rest();
    }
  }

  get #reached() {
    const { step, epoch } = this.session.engine.trainer;
    return "step" in this.target ? step >= this.target.step : epoch >= this.target.epoch;
  }

  /** @returns {Promise<"starved" | "epoch" | "stepped">} */
  async #slice() {
    const { engine } = this.session;
    const { trainer } = engine;
    if (!trainer.stepsReady) {
      await this.#read();
      this.watch.stop();
      return "starved";
    }
    this.watch.start();
    const { epoch } = trainer;
    const left = "step" in this.target ? this.target.step - trainer.step : Infinity;
    const started = performance.now();
    this.#pace.queued(started, trainer.run(Math.min(this.#pace.steps, left)));

    const closed = trainer.epoch > epoch;
    if (closed || this.#reached) {
      await this.#read();
      if (this.#reached) this.watch.stop();
    } else if (this.#pace.shouldRead) {
      await this.#read();
      if (this.#snapshots.due) await this.#snapshot();
      if (this.#checkpoints.due) await this.#checkpoint();
    }
    if (!closed) return "stepped";
    engine.epochStart = trainer.step;
    return "epoch";
  }

  /** Waits for the device and tells what the steps since the last read came to. */
  async #read() {
    const { engine, post } = this.session;
    if (!this.#pace.unread) return;
    const losses = await engine.read();
    this.#pace.wasRead();
    const { position } = engine;
    this.#tally.add(losses, position);
    const millisecondsPerStep = this.#pace.perStep;
    const imagesPerSecond = (1000 * this.session.start.settings.batchSize) / millisecondsPerStep;
    const { steps, seconds } = this.#result();
    const speed = { millisecondsPerStep, imagesPerSecond, run: { steps, seconds } };
    post({ type: "losses", ...losses, ...position, ...speed });
  }

  async #settle() {
    // A dead device is for the next slice to meet; whoever interrupts may go on.
    await this.#read().catch(() => {});
  }

  /** @param {number} [most] codes */
  async #snapshot(most) {
    const began = performance.now();
    await this.session.snapshot(most);
    this.#snapshots.done(performance.now() - began);
  }

  async #checkpoint() {
    const began = performance.now();
    await this.session.keepCheckpoint();
    if (began - this.#posted >= POST_CHECKPOINT_MS) {
      this.#posted = began;
      this.session.postCheckpoint();
    }
    this.#checkpoints.done(performance.now() - began);
  }

  async #awaitImages() {
    const { session } = this;
    session.tellState("fetching");
    while (!this.#stopped && !session.engine.trainer.stepsReady) {
      await Promise.race([session.feeder.arrival(), this.#stopping.promise]);
    }
    session.tellState("training");
  }

  /** The epoch's line in the log, and its validation. */
  async #closeEpoch() {
    const { session } = this;
    const { step, epoch } = session.engine.position;
    const { cost } = this.#tally;
    const seen = await this.#evaluate("validation");
    const validation = seen && { ...seen, total: seen.reconstruction + seen.kl, epoch, step };
    session.post({ type: "epoch", step, epoch, cost, validation });
    if (!validation) return;
    await session.floor.turn(async () => {
      if (this.#snapshots.due) await this.#snapshot(Infinity);
      await session.keepCheckpoint();
      session.postCheckpoint();
    });
  }

  /** The test images, after the last epoch. @returns {Promise<boolean>} false where paused before */
  async #closeTraining() {
    const result = await this.#evaluate("test");
    if (result) this.session.post({ type: "result", result });
    return result !== null;
  }

  /**
   * Part of the training's time, but for the wait for images.
   *
   * @param {import("../protocol.js").EvaluationSplit} split
   */
  async #evaluate(split) {
    const { observer, floor } = this.session;
    const images = observer.images(split);
    if (!observer.isHere(split)) {
      await floor.turn(() => this.watch.stop());
      this.session.tellState("fetching");
      await Promise.race([images, this.#stopping.promise]);
      if (this.#stopped) return null;
      this.session.tellState("training");
    }
    const here = await images;
    const moment = await floor.turn(() => this.session.moment());
    const turn = /** @type {typeof floor.turn} */ ((work) => floor.turn(work));
    return observer.evaluate(here, moment, turn, () => !this.#stopped);
  }

  /** The end: everything read, the clock stopped, the page's model the engine's. */
  async #rest() {
    await this.#read();
    this.watch.stop();
    await this.#snapshot();
    await this.session.keepCheckpoint();
    this.session.postCheckpoint();
  }

  /** @param {unknown} error */
  async #recover(error) {
    await this.session.floor.turn(() => this.watch.stop());
    await this.session.fallBack(error);
    this.#pace = new Pace();
    this.session.tellState("training");
  }

  #result() {
    const steps = this.session.engine.position.step - this.#firstStep;
    const milliseconds = this.watch.milliseconds;
    return {
      steps,
      seconds: milliseconds / 1000,
      millisecondsPerStep: steps ? milliseconds / steps : 0,
      loss: this.#tally.mean,
      cost: this.#tally.cost,
    };
  }
}
