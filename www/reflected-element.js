// An element whose attributes (attributes.js) are its properties too: what the one is set to the
// other says, and a value that cannot be used leaves the last good one in place.

import { ATTRIBUTES, defaults, propertyOf, refused } from "./attributes.js";

/** @typedef {import("./attributes.js").AttributeName} AttributeName */
/** @typedef {import("./attributes.js").Values} Values */
/** @typedef {import("./errors.js").PlaygroundError} Problem code "bad-attribute" */

const NAMES = /** @type {AttributeName[]} */ (Object.keys(ATTRIBUTES));

export class ReflectedElement extends HTMLElement {
  static observedAttributes = NAMES;

  #values = defaults();

  /** The values in force, each the last good one. @type {Readonly<Values>} */
  get values() {
    return this.#values;
  }

  /** @param {AttributeName} _name whose value is another now */
  valueChanged(_name) {}

  /** @param {Problem} _problem a value that was not taken */
  valueRefused(_problem) {}

  /** @param {string} name @param {string | null} _before @param {string | null} text */
  attributeChangedCallback(name, _before, text) {
    this.readValue(/** @type {AttributeName} */ (name), text);
  }

  /** @param {AttributeName} name @param {string | null} text null: the attribute is absent */
  readValue(name, text) {
    const attribute = ATTRIBUTES[name];
    try {
      const value = text === null ? attribute.default : attribute.parse(text.trim());
      // Lists and texts alike; null is not the text "null".
      if (JSON.stringify(value) === JSON.stringify(this.#values[name])) return;
      this.#values = { ...this.#values, [name]: value };
    } catch (error) {
      return this.valueRefused(refused(name, String(text), error));
    }
    this.valueChanged(name);
  }

  /** Properties that were set before this class was there hide its own: sets them again. */
  adoptEarlyProperties() {
    const early = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this));
    for (const property of [...NAMES.map(propertyOf), "image", "latent"]) {
      if (!Object.hasOwn(early, property)) continue;
      const value = early[property];
      delete early[property];
      early[property] = value;
    }
  }

  /** @param {AttributeName} name @param {unknown} value null, undefined or false: absent */
  #write(name, value) {
    if (value === null || value === undefined || value === false) this.removeAttribute(name);
    else if (value === true) this.setAttribute(name, "");
    else this.setAttribute(name, Array.isArray(value) ? value.join(" ") : String(value));
  }

  /** The views that are shown, null for all figures; may be set as text too. @returns {readonly string[] | null} */
  get views() {
    return this.#values.views;
  }
  /** @param {readonly string[] | string | null} value */
  set views(value) {
    this.#write("views", value);
  }

  /** Views that are left out of those. @returns {readonly string[] | null} */
  get hide() {
    return this.#values.hide;
  }
  /** @param {readonly string[] | string | null} value */
  set hide(value) {
    this.#write("hide", value);
  }

  /** What it starts from: a preset's trained weights, "none", or an address; null: the preset's. */
  get weights() {
    return this.#values.weights;
  }
  set weights(value) {
    this.#write("weights", value);
  }

  /** Whose settings it starts with; null: those of the weights. */
  get preset() {
    return this.#values.preset;
  }
  set preset(value) {
    this.#write("preset", value);
  }

  /** Where all randomness comes from; null: 1. */
  get seed() {
    return this.#values.seed;
  }
  set seed(value) {
    this.#write("seed", value);
  }

  /** The KL term's weight; this and the next three: null for the preset's. */
  get beta() {
    return this.#values.beta;
  }
  set beta(value) {
    this.#write("beta", value);
  }

  /** Adam's. */
  get learningRate() {
    return this.#values["learning-rate"];
  }
  set learningRate(value) {
    this.#write("learning-rate", value);
  }

  /** Images a step. */
  get batchSize() {
    return this.#values["batch-size"];
  }
  set batchSize(value) {
    this.#write("batch-size", value);
  }

  /** How far Train goes. */
  get epochs() {
    return this.#values.epochs;
  }
  set epochs(value) {
    this.#write("epochs", value);
  }

  /** What is to train; what does is in `engineInfo`. */
  get engine() {
    return this.#values.engine;
  }
  set engine(value) {
    this.#write("engine", value);
  }

  /** The plane's: linear in standard deviations, or in equal shares of the prior. */
  get axes() {
    return this.#values.axes;
  }
  set axes(value) {
    this.#write("axes", value);
  }

  /** The part of the plane that σ axes show: its middle and half its width; null: ±3 around the origin. */
  get extent() {
    return this.#values.extent;
  }
  set extent(value) {
    this.#write("extent", value);
  }

  /** What is drawn on the plane, null for all but the numerals; may be set as text too. @returns {readonly string[] | null} */
  get layers() {
    return this.#values.layers;
  }
  /** @param {readonly string[] | string | null} value */
  set layers(value) {
    this.#write("layers", value);
  }

  /** Whether the loss is drawn against the logarithm of the step. */
  get logSteps() {
    return this.#values["log-steps"];
  }
  set logSteps(value) {
    this.#write("log-steps", value);
  }

  /** The address of a manifest of images, instead of MNIST's. */
  get data() {
    return this.#values.data;
  }
  set data(value) {
    this.#write("data", value);
  }

  /** Elements of a page with one name share one model. */
  get model() {
    return this.#values.model;
  }
  set model(value) {
    this.#write("model", value);
  }

  /** Whether it trains without being asked, once it is ready and in sight. */
  get autoplay() {
    return this.#values.autoplay;
  }
  set autoplay(value) {
    this.#write("autoplay", value);
  }
}
