// Who trains: the engine with its images and its checkpoint. It is made on first need, replaced by
// the CPU's when it dies, and relieved by WebGPU's as soon as the GPU is warm.

import { PlaygroundError, describe } from "../errors.js";
import { settingsJson } from "../settings.js";
import { EngineMaker } from "./engine.js";
import { Feeder } from "./feeder.js";
import { Successor } from "./successor.js";

/** @typedef {import("../protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./engine.js").Start} Start */
/** @typedef {import("./session.js").Session} Session */

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
/** What the next model may find otherwise: a module still being built, a GPU not yet warm. */
const PASSING = ["module-missing", "warming"];

export class EngineRoom {
  /** @type {EngineInfo} */
  info;
  warmupSeconds = 0;
  /** Before anything went wrong. @type {EngineInfo} */
  #chosen;
  /** @type {Start | null} */
  #start = null;
  /** @type {Engine | null} */
  #engine = null;
  /** @type {Feeder | null} */
  #feeder = null;
  /** @type {Successor | null} */
  #successor = null;
  /** Engines that died: kept, because finalising one would call into its wreck. @type {Engine[]} */
  #wrecks = [];

  /**
   * @param {import("../core.js").Core} core
   * @param {EngineInfo} info
   * @param {Session} session
   */
  constructor(core, info, session) {
    this.#chosen = info;
    this.info = info;
    this.session = session;
    this.maker = new EngineMaker(core);
  }

  /** Where training starts, or goes on when the engine dies. */
  get start() {
    return this.#start ?? missing("model");
  }

  get engine() {
    return this.#engine ?? missing("engine");
  }

  get isManned() {
    return this.#engine !== null;
  }

  get feeder() {
    return this.#feeder ?? missing("feeder");
  }

  /** Takes another model; on the floor. @param {Start} start */
  load(start) {
    this.#feeder?.drop();
    this.#engine?.trainer.free();
    this.#successor?.drop();
    this.#feeder = this.#engine = this.#successor = null;
    this.#start = start;
    if (PASSING.includes(this.info.reason)) this.#tell(this.#chosen);
  }

  /** @param {import("../protocol.js").Settings} settings */
  change(settings) {
    this.#engine?.trainer.setSettings(settingsJson(settings));
    this.start.settings = settings;
  }

  /** Training may be asked for soon: the module is fetched and its kernels are built. */
  async anticipate() {
    const { info, maker, start } = this;
    if (this.#engine || info.kind !== "webgpu" || maker.isWarm(start.settings)) return;
    const engine = await maker.warm(start).catch(() => null); // told when it is to train
    engine?.trainer.free();
  }

  /**
   * An engine that can step, and its images on their way.
   *
   * @param {Promise<unknown>} stopping gives up the wait for a module's download
   * @returns {Promise<number | null>} seconds that building the engine took, 0 where there was
   *   one; null when it was given up
   */
  async prepare(stopping) {
    this.#feeder ??= new Feeder(this.session);
    this.#feeder.start();
    const made = this.#engine ? 0 : await this.#makeFirst(stopping);
    if (this.#engine && this.info.reason === "warming" && !this.#successor) this.#appoint();
    return made;
  }

  /** @param {Promise<unknown>} stopping */
  async #makeFirst(stopping) {
    this.session.tellState("warming");
    const { kind, reason } = this.info;
    // Who asked for WebGPU by name gets nothing else.
    if (kind === "webgpu" && reason === "ok" && !this.maker.isWarm(this.start.settings)) {
      this.#tell({ ...this.info, kind: "cpu", reason: "warming" });
    }
    try {
      const stopped = stopping.then(() => null);
      if ((await Promise.race([this.maker.load(this.info.kind), stopped])) === null) return null;
      await this.#make();
    } catch (error) {
      if (this.info.kind === "cpu") throw error;
      this.#giveUpGpu(error);
      await this.#make();
    }
    return this.warmupSeconds;
  }

  /** While the CPU trains, WebGPU gets ready to relieve it. */
  #appoint() {
    const successor = new Successor(this.session);
    this.#successor = successor;
    successor.prepare().catch((error) => {
      if (this.#successor !== successor) return;
      this.#successor = null;
      const failure = describe(error, "engine-failed");
      if (failure.code in GPU_FAILURES) {
        successor.leave();
        return this.#giveUpGpu(error);
      }
      successor.drop();
      this.session.post({ type: "trouble", failure }); // the next run is the next try
    });
  }

  /** Whether the CPU can be relieved. */
  get canHandOver() {
    return this.#successor?.ready === true;
  }

  /** WebGPU goes on where the CPU has come to; on the floor, with all losses read. */
  async handOver() {
    const { engine, feeder } = this.#successor ?? missing("successor");
    this.#successor = null;
    await this.keepCheckpoint();
    const { checkpoint } = this.start;
    if (!engine || !checkpoint) missing("checkpoint");
    try {
      engine.trainer.restore(checkpoint);
    } catch (error) {
      this.#wrecks.push(engine);
      feeder.drop();
      return this.#giveUpGpu(error);
    }
    engine.epochStart = this.engine.epochStart;
    this.feeder.drop();
    this.engine.trainer.free();
    this.#engine = engine;
    this.#feeder = feeder;
    this.#tell(this.#chosen);
    this.postCheckpoint();
  }

  /** Goes on from the last checkpoint on the CPU. @param {unknown} error what the engine died of */
  async fallBack(error) {
    const ours = error instanceof PlaygroundError && error.code !== "device-lost";
    if (ours || this.engine.kind === "cpu") throw error;
    this.#wrecks.push(this.engine);
    this.#engine = null;
    this.#feeder?.drop();
    this.#giveUpGpu(error);
    this.#feeder = new Feeder(this.session);
    this.#feeder.start();
    const { step, epoch } = await this.#make();
    this.session.post({ type: "rewind", step, epoch });
  }

  #make() {
    return this.session.floor.turn(async () => {
      const { engine, seconds } = await this.maker.make(this.info.kind, this.start);
      engine.trainer.setSettings(settingsJson(this.start.settings)); // newer than the checkpoint's
      this.start.checkpoint = await engine.checkpoint();
      this.#engine = engine;
      this.warmupSeconds = seconds;
      this.postCheckpoint();
      this.feeder.attach(engine);
      return engine.position;
    });
  }

  /** @param {unknown} error */
  #giveUpGpu(error) {
    const failure = describe(error, "engine-failed");
    const { reason, code } = GPU_FAILURES[failure.code] ?? GPU_FAILURES["engine-failed"];
    this.#tell({ ...this.info, kind: "cpu", reason });
    this.session.post({ type: "trouble", failure: { ...failure, code } });
  }

  /** @param {EngineInfo} info */
  #tell(info) {
    this.info = info;
    this.session.post({ type: "engine", info });
  }

  /** On the floor. */
  async keepCheckpoint() {
    this.start.checkpoint = await this.engine.checkpoint();
  }

  /** A copy, right after it was kept, on the floor: the worker keeps its own. */
  postCheckpoint() {
    const { step, epoch } = this.engine.position;
    const { checkpoint: bytes } = this.start;
    if (bytes) this.session.post({ type: "checkpoint", bytes, step, epoch });
  }
}

/** @param {string} what @returns {never} */
function missing(what) {
  throw new PlaygroundError("unexpected", `the worker has no ${what} yet`);
}
