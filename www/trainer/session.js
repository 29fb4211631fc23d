// One model in training: where it starts, the engine that trains it, the images it is fed, and
// the checkpoint it goes on from when an engine dies. A run (run.js) moves it forward.

import { chooseEngine } from "../engine-choice.js";
import { PlaygroundError, describe } from "../errors.js";
import { settingsJson } from "../settings.js";
import { EngineMaker } from "./engine.js";
import { Feeder } from "./feeder.js";
import { Floor } from "./floor.js";
import { Observer } from "./observer.js";
import { Run } from "./run.js";
import { Supply } from "./supply.js";

/** @typedef {import("../protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("../protocol.js").Settings} Settings */
/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./engine.js").Start} Start */

/**
 * What an engine can die of, as the engine's reason and as the error's code.
 *
 * @type {Record<string, { reason: EngineInfo["reason"], code: string }>}
 */
const GPU_FAILURES = {
  "device-lost": { reason: "device-lost", code: "engine-lost" },
  "module-missing": { reason: "module-missing", code: "webgpu-missing" },
  "engine-failed": { reason: "engine-failed", code: "engine-replaced" },
};

export class Session {
  floor = new Floor();
  /** @type {EngineInfo} */
  info;
  /** Before anything went wrong. @type {EngineInfo} */
  #chosen;
  /** @type {Run | null} */
  #run = null;
  /** @type {Start | null} */
  #start = null;
  /** @type {Engine | null} */
  #engine = null;
  /** @type {Feeder | null} */
  #feeder = null;
  #warmupSeconds = 0;
  /** Engines that died: kept, because finalising one would call into its wreck. @type {Engine[]} */
  #wrecks = [];

  /**
   * @param {import("../core.js").Core} core
   * @param {EngineInfo} info
   * @param {import("../protocol.js").Post} post
   */
  constructor(core, info, post) {
    this.#chosen = info;
    this.info = info;
    this.post = post;
    this.maker = new EngineMaker(core);
    this.supply = new Supply(core, this.floor, (here) => post({ type: "progress", ...here }));
    this.observer = new Observer(core, this.supply, this.floor);
  }

  get start() {
    return this.#start ?? missing("model");
  }

  get engine() {
    return this.#engine ?? missing("engine");
  }

  get feeder() {
    return this.#feeder ?? missing("feeder");
  }

  /** Takes another model. Nothing is running. @param {Start} start */
  load(start) {
    return this.floor.interrupt(() => {
      this.#feeder?.drop();
      this.#engine?.trainer.free();
      this.#feeder = this.#engine = null;
      this.#start = start;
      this.observer.hold(start.settings, start.weights);
      // A build that was still going on may have the module by now.
      if (this.info.reason === "module-missing") this.#tellEngine(this.#chosen);
    });
  }

  /** @param {Settings} settings */
  change(settings) {
    return this.floor.interrupt(() => {
      this.#engine?.trainer.setSettings(settingsJson(settings));
      this.start.settings = settings;
    });
  }

  /** @param {import("../protocol.js").Target} target */
  async train(target) {
    if (this.#run) throw new PlaygroundError("busy", "a run is under way");
    this.#run = new Run(this, target);
    try {
      return await this.#run.go();
    } finally {
      this.#run = null;
    }
  }

  async pause() {
    await this.#run?.stop();
  }

  yield() {
    this.#run?.yield();
  }

  /** @param {import("../protocol.js").EvaluationSplit} split */
  async evaluate(split) {
    const images = await this.observer.images(split);
    const moment = await this.#momentOrFallBack();
    return this.observer.evaluate(images, moment, (work) => this.floor.interrupt(work));
  }

  /** A device that was lost while nothing ran is noticed here. */
  async #momentOrFallBack() {
    try {
      return await this.floor.interrupt(() => this.moment());
    } catch (error) {
      if (this.#run || !this.#engine) throw error;
      await this.fallBack(error);
      return this.floor.interrupt(() => this.moment());
    }
  }

  /** What the model is now; on the floor. */
  async moment() {
    const weights = this.#engine ? await this.#engine.weights() : this.start.weights;
    return { settings: this.start.settings, weights };
  }

  /** Posts the weights of the moment and codes made with them; on the floor. @param {number} [most] */
  async snapshot(most) {
    const { settings, weights } = await this.moment();
    this.observer.hold(settings, weights);
    const seen = this.observer.codes(most);
    const { codes, labels } = seen ?? { codes: null, labels: null };
    const transfer = [weights.buffer, ...(seen ? [seen.codes.buffer, seen.labels.buffer] : [])];
    this.post({ type: "snapshot", settings, weights, codes, labels }, transfer);
  }

  /** After a run, or without one: a checkpoint, and the codes of all test images. */
  async rest() {
    await this.floor.turn(async () => {
      if (!this.#engine) return;
      try {
        await this.keepCheckpoint();
        this.postCheckpoint();
      } catch (error) {
        // A dead device is for the next run to meet and to replace.
        if (this.#engine.kind !== "webgpu") throw error;
      }
    });
    await this.#refineCodes();
  }

  /** Posts the codes of all test images that are here, while nothing trains. */
  async #refineCodes() {
    const start = this.#start;
    const seen = await this.observer.allCodes(() => !this.#run && this.#start === start);
    if (seen) this.post({ type: "codes", ...seen }, [seen.codes.buffer, seen.labels.buffer]);
  }

  /** @param {import("../protocol.js").State} state */
  tellState(state) {
    this.post({ type: "state", state, warmupSeconds: this.#warmupSeconds });
  }

  /**
   * An engine that can step, and its images on their way.
   *
   * @param {Promise<unknown>} stopping gives up the wait for a module's download
   * @returns {Promise<number | null>} seconds that building the engine took, 0 where there was
   *   one; null when it was given up
   */
  async prepare(stopping) {
    this.#feeder ??= new Feeder(this);
    this.#feeder.start();
    if (this.#engine) return 0;
    this.tellState("warming");
    try {
      const stopped = stopping.then(() => null);
      if ((await Promise.race([this.maker.load(this.info.kind), stopped])) === null) return null;
      await this.#make();
    } catch (error) {
      if (this.info.kind === "cpu") throw error;
      this.#giveUpGpu(error);
      await this.#make();
    }
    return this.#warmupSeconds;
  }

  /** Goes on from the last checkpoint on the CPU. @param {unknown} error what the engine died of */
  async fallBack(error) {
    const ours = error instanceof PlaygroundError && error.code !== "device-lost";
    if (ours || this.engine.kind === "cpu") throw error;
    this.#wrecks.push(this.engine);
    this.#engine = null;
    this.#feeder?.drop();
    this.#giveUpGpu(error);
    this.#feeder = new Feeder(this);
    this.#feeder.start();
    const { step, epoch } = await this.#make();
    this.post({ type: "rewind", step, epoch });
  }

  #make() {
    return this.floor.turn(async () => {
      const { engine, seconds } = await this.maker.make(this.info.kind, this.start);
      engine.trainer.setSettings(settingsJson(this.start.settings)); // newer than the checkpoint's
      this.start.checkpoint = await engine.checkpoint();
      this.#engine = engine;
      this.#warmupSeconds = seconds;
      this.postCheckpoint();
      this.feeder.attach(engine);
      return engine.position;
    });
  }

  /** @param {unknown} error */
  #giveUpGpu(error) {
    const failure = describe(error, "engine-failed");
    const { reason, code } = GPU_FAILURES[failure.code] ?? GPU_FAILURES["engine-failed"];
    this.#tellEngine({ ...this.info, kind: "cpu", reason });
    this.post({ type: "trouble", failure: { ...failure, code } });
  }

  /** @param {EngineInfo} info */
  #tellEngine(info) {
    this.info = info;
    this.post({ type: "engine", info });
  }

  /** On the floor. */
  async keepCheckpoint() {
    this.start.checkpoint = await this.engine.checkpoint();
  }

  /** A copy, right after it was kept, on the floor: the worker keeps its own. */
  postCheckpoint() {
    const { step, epoch } = this.engine.position;
    const { checkpoint: bytes } = this.start;
    if (bytes) this.post({ type: "checkpoint", bytes, step, epoch });
  }
}

/**
 * @param {import("../core.js").Core} core
 * @param {import("../protocol.js").EngineWish} wish
 * @param {EngineInfo["reason"] | undefined} reason told instead of the choice's own
 * @param {import("../protocol.js").Post} post
 */
export async function openSession(core, wish, reason, post) {
  const info = await chooseEngine(wish);
  return new Session(core, { ...info, reason: reason ?? info.reason }, post);
}

/** @param {string} what @returns {never} */
function missing(what) {
  throw new PlaygroundError("unexpected", `the session has no ${what} yet`);
}
