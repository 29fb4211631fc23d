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
/** While a hand has the processor first, which is shown less than one a second. */
const HAND_SNAPSHOT_MS = 1_000;
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
  /** Where the engine is; asked of the trainer on the floor only. */
  #at = { step: 0, epoch: 0, stepsPerEpoch: 0, stepInEpoch: 0 };
  #told = "";
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

  yield() {
    this.#pace.yield();
  }

  /** @returns {Promise<RunEnd>} */
  async go() {
    const { session } = this;
    try {
      const warmupSeconds = await session.room.prepare(this.#stopping.promise);
      if (warmupSeconds === null) {
        session.tellState("paused");
        return { ...this.#result(), warmupSeconds: 0, done: false };
      }
      await session.floor.turn(() => this.#locate());
      this.#firstStep = this.#at.step;
      session.floor.settle = () => this.#settle();
      await this.#toTheEnd();
      const done = this.#reached;
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

  /** To the target or a pause, however many engines it takes. */
  async #toTheEnd() {
    for (;;) {
      try {
        await this.#loop();
        return await this.session.floor.turn(() => this.#rest());
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #loop() {
    const { session } = this;
    const { floor } = session;
    while (!this.#reached && !this.#stopped) {
      if (session.room.canHandOver) await floor.turn(() => this.#handOver());
      const { feeder } = session.room;
      const arrival = feeder.arrival; // before looking, lest one comes in between
      const outcome = await floor.turn(() => this.#slice());
      if (outcome === "epoch") await this.#closeEpoch();
      if (outcome === "starved") {
        this.#tellState("fetching");
        await Promise.race([arrival, this.#stopping.promise]);
        feeder.check();
      }
      await this.#pace.rest(() => this.#stopped);
    }
  }

  async #handOver() {
    await this.#read();
    await this.session.room.handOver();
    this.#pace = new Pace();
    this.#locate();
  }

  #locate() {
    this.#at = this.session.room.engine.position;
  }

  get #reached() {
    const { step, epoch } = this.#at;
    return "step" in this.target ? step >= this.target.step : epoch >= this.target.epoch;
  }

  /** @param {import("../protocol.js").State} state */
  #tellState(state) {
    if (state !== this.#told) this.session.tellState(state);
    this.#told = state;
  }

  /** @returns {Promise<"starved" | "epoch" | "stepped">} */
  async #slice() {
    const { engine } = this.session.room;
    const { trainer } = engine;
    if (!trainer.stepsReady) {
      await this.#read();
      this.watch.stop();
      return "starved";
    }
    this.#tellState("training");
    this.watch.start();
    const { step, epoch } = this.#at;
    const left = "step" in this.target ? this.target.step - step : Infinity;
    const started = performance.now();
    this.#pace.queued(started, trainer.run(Math.min(this.#pace.steps, left)));
    this.#locate();

    const closed = this.#at.epoch > epoch;
    if (closed || this.#reached) {
      await this.#read();
      if (this.#reached) this.watch.stop();
    } else if (this.#pace.shouldRead) {
      await this.#read();
      if (this.#snapshots.due) await this.#snapshot();
      if (this.#checkpoints.due) await this.#checkpoint();
    }
    if (!closed) return "stepped";
    engine.epochStart = this.#at.step;
    return "epoch";
  }

  /** Waits for the device and tells what the steps since the last read came to. */
  async #read() {
    const { post, room } = this.session;
    if (!this.#pace.unread) return;
    const losses = await room.engine.read();
    this.#pace.wasRead();
    this.#tally.add(losses, this.#at);
    const millisecondsPerStep = this.#pace.perStep;
    const imagesPerSecond = (1000 * room.start.settings.batchSize) / millisecondsPerStep;
    const { steps, seconds } = this.#result();
    const speed = { millisecondsPerStep, imagesPerSecond, run: { steps, seconds } };
    post({ type: "losses", ...losses, ...this.#at, ...speed });
  }

  async #settle() {
    // A dead device is for the next slice to meet; whoever interrupts may go on.
    await this.#read().catch(() => {});
  }

  /** @param {number} [most] codes */
  async #snapshot(most) {
    const began = performance.now();
    await this.session.snapshot(most);
    const took = performance.now() - began;
    this.#snapshots.done(took, this.#pace.yields ? HAND_SNAPSHOT_MS : SNAPSHOT.every);
  }

  async #checkpoint() {
    const began = performance.now();
    await this.session.room.keepCheckpoint();
    if (began - this.#posted >= POST_CHECKPOINT_MS) {
      this.#posted = began;
      this.session.room.postCheckpoint();
    }
    this.#checkpoints.done(performance.now() - began);
  }

  /** The epoch's line in the log, and its validation. */
  async #closeEpoch() {
    const { session } = this;
    const { step, epoch } = this.#at;
    const { cost } = this.#tally;
    const seen = await this.#evaluate("validation");
    const validation = seen && { ...seen, total: seen.reconstruction + seen.kl, epoch, step };
    session.post({ type: "epoch", step, epoch, cost, validation });
    if (!validation) return;
    await session.floor.turn(async () => {
      if (this.#snapshots.due) await this.#snapshot(Infinity);
      await session.room.keepCheckpoint();
      session.room.postCheckpoint();
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
      this.#tellState("fetching");
      await Promise.race([images, this.#stopping.promise]);
      if (this.#stopped) return null;
      this.#tellState("training");
    }
    const here = await images;
    const moment = await floor.turn(() => this.session.moment());
    const turn = /** @type {typeof floor.turn} */ ((work) => floor.turn(work));
    return observer.evaluate(here, moment, turn, () => !this.#stopped);
  }

  /**
   * The end: everything read, the clock stopped, the page's model the engine's. Whoever pauses
   * waits for this, so codes and checkpoint follow later, in `Session.rest`.
   */
  async #rest() {
    await this.#read();
    this.watch.stop();
    await this.session.snapshot(0);
  }

  /** @param {unknown} error */
  async #recover(error) {
    await this.session.floor.turn(() => this.watch.stop());
    await this.session.room.fallBack(error);
    this.#pace = new Pace();
    await this.session.floor.turn(() => this.#locate());
  }

  #result() {
    const steps = this.#at.step - this.#firstStep;
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
