// What training is looked at with: a core Model that holds the weights of the moment, and the
// validation and test images.

import { settingsJson } from "../settings.js";
import { macrotask } from "./pace.js";

/** @typedef {import("../core.js").Images} Images */
/** @typedef {import("../core.js").Model} Model */
/** @typedef {import("../protocol.js").Evaluation} Evaluation */
/** @typedef {import("../protocol.js").EvaluationSplit} EvaluationSplit */
/** @typedef {import("../protocol.js").Settings} Settings */

/** The scatter's points while training: enough to see the shape, some 10 ms to encode. */
export const LIVE_CODES = 2_000;
/** Encoded at a time when all are wanted, so that a message waits no longer than for a slice. */
const CODES_SLICE = 1_000;
/** Measured at a time, for the same reason; it decodes too, twice. */
const EVALUATION_SLICE = 500;

export class Observer {
  /** @type {Model | null} */
  #model = null;
  #size = 0;
  /** @type {Record<EvaluationSplit, Images>} */
  #images;
  /** @type {Partial<Record<EvaluationSplit, Promise<Images>>>} */
  #complete = {};
  /** @type {Set<EvaluationSplit>} */
  #here = new Set();

  /**
   * @param {import("../core.js").Core} core
   * @param {import("./supply.js").Supply} supply
   * @param {import("./floor.js").Floor} floor
   */
  constructor(core, supply, floor) {
    this.core = core;
    this.supply = supply;
    this.floor = floor;
    this.#images = { validation: new core.Images(), test: new core.Images() };
  }

  /** @param {Settings} settings @param {Float32Array} weights */
  hold(settings, weights) {
    if (this.#model && this.#size === weights.length) {
      this.#model.setSettings(settingsJson(settings));
      this.#model.setWeights(weights);
    } else {
      this.#model?.free();
      this.#model = this.#modelOf(settings, weights);
      this.#size = weights.length;
    }
  }

  get model() {
    if (!this.#model) throw new Error("no model was loaded");
    return this.#model;
  }

  /** @param {Settings} settings @param {Float32Array} weights */
  #modelOf(settings, weights) {
    const model = this.core.Model.untrained(settingsJson(settings));
    model.setWeights(weights);
    return model;
  }

  /**
   * All of a split, loaded on first need; asked again after a failure, it goes on where it failed.
   *
   * @param {EvaluationSplit} split
   */
  images(split) {
    const complete = (this.#complete[split] ??= this.#load(split));
    complete.catch(() => delete this.#complete[split]);
    return complete;
  }

  /** @param {EvaluationSplit} split whether `images` need not wait */
  isHere(split) {
    return this.#here.has(split);
  }

  /** @param {EvaluationSplit} split */
  async #load(split) {
    const images = this.#images[split];
    let counted = 0;
    for (const chunk of await this.supply.chunks(split)) {
      counted += chunk.count;
      if (images.count >= counted) continue;
      const inflated = await this.supply.load(chunk);
      await this.floor.interrupt(() => images.addChunk(inflated, chunk.file));
    }
    this.#here.add(split);
    return images;
  }

  /**
   * Measures a model of its own, in slices: training may go on in between.
   *
   * @param {Images} images
   * @param {{ settings: Settings, weights: Float32Array }} at
   * @param {<T>(work: () => T) => Promise<T>} turn grants the thread to a slice
   * @param {() => boolean} [wanted] asked between slices
   * @returns {Promise<Evaluation | null>} null when it was wanted no longer
   */
  async evaluate(images, { settings, weights }, turn, wanted = () => true) {
    const model = this.#modelOf(settings, weights);
    const evaluation = new this.core.Evaluation();
    try {
      for (let done = false; !done;) {
        await macrotask();
        if (!wanted()) return null;
        done = await turn(() => evaluation.advance(model, images, EVALUATION_SLICE));
      }
      return JSON.parse(evaluation.finish(model));
    } finally {
      evaluation.free();
      model.free();
    }
  }

  /** Sampled codes of the first test images, as many as are here; null when none are. */
  codes(most = LIVE_CODES) {
    const { test } = this.#images;
    const count = Math.min(most, test.count);
    if (!count) return null;
    return {
      codes: this.model.codes(test, 0, count),
      labels: test.labels().slice(0, count),
    };
  }

  /**
   * The codes of every test image that is here, in slices.
   *
   * @param {() => boolean} wanted asked between slices
   */
  async allCodes(wanted) {
    const { test } = this.#images;
    const { count } = test;
    const codes = new Float32Array(2 * count);
    for (let start = 0; start < count; start += CODES_SLICE) {
      const slice = Math.min(CODES_SLICE, count - start);
      await macrotask();
      if (!wanted()) return null;
      await this.floor.interrupt(() => codes.set(this.model.codes(test, start, slice), 2 * start));
    }
    return count && wanted() ? { codes, labels: test.labels().slice(0, count) } : null;
  }
}
