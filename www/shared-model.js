// One model, whoever looks on: what is on show of it (stage.js), where it starts (starting-point.js)
// and its training (training.js). The elements of a page that name the same `model` show one of these.
// Its events, besides the stage's:
//
//   settings  status  metrics  engine    the property of that name changed
//   state     {state}: training rests, or goes on
//   error     {code, message, values}: what went wrong, in English, for `explain`
//   progress  step  epoch                as <vae-playground> passes them on
//   checkpoint                           the run can go on from here

import { fetchFigure } from "./assets.js";
import { loadCore } from "./core.js";
import { describe, misused } from "./errors.js";
import { storyOf } from "./exports/history.js";
import { Stage } from "./stage.js";
import { StageAudience } from "./stage-audience.js";
import { StartingPoint, fetchStart } from "./starting-point.js";
import { Training } from "./training.js";

/** @typedef {import("./core.js").Model} Model */
/** @typedef {import("./protocol.js").EngineWish} EngineWish */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./starting-point.js").ResetOptions} ResetOptions */
/** @typedef {import("./training.js").Span} Span */

/**
 * @typedef {object} Options
 * @property {EngineWish} engine
 * @property {string | null} data address of a manifest, instead of MNIST's
 * @property {ResetOptions} start
 * @property {Partial<Settings>} change of the preset's settings
 */

export class SharedModel extends Stage {
  /** Address of the manifest of its images; null: MNIST's. @type {string | null} */
  data;

  #options;
  #training;
  #start;
  /** @type {Promise<void> | null} */
  #loading = null;
  /** Those who are on a page. @type {Set<object>} */
  #onlookers = new Set();
  /** Those of them who are in sight. @type {Set<object>} */
  #inSight = new Set();
  #shown = Promise.withResolvers();
  /** Under way, from the press on: a second one asks for nothing more. @type {Promise<unknown> | null} */
  #trainingOn = null;
  /** Address of the manifest that was asked for last. @type {string | null} */
  #wantedData = null;
  /** Pauses that were asked for. */
  #pauses = 0;
  #audience = new StageAudience(this, () => this.#training.yield());

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = options;
    this.data = options.data;
    this.#training = new Training(options, this.#audience);
    this.#start = new StartingPoint(this, this.#training, this.#shown.promise);
  }

  get settings() {
    return this.#start.settings;
  }

  /** What its run began with: a preset's name, an address, "none" or "own". */
  get source() {
    return this.#start.source;
  }

  /** Whether its run began with the weights of a file, and not with random ones. */
  get fromFile() {
    return this.#start.fromFile;
  }

  /** Whether its run began with the weights that it was to begin with. */
  get hasItsWeights() {
    return this.fromFile || this.source === "none";
  }

  get metrics() {
    return this.#training.record.metrics;
  }

  get status() {
    return this.#training.record.status;
  }

  get engineInfo() {
    return this.#training.record.engineInfo;
  }

  /** What the run can go on from, or null. */
  get checkpoint() {
    return this.#training.record.checkpoint;
  }

  /** Everything that first paint needs, at once, and once for all who look on. */
  load() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load() {
    const { start, change } = this.#options;
    const coming = fetchStart(start);
    try {
      const [core, figure] = await Promise.all([loadCore(), fetchFigure()]);
      Object.assign(this, { core, figure, codes: new core.Codes() });
    } catch (error) {
      this.#training.fail();
      throw error;
    }
    await this.#start.takeFirst(start, change, coming);
    this.ready = true;
  }

  /** @param {readonly [number, number]} latent @param {string} [source] who moved it */
  setLatent(latent, source) {
    super.setLatent(latent, source);
    if (source === "pointer") this.#audience.moved();
  }

  /** @param {Model} model takes the place of the one before, and of what was held back of that */
  setModel(model) {
    this.#audience.forget();
    super.setModel(model);
  }

  /** Somebody sees it and can drag its point. */
  opened() {
    this.#shown.resolve(undefined);
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

  /** What will train is worth knowing before; that nothing can is told when it is asked to. */
  connect() {
    this.#training.connect().catch(() => {});
  }

  /** The reader is about to train, it seems. */
  anticipate() {
    this.#training.anticipate();
  }

  /** On to the last epoch; a pretrained model has nothing left to show, so it starts anew. */
  trainOn() {
    this.#trainingOn ??= this.#trainOn().finally(() => (this.#trainingOn = null));
    return this.#trainingOn;
  }

  async #trainOn() {
    const pauses = this.#pauses;
    if (this.status.state === "pretrained") await this.reset({ weights: "none" });
    if (pauses !== this.#pauses) return;
    const left = this.settings.epochs - this.metrics.epoch;
    await this.train({ epochs: left > 0 ? left : this.settings.epochs });
  }

  /** @param {Span} [span] all the settings' epochs where none is given */
  train(span = { epochs: this.settings.epochs }) {
    return this.#do(() => this.#training.train(span));
  }

  step(steps = 1) {
    return this.train({ steps });
  }

  /** To the end of the epoch under way, or of the next. */
  epoch() {
    return this.train({ epochs: 1 });
  }

  pause() {
    this.#pauses++;
    return this.#training.pause();
  }

  /** @param {import("./protocol.js").EvaluationSplit} split */
  evaluate(split) {
    return this.#do(() => this.#training.evaluate(split));
  }

  /** Trains on another engine from where it is. @param {EngineWish} engine */
  changeEngine(engine) {
    return this.#do(() => this.#training.restart({ engine }));
  }

  /**
   * Trains on other images from the next start. Rejects, and changes nothing, where there are none.
   *
   * @param {string | null} data address of a manifest
   */
  changeData(data) {
    this.#wantedData = data;
    return this.#do(async () => {
      if (data !== null) await checkManifest(data);
      if (data !== this.#wantedData) return; // others are wanted by now
      this.data = data;
      await this.#training.pause();
      await this.#training.restart({ data });
    });
  }

  /**
   * Seed, hidden width and initialisation count from the next reset, the others from the next step.
   *
   * @param {Partial<Settings>} change
   */
  updateSettings(change) {
    return this.#start.updateSettings(change);
  }

  /**
   * Back to where a run starts. With `preset`, its settings too.
   *
   * @param {ResetOptions} [options]
   */
  reset(options = {}) {
    return this.#do(async () => {
      if (Object(options) !== options) throw misused("reset", "it takes {seed, preset, weights}");
      const { seed = this.settings.seed, preset, weights = "pretrained" } = options;
      await this.#start.reset({ seed, preset, weights });
    });
  }

  /** The preset's settings and trained weights. @param {string} preset */
  loadPreset(preset) {
    return this.reset({ preset });
  }

  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer safetensors, gzipped or not */
  importWeights(buffer) {
    return this.#do(() => this.#start.takeFile(buffer));
  }

  /** Goes on with a run that was kept (resume.js). @param {import("./resume.js").Kept} kept */
  resume(kept) {
    return this.#do(() => this.#start.takeKept(kept));
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

  /**
   * An action whose failure is told as an event too, so that a caller may ignore the promise.
   *
   * @template T
   * @param {() => Promise<T>} action
   */
  #do(action) {
    const doing = action().catch((/** @type {unknown} */ error) => {
      this.tell("error", describe(error));
      throw error;
    });
    doing.catch(() => {});
    return doing;
  }
}

/** @param {string} data address @returns {Promise<unknown>} rejects where there is no manifest */
async function checkManifest(data) {
  const [{ ChunkLoader }, { openChunkCache }] = await Promise.all([
    import("./data.js"),
    import("./chunk-cache.js"),
  ]);
  const cache = await openChunkCache();
  return new ChunkLoader({ cache, verify() {}, manifest: new URL(data) }).manifest();
}
