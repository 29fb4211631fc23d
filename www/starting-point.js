// Where a run starts: the weights, of a preset, an address, a file, a seed or a run that was kept,
// and the settings that it is trained with from there.

import { fetchCodes, fetchWeights } from "./assets.js";
import { PlaygroundError, describe } from "./errors.js";
import { inflate } from "./inflate.js";
import { Metrics } from "./metrics.js";
import { LARGEST_MODEL, PRESETS, isOfPreset, settingsJson, trainableNow } from "./settings.js";

/** @typedef {import("./core.js").Model} Model */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./training.js").Training} Training */

/**
 * Where a run starts. What is left out stays as it is.
 *
 * @typedef {object} ResetOptions
 * @property {number} [seed]
 * @property {string} [preset]
 * @property {string} [weights] "pretrained", the preset's (default); "none", the seed's random ones;
 *   another preset's name; or an address
 */

/** Weights on their way; null: random ones. @typedef {{ source: string, file: Promise<Uint8Array> | null }} Coming */

export class StartingPoint {
  settings = /** @type {Settings} */ ({});
  /** What the run began with: a preset's name or an address, of trained weights; "none", random
   *  ones; or "own", those of a file. */
  source = "none";
  /** Whether the run began with the weights of a file, and not with random ones. */
  fromFile = false;

  #stage;
  #training;
  #shown;
  /** The settings that the run began with. */
  #origin = this.settings;
  /** Counts the models taken, so that a slow one does not replace a later one. */
  #generation = 0;

  /**
   * @param {Stage} stage where the model is drawn
   * @param {Training} training that starts from it
   * @param {Promise<unknown>} shown resolves when somebody sees the stage
   */
  constructor(stage, training, shown) {
    this.#stage = stage;
    this.#training = training;
    this.#shown = shown;
  }

  /**
   * The first model of all; untrained, where its weights do not come.
   *
   * @param {ResetOptions} start
   * @param {Partial<Settings>} change of the preset's settings
   * @param {Coming} coming what `fetchStart` gave for that start
   */
  async takeFirst({ preset, seed }, change, { source, file }) {
    const taken = file && (await this.#takeFirstFile(source, file, seed));
    if (!taken) {
      const settings = this.#preset(preset ?? "elbo");
      await this.#takeUntrained({ ...settings, seed: seed ?? settings.seed });
      this.source = source; // a link asks for them again
    } else if (preset && preset !== source) {
      await this.updateSettings({ ...this.#preset(preset), seed: this.settings.seed });
    }
    if (Object.keys(change).length) await this.updateSettings(change);
  }

  /**
   * Back to where a run starts. With `preset`, its settings too.
   *
   * @param {ResetOptions & { seed: number, weights: string }} options
   */
  async reset({ seed, preset, weights }) {
    const settings = this.#checked({ ...(preset ? this.#preset(preset) : this.settings), seed });
    if (weights === "none") return this.#takeUntrained(settings);
    const source = weights === "pretrained" ? (preset ?? settings.preset ?? "elbo") : weights;
    const generation = ++this.#generation;
    const file = await fetchWeights(source);
    if (generation !== this.#generation) return;
    await this.#takePretrained(source, file, seed);
    if (preset && preset !== source) await this.updateSettings({ ...settings });
  }

  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer safetensors, gzipped or not */
  async takeFile(buffer) {
    if (!(buffer instanceof ArrayBuffer || buffer instanceof Uint8Array)) {
      throw new PlaygroundError("weights-format", "a model's file is an ArrayBuffer of bytes");
    }
    const file = new Uint8Array(buffer);
    const most = { bytes: LARGEST_MODEL, code: "weights-size" };
    const bytes = await inflate(file, "weights", "weights-format", most);
    const model = this.#stage.core.Model.fromSafetensors(bytes);
    await this.#take(model, "pretrained", settingsOf(model), "own");
  }

  /**
   * Where a run that was kept (resume.js) had come to. What is damaged is refused, and changes
   * nothing.
   *
   * @param {import("./resume.js").Kept} kept
   */
  async takeKept({ checkpoint, settings, latent, source, fromFile, metrics, opened }) {
    const { core } = this.#stage;
    if (opened) {
      await this.takeFile(new Uint8Array(checkpoint.bytes));
      return this.#stage.setLatent(latent);
    }
    const model = core.Model.fromSafetensors(checkpoint.bytes);
    // What the worker will do with it, to know before anything is changed.
    (await core.Trainer.resume(checkpoint.bytes)).free();
    const past = { checkpoint, metrics: Metrics.restored(metrics) };
    past.metrics.rewind(checkpoint);
    await this.#take(model, "paused", trainableNow(settings, settingsOf(model)), source, past);
    this.fromFile = fromFile;
    this.#stage.setLatent(latent);
  }

  /**
   * Seed, hidden width and initialisation count from the next reset, the others from the next step.
   *
   * @param {Partial<Settings>} change
   */
  async updateSettings(change) {
    const next = this.#checked({ ...this.settings, ...change });
    const preset = PRESETS.find((name) => isOfPreset(next, this.#preset(name)));
    this.settings = preset ? { ...next, preset } : { ...next, preset: undefined };
    this.#stage.tell("settings");
    await this.#training.change(trainableNow(this.settings, this.#origin));
  }

  /** @param {string} source of the weights @param {Promise<Uint8Array>} file @param {number} [seed] */
  async #takeFirstFile(source, file, seed) {
    try {
      await this.#takePretrained(source, await file, seed);
      return true;
    } catch (error) {
      const { values, ...failure } = describe(error); // the page is of use without
      this.#stage.tell("error", { ...failure, values: { ...values, instead: "random" } });
      return false;
    }
  }

  /** @param {Settings} settings */
  #takeUntrained(settings) {
    const model = this.#stage.core.Model.untrained(settingsJson(settings));
    return this.#take(model, "untrained", settings, "none");
  }

  /** @param {string} source @param {Uint8Array} file @param {number} [seed] for what is trained from here */
  async #takePretrained(source, file, seed) {
    const model = this.#stage.core.Model.fromSafetensors(file);
    const settings = settingsOf(model);
    await this.#take(model, "pretrained", { ...settings, seed: seed ?? settings.seed }, source);
  }

  /**
   * Makes this the model that is drawn and that training starts from.
   *
   * @param {Model} model
   * @param {"pretrained" | "untrained" | "paused"} state
   * @param {Settings} settings
   * @param {string} source
   * @param {import("./training-record.js").Past} [past] of a run that goes on
   */
  async #take(model, state, settings, source, past) {
    const generation = ++this.#generation;
    await this.#training.pause();
    if (generation !== this.#generation) return model.free();
    this.settings = this.#origin = settings;
    this.source = source;
    this.fromFile = state === "pretrained";
    this.#stage.tell("settings");
    this.#stage.setModel(model);
    this.#stage.setCodes(new Float32Array(), new Uint8Array());
    // Whose codes come with its weights, as long as nothing was trained from them.
    const preset = past ? undefined : PRESETS.find((name) => name === source);
    await this.#training.load({ settings, weights: model.weights() }, state, !preset, past);
    if (preset) this.#loadCodes(preset, generation);
  }

  /** Nothing waits for them: they are a layer of the picture, not the picture. @param {string} preset @param {number} generation */
  async #loadCodes(preset, generation) {
    await this.#shown;
    try {
      const packed = this.#stage.core.Codes.fromPacked(await fetchCodes(preset));
      const trained = this.#training.record.metrics.step > 0;
      if (generation !== this.#generation || trained) return packed.free();
      this.#stage.replaceCodes(packed);
    } catch (error) {
      this.#stage.tell("error", describe(error));
    }
  }

  /** @param {string} name @returns {Settings} */
  #preset(name) {
    return JSON.parse(this.#stage.core.presetSettings(name));
  }

  /** @param {Settings} settings @returns {Settings} */
  #checked(settings) {
    return JSON.parse(this.#stage.core.checkSettings(settingsJson(settings)));
  }
}

/** The weights of a page's first model, before there is anything to take them. @param {ResetOptions} start @returns {Coming} */
export function fetchStart({ preset = "elbo", weights = "pretrained" }) {
  const source = weights === "pretrained" ? preset : weights;
  const file = source === "none" ? null : fetchWeights(source);
  file?.catch(() => {}); // awaited in `takeFirst`
  return { source, file };
}

/** @param {Model} model @returns {Settings} */
function settingsOf(model) {
  return JSON.parse(model.settings());
}
