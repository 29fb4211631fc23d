// An engine: a Trainer of either module, with what it needs around it.

import { PlaygroundError, describe } from "../errors.js";
import { settingsJson } from "../settings.js";
import { watchDevice } from "./device-watch.js";

/** @typedef {import("../core.js").Core} Core */
/** @typedef {import("../core.js").Trainer} Trainer */
/** @typedef {import("../data.js").Chunk} Chunk */
/** @typedef {import("../protocol.js").Settings} Settings */
/** @typedef {{ Trainer: Core["Trainer"], default: Core["default"] }} TrainerModule */
/** @typedef {{ settings: Settings, weights: Float32Array, checkpoint: Uint8Array | null }} Start */

const WEBGPU = new URL("../../pkg/webgpu/vae_playground.js", import.meta.url);
const WEBGPU_WASM = new URL("../../pkg/webgpu/vae_playground_bg.wasm", import.meta.url);

export class Engine {
  /** The step at which the current epoch began. */
  epochStart = 0;

  /**
   * @param {"webgpu" | "cpu"} kind
   * @param {Trainer} trainer
   * @param {<T>(work: Promise<T>) => Promise<T>} guard rejects when the device dies
   */
  constructor(kind, trainer, guard) {
    this.kind = kind;
    this.trainer = trainer;
    this.guard = guard;
  }

  /** Means since the last read. */
  async read() {
    const json = await this.guard(this.trainer.read());
    return /** @type {import("../protocol.js").Losses & { steps: number }} */ (JSON.parse(json));
  }

  weights() {
    return this.guard(this.trainer.weights());
  }

  checkpoint() {
    return this.guard(this.trainer.checkpoint());
  }

  /** @returns {import("../protocol.js").Position} */
  get position() {
    const { step, epoch, stepsPerEpoch } = this.trainer;
    return { step, epoch, stepsPerEpoch, stepInEpoch: step - this.epochStart };
  }
}

/**
 * Engines for one worker: the core module's trainer at once, the WebGPU module's on first use.
 */
export class EngineMaker {
  /** @type {Promise<{ Trainer: Core["Trainer"], guard: Engine["guard"] }> | null} */
  #webgpu = null;
  /** Hidden widths that the device has kernels for. @type {Set<number>} */
  #warm = new Set();
  /** burn must not be asked for its device while it sets it up. @type {Promise<unknown>} */
  #warming = Promise.resolve();

  /** @param {Core} core */
  constructor(core) {
    this.core = core;
  }

  /**
   * Ready to step: kernels built, waiting for images.
   *
   * @param {"webgpu" | "cpu"} kind
   * @param {Start} start
   * @returns {Promise<{ engine: Engine, seconds: number }>} what building took, the module's
   *   download not counted
   */
  async make(kind, start) {
    const { Trainer, guard } = await this.load(kind);
    const began = performance.now();
    const trainer = await guard(
      start.checkpoint
        ? Trainer.resume(start.checkpoint)
        : Trainer.create(settingsJson(start.settings), start.weights),
    );
    await guard(trainer.warmUp());
    const engine = new Engine(kind, trainer, guard);
    const { step, stepsPerEpoch } = trainer;
    engine.epochStart = stepsPerEpoch ? step - (step % stepsPerEpoch) : 0;
    if (kind === "webgpu") this.#warm.add(start.settings.hidden);
    return { engine, seconds: (performance.now() - began) / 1000 };
  }

  /** Whether a WebGPU engine of these settings can be made at once. @param {Settings} settings */
  isWarm({ hidden }) {
    return this.#warm.has(hidden);
  }

  /**
   * A WebGPU engine whose device has built its kernels and answers. Others may use the worker
   * meanwhile: the device is what is waited for.
   *
   * @param {Start} start
   * @returns {Promise<Engine>}
   */
  warm(start) {
    const warming = this.#warming.then(async () => {
      const { engine } = await this.make("webgpu", start);
      await engine.weights(); // comes after the kernels
      return engine;
    });
    this.#warming = warming.catch(() => {}); // told to who asked
    return warming;
  }

  /**
   * The module that `make` needs.
   *
   * @param {"webgpu" | "cpu"} kind
   * @returns {Promise<{ Trainer: Core["Trainer"], guard: Engine["guard"] }>}
   */
  async load(kind) {
    if (kind === "cpu") return { Trainer: this.core.Trainer, guard: (work) => work };
    this.#webgpu ??= loadWebgpu();
    // A build that is still going on may have it next time.
    this.#webgpu.catch(() => (this.#webgpu = null));
    const webgpu = await this.#webgpu;
    await webgpu.guard(Promise.resolve()); // burn would make a trainer on a device that is lost
    return webgpu;
  }
}

async function loadWebgpu() {
  const wasm = fetchModule(WEBGPU_WASM);
  wasm.catch(() => {}); // awaited below
  /** @type {TrainerModule} */
  let module;
  try {
    // Asked for first, because a failed import is remembered for good.
    await fetchModule(WEBGPU);
    module = await import(/* webpackIgnore: true */ /* @vite-ignore */ WEBGPU.href);
    await wasm;
  } catch (error) {
    throw new PlaygroundError("module-missing", `${WEBGPU.pathname}: ${describe(error).message}`);
  }
  const watch = watchDevice();
  await module.default({ module_or_path: wasm }); // compiled while it arrives
  return { Trainer: module.Trainer, guard: watch.race };
}

/** @param {URL} url @returns {Promise<Response>} */
async function fetchModule(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}
