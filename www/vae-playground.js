// <vae-playground>: the figures and the model behind them as one element. Its properties, methods
// and events are public; the project's tests and benchmarks drive the page through them.

import { describe } from "./errors.js";
import { pickLanguage } from "./i18n.js";
import { Playground } from "./playground.js";
import { PRESETS } from "./settings.js";

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").Evaluation} Evaluation */
/** @typedef {import("./protocol.js").RunResult} RunResult */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./stage.js").Posterior} Posterior */
/** @typedef {import("./playground.js").ResetOptions} ResetOptions */
/** @typedef {import("./training.js").Span} Span */

/** Asked for at once but not waited for here: the model's files are asked for sooner so. */
const views = import("./views/layout.js");
views.catch(() => {}); // told where it is awaited

const STYLES = new URL("./vae-playground.css", import.meta.url);
const ENGINES = /** @type {const} */ (["webgpu", "cpu"]);

/**
 * Attributes, each of which the page's address overrides (`?engine=cpu`) where `url` is present:
 *
 * - `engine`: `webgpu` or `cpu`; otherwise WebGPU where it can run on hardware
 * - `preset`: `elbo` (default), `tutorial` or `autoencoder`
 * - `seed`: 0 to 4294967295, default 1
 * - `weights`: `none` starts from random weights instead of the preset's trained ones
 * - `lang`: `en` or `zh`, default the browser's language
 *
 * Events, all composed and bubbling: `ready`; `progress` {loadedBytes, totalBytes, images};
 * `step` {step, epoch, total, reconstruction, kl, cost}, at most ten a second; `epoch` {epoch,
 * step, cost, validation}; `latentchange` {latent, source}; `enginechange`, as `engineInfo`;
 * `error` {code, message}, the message in the reader's language.
 */
export class VaePlaygroundElement extends HTMLElement {
  #ready = Promise.withResolvers();
  #started = false;

  /**
   * Resolves when a model decodes: from then on everything below may be used.
   *
   * @type {Promise<void>}
   */
  ready = this.#ready.promise;

  /** @type {Playground | null} */
  #playground = null;

  /** What the views draw; its shape may change between versions. */
  get playground() {
    this.#playground ??= this.#create();
    return this.#playground;
  }

  async connectedCallback() {
    this.playground.attach();
    if (this.#started) return;
    this.#started = true;
    try {
      await this.playground.load(() => this.#putUp());
      this.#ready.resolve(undefined);
    } catch (error) {
      this.#fail(error);
      this.ready.catch(() => {}); // told as an event as well
      this.#ready.reject(error);
    }
  }

  disconnectedCallback() {
    // Moving an element takes it off the page for a moment; that is not an end.
    queueMicrotask(() => this.isConnected || this.playground.detach());
  }

  /**
   * What trains, on which adapter and why; null until the worker has looked.
   *
   * @returns {EngineInfo | null}
   */
  get engineInfo() {
    return this.playground.engineInfo;
  }

  /**
   * What training has come to: `step`, `epoch`, `millisecondsPerStep`, `last`, `history`,
   * `validation`, `log`, `result`. Losses are means per image in nats.
   */
  get metrics() {
    return this.playground.metrics;
  }

  /** @returns {Settings} */
  get settings() {
    return { ...this.playground.settings };
  }

  /**
   * Setting some leaves the others. Seed, hidden width and initialisation count from the next
   * reset. What cannot be set is refused with an `error` event, code "bad-setting".
   *
   * @param {Partial<Settings>} change
   */
  set settings(change) {
    this.playground.updateSettings(change).catch((error) => {
      this.playground.dispatchEvent(new CustomEvent("error", { detail: describe(error) }));
    });
  }

  /** @returns {[number, number]} the point in the latent plane */
  get latent() {
    return [...this.playground.latent];
  }

  /** @param {readonly [number, number]} latent */
  set latent(latent) {
    this.playground.setLatent(latent, "script");
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
    return this.playground.train(span);
  }

  /** Resolves when training rests: within 100 ms, or a step where steps take longer. */
  pause() {
    return this.playground.pause();
  }

  /** @param {number} [steps] @returns {Promise<RunResult>} */
  step(steps = 1) {
    return this.playground.step(steps);
  }

  /**
   * Back to the start: `preset`'s settings and trained weights, or with `weights: "none"` random
   * ones from `seed`. What is left out stays as it is.
   *
   * @param {ResetOptions} [options]
   */
  reset(options) {
    return this.playground.reset(options);
  }

  /**
   * The posterior of an image.
   *
   * @param {ArrayLike<number>} pixels 784 intensities from 0 to 1, row by row
   * @returns {Posterior}
   */
  encode(pixels) {
    return this.playground.encode(pixels);
  }

  /**
   * The image of a latent point: 784 intensities, nominally 0 to 1.
   *
   * @param {readonly [number, number]} latent
   */
  decode([z1, z2]) {
    return this.playground.model.decode(z1, z2);
  }

  /**
   * Means per image in nats over a whole split, which is loaded when it is not here yet.
   *
   * @param {"test" | "validation"} split
   * @returns {Promise<Evaluation>}
   */
  evaluate(split) {
    return this.playground.evaluate(split);
  }

  /** The model as a safetensors file in float32, its settings and metrics in the metadata. */
  exportWeights() {
    return this.playground.exportWeights();
  }

  /**
   * Takes the model of a safetensors file, gzipped or not. Rejects, and changes nothing, when it
   * is not one.
   *
   * @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer
   */
  importWeights(buffer) {
    return this.playground.importWeights(buffer);
  }

  /** On first use, when the attributes are there. */
  #create() {
    const playground = new Playground(this.#options());
    /** @type {Record<string, string>} */
    const passedOn = { latent: "latentchange", engine: "enginechange" };
    for (const name of ["ready", "progress", "step", "epoch", "latent", "engine"]) {
      playground.addEventListener(name, (event) => {
        this.#fire(passedOn[name] ?? name, /** @type {CustomEvent} */ (event).detail);
      });
    }
    playground.addEventListener("error", (event) => {
      const failure = describe(/** @type {CustomEvent} */ (event).detail);
      this.#fire("error", { code: failure.code, message: playground.explain(failure) });
    });
    return playground;
  }

  /** @returns {import("./playground.js").Options} */
  #options() {
    const address = new URLSearchParams(this.hasAttribute("url") ? location.search : "");
    /** @param {string} name */
    const wish = (name) => address.get(name) ?? this.getAttribute(name);
    const seed = wish("seed");
    const preset = wish("preset");
    return {
      engine: ENGINES.find((engine) => engine === wish("engine")) ?? "auto",
      language: pickLanguage(wish("lang"), ...navigator.languages),
      preset: PRESETS.find((name) => name === preset) ?? "elbo",
      seed: seed && /^\d+$/.test(seed) ? Math.min(Number(seed), 2 ** 32 - 1) : undefined,
      weights: wish("weights") === "none" ? "none" : "pretrained",
    };
  }

  /** Views and styles, shown together so that nothing flashes unstyled. */
  async #putUp() {
    const { createLayout } = await views;
    const root = this.attachShadow({ mode: "open" });
    const styles = document.createElement("link");
    styles.rel = "stylesheet";
    styles.href = STYLES.href;
    const layout = createLayout(this.playground);
    layout.hidden = true;
    styles.onload = styles.onerror = () => (layout.hidden = false);
    root.append(styles, layout);
    const speak = () => (layout.lang = this.playground.languageTag);
    speak();
    this.playground.addEventListener("language", speak);
  }

  /** @param {unknown} error the page has no model, perhaps no words */
  #fail(error) {
    const failure = describe(error, "core-failed");
    this.playground.dispatchEvent(new CustomEvent("error", { detail: failure }));
    if (this.shadowRoot) return;
    this.textContent = this.playground.explain(failure);
  }

  /** @param {string} name @param {unknown} detail */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define("vae-playground", VaePlaygroundElement);
