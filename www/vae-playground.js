// <vae-playground>: the figures and the model behind them as one element. Its properties, methods
// and events are public (types/vae-playground.d.ts has them for TypeScript); the project's tests and
// benchmarks drive the page through them. Until it comes near the window it loads nothing but this.

import { PlaygroundError, latentPoint } from "./errors.js";
import { LazyExhibit } from "./lazy-exhibit.js";
import { ReflectedElement } from "./reflected-element.js";

/** @typedef {import("./attributes.js").AttributeName} AttributeName */
/** @typedef {import("./playground.js").Playground} Playground */
/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").Evaluation} Evaluation */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./reflected-element.js").Problem} Problem */
/** @typedef {import("./starting-point.js").ResetOptions} ResetOptions */
/** @typedef {import("./stage.js").Posterior} Posterior */
/** @typedef {import("./training.js").Span} Span */

/** The events, by the playground's own names for them. @type {Record<string, string>} */
export const EVENTS = {
  ready: "ready",
  state: "statechange",
  progress: "progress",
  step: "step",
  epoch: "epoch",
  latent: "latentchange",
  engine: "enginechange",
};

/** Room kept until the views are there, so that what follows does not jump. */
const ROOM = new CSSStyleSheet();
ROOM.replaceSync(":host { display: block; min-block-size: min(40rem, 90svh) }");

/**
 * The attributes are in attributes.js, each a property too. Events, all composed and bubbling:
 * `ready`; `statechange` {state}; `progress` {loadedBytes, totalBytes, images}; `step` {step, epoch, total, reconstruction,
 * kl, cost}, at most ten a second; `epoch` {epoch, step, cost, validation}; `latentchange` {latent,
 * source}; `enginechange`, as `engineInfo`; `error` {code, message, values}, the message in the
 * reader's language.
 *
 * It begins to load when it comes near the window, or when a method needs the model. What runs rests
 * while no element of that model is on screen, or the tab is not: its promise stays pending.
 */
export class VaePlaygroundElement extends ReflectedElement {
  #exhibit = new LazyExhibit(this, EVENTS);

  /**
   * Resolves when a model decodes: from then on everything below may be used.
   *
   * @type {Promise<void>}
   */
  ready = this.#exhibit.ready;

  /** Resolves to what the views draw, before there is a model. @type {Promise<Playground>} */
  loaded = this.#exhibit.loaded;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [ROOM];
    root.append(document.createElement("slot")); // what the author put there is shown until then
  }

  connectedCallback() {
    this.adoptEarlyProperties();
    this.#exhibit.attach();
  }

  disconnectedCallback() {
    this.#exhibit.detach();
  }

  /** What the views draw; its shape may change between versions. */
  get playground() {
    const { playground } = this.#exhibit;
    if (!playground) throw notReady("playground");
    return playground;
  }

  /**
   * What trains, on which adapter and why; null until a worker has looked: soon after `ready` where
   * controls or status are shown, else when training is first asked for.
   *
   * @returns {EngineInfo | null}
   */
  get engineInfo() {
    return this.#exhibit.playground?.engineInfo ?? null;
  }

  /**
   * What training has come to: `step`, `epoch`, `millisecondsPerStep`, `last`, `history`,
   * `validation`, `log`, `result`. Losses are means per image in nats. As all that reads the model,
   * it throws code "not-ready" before `ready`.
   */
  get metrics() {
    return this.#model("metrics").metrics;
  }

  /** @returns {Settings} */
  get settings() {
    return { ...this.#model("settings").settings };
  }

  /**
   * Setting some leaves the others. Seed, hidden width and initialisation count from the next
   * reset. What cannot be set is refused with an `error` event, code "bad-setting".
   *
   * @param {Partial<Settings>} change
   */
  set settings(change) {
    const apply = () => this.playground.updateSettings(change);
    // At once where it can be: a `reset` in the next line counts on it.
    const applied = this.#exhibit.playground?.ready ? apply() : this.ready.then(apply);
    applied.catch((error) => this.#exhibit.tellError(error));
  }

  /**
   * The point in the latent plane. What is none leaves it where it is, with an `error` event, code
   * "bad-latent".
   *
   * @returns {[number, number]}
   */
  get latent() {
    const [z1, z2] = this.#exhibit.latent;
    return [z1, z2];
  }

  /** @param {readonly [number, number]} latent */
  set latent(latent) {
    this.#exhibit.latent = latent;
  }

  /** The chosen one of the ten test images, whose posterior is drawn; null for none. */
  get image() {
    const selected = this.#exhibit.playground?.selected ?? -1;
    return selected < 0 ? null : selected;
  }

  /** Moves the point to the image's code; before `ready`, once it is. @param {number | null} image 0 to 9 */
  set image(image) {
    if (image !== null && !(Number.isInteger(image) && image >= 0 && image <= 9)) {
      const detail = `it takes 0 to 9, or null, not ${image}`;
      throw new PlaygroundError("bad-setting", `image: ${detail}`, { field: "image", detail });
    }
    const choose = () => this.playground.select(image ?? -1);
    if (this.#exhibit.playground?.ready) choose();
    else this.ready.then(choose, () => {}); // that there is no model is told
  }

  /**
   * Trains for so many steps, or to the end of so many epochs (one begun counts as one); without
   * an argument for `settings.epochs`. Resolves at the end, or at a pause with what was done.
   * Rejects with code "busy" while it trains.
   *
   * @param {Span} [span]
   * @returns {Promise<RunResult>}
   */
  train(span) {
    return this.#exhibit.do((playground) => playground.train(span));
  }

  /** Resolves when training rests: within 100 ms, or a step where steps take longer. */
  async pause() {
    await this.#exhibit.playground?.pause();
  }

  /** @param {number} [steps] @returns {Promise<RunResult>} */
  step(steps = 1) {
    return this.#exhibit.do((playground) => playground.step(steps));
  }

  /**
   * Back to the start: `preset`'s settings and trained weights, or with `weights: "none"` random
   * ones from `seed`, or those of another preset or an address. What is left out stays as it is.
   *
   * @param {ResetOptions} [options]
   * @returns {Promise<void>}
   */
  reset(options) {
    return this.#exhibit.do((playground) => playground.reset(options));
  }

  /**
   * The posterior of an image.
   *
   * @param {ArrayLike<number>} pixels 784 intensities from 0 to 1, row by row
   * @returns {Posterior}
   */
  encode(pixels) {
    return this.#model("encode").encode(pixels);
  }

  /**
   * The image of a latent point: 784 intensities, nominally 0 to 1.
   *
   * @param {readonly [number, number]} latent
   * @returns {Float32Array}
   */
  decode(latent) {
    const { model } = this.#model("decode");
    return model.decode(...latentPoint(latent));
  }

  /**
   * Means per image in nats over a whole split, which is loaded when it is not here yet.
   *
   * @param {"test" | "validation"} split
   * @returns {Promise<Evaluation>}
   */
  evaluate(split) {
    return this.#exhibit.do((playground) => playground.evaluate(split));
  }

  /** The model as a safetensors file in float32, its settings and metrics in the metadata. */
  exportWeights() {
    return this.#model("exportWeights").exportWeights();
  }

  /**
   * Takes the model of a safetensors file, gzipped or not. Rejects, and changes nothing, when it
   * is not one.
   *
   * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer
   * @returns {Promise<void>}
   */
  importWeights(buffer) {
    return this.#exhibit.do((playground) => playground.importWeights(buffer));
  }

  /** @param {AttributeName} name */
  valueChanged(name) {
    this.#exhibit.follow(name);
  }

  /** @param {Problem} problem */
  valueRefused(problem) {
    this.#exhibit.tellError(problem);
  }

  /** @param {string} what is asked for */
  #model(what) {
    const { playground } = this.#exhibit;
    if (!playground?.ready) throw notReady(what);
    return playground;
  }
}

/** @param {string} what is asked for */
function notReady(what) {
  return new PlaygroundError("not-ready", `${what}: the model is not here yet; await \`ready\``);
}

customElements.define("vae-playground", VaePlaygroundElement);
