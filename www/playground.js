// The playground: what is on show (stage.js), the settings, and everything that can be done to the
// model. Its events, besides the stage's:
//
//   settings  status  metrics  engine    the property of that name changed
//   error     {code, message, values}: what went wrong, in English, for `explain`
//   progress  step  epoch                as <vae-playground> passes them on

import { HeldBack } from "./held-back.js";
import { fetchCodes, fetchFigure, fetchWeights } from "./assets.js";
import { loadCore } from "./core.js";
import { PlaygroundError, describe } from "./errors.js";
import { inflate } from "./inflate.js";
import { PRESETS, isOfPreset, settingsJson, trainableNow } from "./settings.js";
import { Stage } from "./stage.js";
import { Training } from "./training.js";

/** @typedef {import("./core.js").Model} Model */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./training.js").Span} Span */
/** @typedef {import("./training.js").Snapshot} Snapshot */
/** @typedef {"pretrained" | "none"} Weights */
/** @typedef {{ seed?: number, preset?: string, weights?: Weights }} ResetOptions */

/**
 * @typedef {object} Options
 * @property {import("./protocol.js").EngineWish} engine
 * @property {import("./i18n.js").Language} language
 * @property {string} preset
 * @property {number} [seed]
 * @property {Weights} weights
 */

export class Playground extends Stage {
  settings = /** @type {Settings} */ ({});

  #options;
  #training;
  /** The settings that the model's run began with. */
  #origin = this.settings;
  /** Counts the models taken, so that a slow one does not replace a later one. */
  #generation = 0;
  #held = new HeldBack(
    this,
    (snapshot) => this.#show(snapshot),
    () => this.tell("metrics"),
    () => this.#training.yield(),
  );

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = options;
    this.#training = new Training(options.engine, {
      show: (snapshot) => this.#held.take(snapshot),
      showCodes: ({ codes, labels }) => this.setCodes(codes, labels),
      tell: (name, detail) => {
        if (name === "status" && this.status.state !== "training") this.#held.release();
        if (name === "metrics") this.#held.takeMetrics();
        else this.tell(name, detail);
      },
    });
  }

  /** @param {readonly [number, number]} latent @param {string} [source] who moved it */
  setLatent(latent, source) {
    super.setLatent(latent, source);
    if (source === "pointer") this.#held.moved();
  }

  get metrics() {
    return this.#training.metrics;
  }

  get status() {
    return this.#training.status;
  }

  get engineInfo() {
    return this.#training.engineInfo;
  }

  /**
   * Everything that first paint needs, at once; "ready" follows. `worded` is called when the
   * words are here, so that views can be put up while the model is on its way.
   *
   * @param {() => Promise<void>} worded
   */
  async load(worded) {
    const { preset, language, weights } = this.#options;
    const words = this.setLanguage(language).then(worded);
    const file = weights === "none" ? null : fetchWeights(preset);
    file?.catch(() => {}); // awaited below
    try {
      const [core, figure] = await Promise.all([loadCore(), fetchFigure(), words]);
      Object.assign(this, { core, figure, plane: new core.Plane(), codes: new core.Codes() });
    } catch (error) {
      await words; // to say so in
      this.#training.fail();
      throw error;
    }
    await this.#takeFirst(preset, file);
    this.ready = true;
    this.tell("ready");
    // What will train is worth knowing before; that nothing can is told when it is asked to.
    this.#training.connect().catch(() => {});
  }

  /** Off the page nothing runs; attached again, it goes on from where it was. */
  async detach() {
    await super.detach();
    await this.#training.release();
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
    this.tell("settings");
    await this.#training.change(trainableNow(this.settings, this.#origin));
  }

  /** @param {Span} [span] all the settings' epochs where none is given */
  train(span = { epochs: this.settings.epochs }) {
    return this.#do(async () => {
      const amount = "steps" in span ? span.steps : span.epochs;
      if (!Number.isInteger(amount) || amount < 1) {
        const takes = "{epochs} or {steps}, whole and at least 1";
        throw misused("train", `it takes ${takes}, not ${amount}`);
      }
      return this.#training.train(span);
    });
  }

  /** The reader is about to train, it seems. */
  anticipate() {
    this.#training.anticipate();
  }

  step(steps = 1) {
    return this.train({ steps });
  }

  /** To the end of the epoch under way, or of the next. */
  epoch() {
    return this.train({ epochs: 1 });
  }

  pause() {
    return this.#training.pause();
  }

  /**
   * Back to where a run starts: the preset's trained weights, or with `weights: "none"` the
   * seed's random ones. With `preset`, its settings too.
   *
   * @param {ResetOptions} [options]
   */
  reset({ seed = this.settings.seed, preset, weights = "pretrained" } = {}) {
    return this.#do(async () => {
      const settings = this.#checked({ ...(preset ? this.#preset(preset) : this.settings), seed });
      if (weights === "none") return this.#takeUntrained(settings);
      const name = preset ?? settings.preset ?? "elbo";
      const generation = ++this.#generation;
      const file = await fetchWeights(name);
      if (generation === this.#generation) await this.#takePretrained(name, file, seed);
    });
  }

  /** The preset's settings and trained weights. @param {string} preset */
  loadPreset(preset) {
    return this.reset({ preset });
  }

  /** @param {import("./protocol.js").EvaluationSplit} split */
  evaluate(split) {
    return this.#do(async () => {
      if (split === "test" || split === "validation") return this.#training.evaluate(split);
      throw misused("evaluate", `it takes "test" or "validation", not ${split}`);
    });
  }

  /** @returns {ArrayBuffer} safetensors, float32 */
  exportWeights() {
    const { step, epoch, validation, result } = this.metrics;
    const metrics = JSON.stringify({ step, epoch, validation: validation.at(-1), test: result });
    const bytes = this.model.toSafetensors("float32", JSON.stringify({ metrics }));
    return new Uint8Array(bytes).buffer;
  }

  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer safetensors, gzipped or not */
  importWeights(buffer) {
    return this.#do(async () => {
      const bytes = await inflate(new Uint8Array(buffer), "weights", "weights-format");
      const model = this.core.Model.fromSafetensors(bytes);
      await this.#take(model, "pretrained", settingsOf(model));
    });
  }

  /** @param {string} preset @param {Promise<Uint8Array> | null} file */
  async #takeFirst(preset, file) {
    const { seed } = this.#options;
    if (file) {
      try {
        return await this.#takePretrained(preset, await file, seed);
      } catch (error) {
        this.tell("error", describe(error)); // the page is of use without
      }
    }
    const settings = this.#preset(preset);
    await this.#takeUntrained({ ...settings, seed: seed ?? settings.seed });
  }

  /** @param {Settings} settings */
  #takeUntrained(settings) {
    const model = this.core.Model.untrained(settingsJson(settings));
    return this.#take(model, "untrained", settings);
  }

  /** @param {string} preset @param {Uint8Array} file @param {number} [seed] for what is trained from here */
  async #takePretrained(preset, file, seed) {
    const model = this.core.Model.fromSafetensors(file);
    const settings = settingsOf(model);
    await this.#take(model, "pretrained", { ...settings, seed: seed ?? settings.seed }, preset);
  }

  /**
   * Makes this the model that is drawn and that training starts from.
   *
   * @param {Model} model
   * @param {"pretrained" | "untrained"} state
   * @param {Settings} settings
   * @param {string} [preset] whose packed test codes are this model's
   */
  async #take(model, state, settings, preset) {
    const generation = ++this.#generation;
    await this.#training.pause();
    if (generation !== this.#generation) return model.free();
    this.#held.forget();
    this.settings = this.#origin = settings;
    this.tell("settings");
    this.setModel(model);
    this.setCodes(new Float32Array(), new Uint8Array());
    await this.#training.load({ settings, weights: model.weights() }, state, !preset);
    if (preset) this.#loadCodes(preset, generation);
  }

  /** Nothing waits for them: they are a layer of the picture, not the picture. @param {string} preset @param {number} generation */
  async #loadCodes(preset, generation) {
    try {
      const packed = this.core.Codes.fromPacked(await fetchCodes(preset));
      if (generation !== this.#generation || this.metrics.step > 0) return packed.free();
      this.replaceCodes(packed);
    } catch (error) {
      this.tell("error", describe(error));
    }
  }

  /** @param {Snapshot} snapshot */
  #show({ settings, weights, codes, labels }) {
    this.model.setSettings(settingsJson(settings));
    this.model.setWeights(weights);
    this.modelChanged();
    if (codes && labels) this.setCodes(codes, labels);
  }

  /** @param {string} name @returns {Settings} */
  #preset(name) {
    return JSON.parse(this.core.presetSettings(name));
  }

  /** @param {Settings} settings @returns {Settings} */
  #checked(settings) {
    return JSON.parse(this.core.checkSettings(settingsJson(settings)));
  }

  /**
   * An action whose failure is told as an event too, so that a caller may ignore the promise.
   *
   * @template T
   * @param {() => Promise<T>} action
   */
  #do(action) {
    const doing = action().catch((error) => {
      this.tell("error", describe(error));
      throw error;
    });
    doing.catch(() => {});
    return doing;
  }
}

/** @param {Model} model @returns {Settings} */
function settingsOf(model) {
  return JSON.parse(model.settings());
}

/** @param {string} field @param {string} detail */
function misused(field, detail) {
  return new PlaygroundError("bad-setting", `${field}: ${detail}`, { field, detail });
}
