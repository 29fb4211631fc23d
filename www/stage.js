// What is on show: the model that is decoded under the pointer, the latent point, the chosen
// image and the test codes. Its events:
//
//   model     other weights            latent     the point moved (fired synchronously)
//   codes     other test codes         selection  another image chosen

import { PlaygroundError, latentPoint } from "./errors.js";

/** @typedef {import("./assets.js").Figure} Figure */
/** @typedef {import("./core.js").Core} Core */
/** @typedef {import("./core.js").Model} Model */
/** @typedef {InstanceType<Core["Plane"]>} Plane */
/** @typedef {InstanceType<Core["Codes"]>} Codes */
/** @typedef {{ mean: [number, number], logVar: [number, number] }} Posterior */

const IMAGE = 784;
/** For what is there once `ready` is true. */
const later = /** @type {any} */ (null);

export class Stage extends EventTarget {
  /** Whether a model decodes; until then only the point and the status mean anything. */
  ready = false;

  /** @type {Core} */
  core = later;
  /** @type {Model} */
  model = later;
  /** @type {Codes} */
  codes = later;
  /** @type {Figure} */
  figure = { pixels: new Uint8Array(), labels: new Uint8Array() };

  /** @type {[number, number]} */
  latent = [0, 0];
  /** When a pointer last moved the point, in the page's milliseconds. */
  movedAt = -Infinity;
  /** The chosen digit of the figure, 0 to 9, or -1. */
  selected = -1;
  /** An image that the reader drew. @type {Uint8Array | null} */
  drawn = null;
  /** Of the chosen or drawn image. @type {Posterior | null} */
  posterior = null;

  /** @param {readonly [number, number]} latent @param {string} [source] who moved it */
  setLatent(latent, source = "script") {
    this.latent = latentPoint(latent);
    if (source === "pointer") this.movedAt = performance.now();
    this.tell("latent", { latent: this.latent, source });
  }

  /** Chooses a digit of the figure and moves the point to its posterior mean. @param {number} index */
  select(index) {
    this.selected = index >= 0 && index < this.figure.labels.length ? index : -1;
    this.drawn = null;
    this.#encodeChosen();
  }

  /** Chooses an image that the reader drew. @param {Uint8Array | null} pixels */
  setDrawn(pixels) {
    this.drawn = pixels;
    this.selected = -1;
    this.#encodeChosen();
  }

  /** @param {ArrayLike<number>} pixels 784 intensities, 0 to 1 @returns {Posterior} */
  encode(pixels) {
    const intensities = Float32Array.from(Object(pixels));
    if (!intensities.every(Number.isFinite)) {
      throw new PlaygroundError("image-values", "an image is 784 numbers, and one here is none");
    }
    const [mean1, mean2, logVar1, logVar2] = this.model.encode(intensities);
    return { mean: [mean1, mean2], logVar: [logVar1, logVar2] };
  }

  /** @param {Model} model takes the place of the one before, which is freed */
  setModel(model) {
    this.model?.free();
    this.model = model;
    this.modelChanged();
  }

  /** The model has other weights. */
  modelChanged() {
    this.#encode();
    this.tell("model");
  }

  /** @param {Float32Array} codes pairs @param {Uint8Array} labels */
  setCodes(codes, labels) {
    this.codes.set(codes, labels);
    this.tell("codes");
  }

  /** @param {Codes} codes take the place of those before, which are freed */
  replaceCodes(codes) {
    this.codes.free();
    this.codes = codes;
    this.tell("codes");
  }

  /** @param {string} name @param {object} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #encodeChosen() {
    this.#encode();
    this.tell("selection");
    if (this.posterior) this.setLatent(this.posterior.mean, "selection");
  }

  #encode() {
    const pixels = this.drawn ?? this.#chosenDigit();
    this.posterior = pixels && posteriorOf(this.model, pixels);
  }

  #chosenDigit() {
    const start = this.selected * IMAGE;
    return this.selected < 0 ? null : this.figure.pixels.subarray(start, start + IMAGE);
  }
}

/** @param {Model} model @param {Uint8Array} pixels @returns {Posterior} */
function posteriorOf(model, pixels) {
  const encoded = model.reconstruct(pixels, "light");
  const [mean1, mean2] = encoded.means();
  const [logVar1, logVar2] = encoded.logVars();
  encoded.free();
  return { mean: [mean1, mean2], logVar: [logVar1, logVar2] };
}
