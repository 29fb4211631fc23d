// One model: what is on show of it (stage.js), its settings and its training, whoever looks on. The
// elements of a page that name the same `model` show one of these. Its events, besides the stage's:
//
//   settings  status  metrics  engine    the property of that name changed
//   error     {code, message, values}: what went wrong, in English, for `explain`
//   progress  step  epoch                as <vae-playground> passes them on
//   checkpoint                           the run can go on from here

import { HeldBack } from "./held-back.js";
import { fetchCodes, fetchFigure, fetchWeights } from "./assets.js";
import { loadCore } from "./core.js";
import { PlaygroundError, describe } from "./errors.js";
import { storyOf } from "./exports/history.js";
import { inflate } from "./inflate.js";
import { Metrics } from "./metrics.js";
import { LARGEST_MODEL, PRESETS, isOfPreset, settingsJson, trainableNow } from "./settings.js";
import { Stage } from "./stage.js";
import { Training } from "./training.js";

/** @typedef {import("./core.js").Model} Model */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./training.js").Span} Span */
/** @typedef {import("./training.js").Snapshot} Snapshot */

/**
 * Where a run starts. What is left out stays as it is.
 *
 * @typedef {object} ResetOptions
 * @property {number} [seed]
 * @property {string} [preset]
 * @property {string} [weights] "pretrained", the preset's (default); "none", the seed's random ones;
 *   another preset's name; or an address
 */

/**
 * @typedef {object} Options
 * @property {import("./protocol.js").EngineWish} engine
 * @property {string | null} data address of a manifest, instead of MNIST's
 * @property {ResetOptions} start
 * @property {Partial<Settings>} change of the preset's settings
 */

export class SharedModel extends Stage {
  settings = /** @type {Settings} */ ({});
  /** What its run began with: a preset's name or an address, of trained weights; "none", random
   *  ones; or "own", those of a file. */
  source = "none";
  /** Whether its run began with the weights of a file, and not with random ones. */
  fromFile = false;
  /** Address of the manifest of its images; null: MNIST's. @type {string | null} */
  data;

  #options;
  #training;
  /** @type {Promise<void> | null} */
  #loading = null;
  /** Those who are on a page. @type {Set<object>} */
  #onlookers = new Set();
  /** Those of them who are in sight. @type {Set<object>} */
  #inSight = new Set();
  #shown = Promise.withResolvers();
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
    this.data = options.data;
    this.#training = new Training(options, {
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

  /** What the run can go on from, or null. */
  get checkpoint() {
    return this.#training.checkpoint;
  }

  /** Everything that first paint needs, at once, and once for all who look on. */
  load() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load() {
    const { preset = "elbo", weights = "pretrained" } = this.#options.start;
    const source = weights === "pretrained" ? preset : weights;
    const file = source === "none" ? null : fetchWeights(source);
    file?.catch(() => {}); // awaited below
    try {
      const [core, figure] = await Promise.all([loadCore(), fetchFigure()]);
      Object.assign(this, { core, figure, codes: new core.Codes() });
    } catch (error) {
      this.#training.fail();
      throw error;
    }
    await this.#takeFirst(source, file);
    this.ready = true;
  }

  /** Somebody sees it and can drag its point. */
  opened() {
    this.#shown.resolve(undefined);
  }

  /** What will train is worth knowing before; that nothing can is told when it is asked to. */
  connect() {
    this.#training.connect().catch(() => {});
  }

  /** @param {object} onlooker that is on a page now */
  attach(onlooker) {
    this.#onlookers.add(onlooker);
  }

  /** Where nobody is left nothing runs; attached again, it goes on from where it was. @param {object} onlooker */
  async detach(onlooker) {
    this.#onlookers.delete(onlooker);
    this.#inSight.delete(onlooker);
    // An interrupted run ends, so it need not wait to be seen.
    if (!this.#onlookers.size) await this.#training.release();
    else this.#heed();
  }

  /** Training rests while nobody sees it. @param {object} onlooker @param {boolean} seen */
  see(onlooker, seen) {
    if (seen) this.#inSight.add(onlooker);
    else this.#inSight.delete(onlooker);
    this.#heed();
  }

  #heed() {
    if (this.#inSight.size) this.#training.resume();
    else this.#training.suspend();
  }

  /** Trains on another engine from where it is. @param {import("./protocol.js").EngineWish} engine */
  changeEngine(engine) {
    return this.#do(() => this.#training.restart({ engine }));
  }

  /** Trains on other images from the next start. @param {string | null} data address of a manifest */
  changeData(data) {
    this.data = data;
    return this.#do(async () => {
      await this.#training.pause();
      await this.#training.restart({ data });
    });
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

  /** The reader is about to train, it seems. */
  anticipate() {
    this.#training.anticipate();
  }

  /** On to the last epoch; a pretrained model has nothing left to show, so it starts anew. */
  async trainOn() {
    if (this.status.state === "pretrained") await this.reset({ weights: "none" });
    const left = this.settings.epochs - this.metrics.epoch;
    return this.train({ epochs: left > 0 ? left : this.settings.epochs });
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
   * Back to where a run starts. With `preset`, its settings too.
   *
   * @param {ResetOptions} [options]
   */
  reset({ seed = this.settings.seed, preset, weights = "pretrained" } = {}) {
    return this.#do(async () => {
      const settings = this.#checked({ ...(preset ? this.#preset(preset) : this.settings), seed });
      if (weights === "none") return this.#takeUntrained(settings);
      const source = weights === "pretrained" ? (preset ?? settings.preset ?? "elbo") : weights;
      const generation = ++this.#generation;
      const file = await fetchWeights(source);
      if (generation !== this.#generation) return;
      await this.#takePretrained(source, file, seed);
      if (preset && preset !== source) await this.updateSettings({ ...settings });
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

  /**
   * The model as a file; the settings, the metrics and the training's history in its metadata.
   *
   * @param {"float32" | "float16"} [precision]
   * @returns {ArrayBuffer} safetensors
   */
  exportWeights(precision = "float32") {
    const bytes = this.model.toSafetensors(precision, JSON.stringify(storyOf(this)));
    return new Uint8Array(bytes).buffer;
  }

  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer safetensors, gzipped or not */
  importWeights(buffer) {
    return this.#do(async () => {
      const file = new Uint8Array(buffer);
      const most = { bytes: LARGEST_MODEL, code: "weights-size" };
      const bytes = await inflate(file, "weights", "weights-format", most);
      const model = this.core.Model.fromSafetensors(bytes);
      await this.#take(model, "pretrained", settingsOf(model), "own");
    });
  }

  /**
   * Goes on with a run that was kept (resume.js). What is damaged is refused, and changes nothing.
   *
   * @param {import("./resume.js").Kept} kept
   */
  resume({ checkpoint, settings, latent, source, fromFile, metrics }) {
    return this.#do(async () => {
      const model = this.core.Model.fromSafetensors(checkpoint.bytes);
      // What the worker will do with it, to know before anything is changed.
      (await this.core.Trainer.resume(checkpoint.bytes)).free();
      const past = { checkpoint, metrics: Metrics.restored(metrics) };
      past.metrics.rewind(checkpoint);
      await this.#take(model, "paused", trainableNow(settings, settingsOf(model)), source, past);
      this.fromFile = fromFile;
      this.setLatent(latent);
    });
  }

  /** @param {string} source of the weights @param {Promise<Uint8Array> | null} file */
  async #takeFirst(source, file) {
    const { start, change } = this.#options;
    const taken = file && (await this.#takeFirstFile(source, file));
    const { seed } = start;
    if (!taken) {
      const settings = this.#preset(start.preset ?? "elbo");
      await this.#takeUntrained({ ...settings, seed: seed ?? settings.seed });
      this.source = source; // a link asks for them again
    } else if (start.preset && start.preset !== source) {
      await this.updateSettings({ ...this.#preset(start.preset), seed: this.settings.seed });
    }
    if (Object.keys(change).length) await this.updateSettings(change);
  }

  /** @param {string} source @param {Promise<Uint8Array>} file */
  async #takeFirstFile(source, file) {
    try {
      await this.#takePretrained(source, await file, this.#options.start.seed);
      return true;
    } catch (error) {
      this.tell("error", describe(error)); // the page is of use without
      return false;
    }
  }

  /** @param {Settings} settings */
  #takeUntrained(settings) {
    const model = this.core.Model.untrained(settingsJson(settings));
    return this.#take(model, "untrained", settings, "none");
  }

  /** @param {string} source @param {Uint8Array} file @param {number} [seed] for what is trained from here */
  async #takePretrained(source, file, seed) {
    const model = this.core.Model.fromSafetensors(file);
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
   * @param {import("./training.js").Past} [past] of a run that goes on
   */
  async #take(model, state, settings, source, past) {
    const generation = ++this.#generation;
    await this.#training.pause();
    if (generation !== this.#generation) return model.free();
    this.#held.forget();
    this.settings = this.#origin = settings;
    this.source = source;
    this.fromFile = state === "pretrained";
    this.tell("settings");
    this.setModel(model);
    this.setCodes(new Float32Array(), new Uint8Array());
    // Whose codes come with its weights, as long as nothing was trained from them.
    const preset = past ? undefined : PRESETS.find((name) => name === source);
    await this.#training.load({ settings, weights: model.weights() }, state, !preset, past);
    if (preset) this.#loadCodes(preset, generation);
  }

  /** Nothing waits for them: they are a layer of the picture, not the picture. @param {string} preset @param {number} generation */
  async #loadCodes(preset, generation) {
    await this.#shown.promise;
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
