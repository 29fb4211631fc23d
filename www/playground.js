// What one element shows, and everything that can be done to it: its own words, theme and axes, and
// the model that it may share with others (shared-model.js). The views draw it and listen to its
// events:
//
//   language  other words              plane    other axes, another window
//   ready     a model decodes          theme    light or dark
//   layers    others are drawn         logarithmic  so is the loss, or no longer
//
// and those of the model, as they come.

import { Translator, pickLanguage } from "./i18n.js";
import { USUAL_EXTENT, USUAL_LAYERS, extentOf, layersOf, showExtent } from "./plane-look.js";
import { currentTheme, watchTheme } from "./theme.js";

/** @typedef {import("./i18n.js").Language} Language */
/** @typedef {import("./starting-point.js").ResetOptions} ResetOptions */
/** @typedef {import("./shared-model.js").SharedModel} SharedModel */
/** @typedef {import("./stage.js").Plane} Plane */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./training.js").Span} Span */
/**
 * What is drawn on the plane; `label`: the only one whose codes are, or -1.
 *
 * @typedef {{ tiles: boolean, codes: boolean, prior: boolean, posterior: boolean,
 *   numerals: boolean, label: number }} Layers
 */

/** News that is only drawn waits until somebody sees it. */
const DRAWN = ["model", "codes", "metrics"];
const PASSED_ON = [
  ...DRAWN,
  ...["latent", "selection", "settings", "status", "state", "engine", "error"],
  ...["progress", "step", "epoch", "checkpoint"],
];

export class Playground extends EventTarget {
  /** Whether a model decodes; until then only the words, the theme and the status mean anything. */
  ready = false;
  /** Whether the words are here. */
  hasWords = false;
  theme;
  /** @type {Plane} there once `ready` is true */
  plane = /** @type {any} */ (null);
  /** @type {Layers} */
  layers = layersOf(USUAL_LAYERS);
  /** Whether the loss is drawn against the logarithm of the step. */
  logarithmic = false;
  /** What the page around it adds to the menu. @type {import("./views/menu.js").MenuGroup[]} */
  menuGroups = [];

  #words = new Translator();
  /** The language that was asked for last. @type {Language | null} */
  #wanted = null;
  #spoken = Promise.resolve();
  #host;
  #model;
  #seen = true;
  /** News that waits. @type {Set<string>} */
  #missed = new Set();
  /** Errors until there are words, views and a model; null from then on. @type {object[] | null} */
  #untold = [];
  #leave = new AbortController();

  /** @param {SharedModel} model @param {HTMLElement} host the element around it */
  constructor(model, host) {
    super();
    this.#model = model;
    this.#host = host;
    this.theme = currentTheme(host);
  }

  /** Follows the model and the page's theme while it is on a page. */
  attach() {
    const leave = (this.#leave = new AbortController());
    this.#model.attach(this);
    for (const name of PASSED_ON) {
      const pass = (/** @type {Event} */ event) => this.#pass(/** @type {CustomEvent} */ (event));
      this.#model.addEventListener(name, pass, { signal: leave.signal });
    }
    watchTheme(this.#host, () => this.followTheme(), leave.signal);
    this.followTheme();
    if (this.ready) this.refresh();
  }

  detach() {
    this.#leave.abort();
    return this.#model.detach(this);
  }

  /** The model decodes: from here on there is something to draw. */
  open() {
    this.plane ??= new this.#model.core.Plane();
    this.ready = true;
    this.tell("ready");
    this.#model.opened();
  }

  /** Says everything again, for views that come late or were away. */
  refresh() {
    const all = ["theme", "plane", "selection", "settings", "status", "engine", ...DRAWN];
    for (const name of all) this.tell(name);
  }

  /** Whether it is on screen, in a tab that is shown. @param {boolean} seen */
  see(seen) {
    this.#seen = seen;
    this.#model.see(this, seen);
    if (!seen) return;
    for (const name of this.#missed) this.tell(name);
    this.#missed.clear();
  }

  /** @param {CustomEvent} event of the model */
  #pass({ type, detail }) {
    if (this.#seen || !DRAWN.includes(type)) this.tell(type, detail);
    else this.#missed.add(type);
  }

  /** The colours may be others. */
  followTheme() {
    this.theme = currentTheme(this.#host);
    this.tell("theme");
  }

  get language() {
    return this.#words.language;
  }

  /** The language's tag for `lang` attributes. */
  get languageTag() {
    return this.#words.tag;
  }

  /** One after another, so that the last is what stays. @param {Language} language @returns {Promise<void>} */
  setLanguage(language) {
    if (language === this.#wanted) return this.#spoken;
    this.#wanted = language;
    this.#spoken = this.#spoken.catch(() => {}).then(() => this.#speak(language));
    return this.#spoken;
  }

  /** @param {Language} language */
  async #speak(language) {
    try {
      await this.#words.load(language);
    } catch (error) {
      if (this.#wanted === language) this.#wanted = null; // asked again, it is fetched again
      throw error;
    }
    this.hasWords = true;
    this.tell("language");
  }

  /** @param {...(string | null | undefined)} wishes best first; then the browser's */
  pickLanguage(...wishes) {
    return this.setLanguage(pickLanguage(...wishes, ...navigator.languages));
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.#words.translate(key, values);
  }

  /** A failure in the reader's words. @param {import("./errors.js").Failure} failure */
  explain({ code, message, values }) {
    if (!this.hasWords) return message;
    // What a server says of a file that it does not give; else nobody answered.
    const answer = values.status === undefined ? ".unanswered" : "";
    const keys = [`error.${code}${answer}`, `error.${code}`, "error.unexpected"];
    const key = keys.find((key) => this.#words.has(key)) ?? code;
    const takes = "takes" in values && { takes: this.t(`takes.${values.takes}`, values) };
    // Weights that do not come leave what there is; at first there is nothing.
    const outcome = this.t(`outcome.${values.instead ?? "unchanged"}`);
    return this.t(key, { detail: message, outcome, ...values, ...takes });
  }

  /** @param {"phi" | "sigma"} axes */
  setAxes(axes) {
    if (this.plane.axes === axes) return;
    this.plane.axes = axes;
    this.tell("plane");
  }

  /** The part that the σ axes show. @param {import("./plane-look.js").Extent | null} extent null: as they open */
  setExtent(extent) {
    const wanted = extent ?? USUAL_EXTENT;
    if (String(extentOf(this.plane)) === String(wanted)) return;
    showExtent(this.plane, wanted);
    this.tell("plane");
  }

  /** @param {Partial<Layers>} change */
  setLayers(change) {
    Object.assign(this.layers, change);
    this.tell("layers");
  }

  /** @param {readonly string[] | null} names null: the usual ones */
  showLayers(names) {
    this.setLayers(layersOf(names ?? USUAL_LAYERS));
  }

  /** @param {boolean} logarithmic */
  setLogarithmic(logarithmic) {
    this.logarithmic = logarithmic;
    this.tell("logarithmic");
  }

  /** @param {string} name @param {object} [detail] */
  tell(name, detail) {
    if (name === "error" && detail && this.#untold) this.#untold.push(detail);
    else this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** All that tells them is here, or will not come: errors are told now, those so far first. */
  hear() {
    const untold = this.#untold ?? [];
    this.#untold = null;
    for (const error of untold) this.tell("error", error);
  }

  // The model's, by its own names.

  get core() {
    return this.#model.core;
  }
  get model() {
    return this.#model.model;
  }
  get codes() {
    return this.#model.codes;
  }
  get figure() {
    return this.#model.figure;
  }
  get latent() {
    return this.#model.latent;
  }
  get selected() {
    return this.#model.selected;
  }
  get drawn() {
    return this.#model.drawn;
  }
  get posterior() {
    return this.#model.posterior;
  }
  get settings() {
    return this.#model.settings;
  }
  get source() {
    return this.#model.source;
  }
  get fromFile() {
    return this.#model.fromFile;
  }
  get data() {
    return this.#model.data;
  }
  get metrics() {
    return this.#model.metrics;
  }
  get status() {
    return this.#model.status;
  }
  get engineInfo() {
    return this.#model.engineInfo;
  }
  get checkpoint() {
    return this.#model.checkpoint;
  }
  connect() {
    this.#model.connect();
  }
  /** @param {readonly [number, number]} latent @param {string} [source] who moved it */
  setLatent(latent, source) {
    this.#model.setLatent(latent, source);
  }
  /** @param {number} index */
  select(index) {
    this.#model.select(index);
  }
  /** @param {Uint8Array | null} pixels */
  setDrawn(pixels) {
    this.#model.setDrawn(pixels);
  }
  /** @param {ArrayLike<number>} pixels */
  encode(pixels) {
    return this.#model.encode(pixels);
  }
  /** @param {Partial<Settings>} change */
  updateSettings(change) {
    return this.#model.updateSettings(change);
  }
  /** @param {Span} [span] */
  train(span) {
    return this.#model.train(span);
  }
  trainOn() {
    return this.#model.trainOn();
  }
  anticipate() {
    this.#model.anticipate();
  }
  step(steps = 1) {
    return this.#model.step(steps);
  }
  epoch() {
    return this.#model.epoch();
  }
  pause() {
    return this.#model.pause();
  }
  /** @param {ResetOptions} [options] */
  reset(options) {
    return this.#model.reset(options);
  }
  /** @param {string} preset */
  loadPreset(preset) {
    return this.#model.loadPreset(preset);
  }
  /** @param {import("./protocol.js").EngineWish} engine */
  changeEngine(engine) {
    return this.#model.changeEngine(engine);
  }
  /** @param {string | null} data */
  changeData(data) {
    return this.#model.changeData(data);
  }
  /** @param {import("./protocol.js").EvaluationSplit} split */
  evaluate(split) {
    return this.#model.evaluate(split);
  }
  /** @param {import("./resume.js").Kept} kept */
  resume(kept) {
    return this.#model.resume(kept);
  }
  /** @param {"float32" | "float16"} [precision] */
  exportWeights(precision) {
    return this.#model.exportWeights(precision);
  }
  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} buffer */
  importWeights(buffer) {
    return this.#model.importWeights(buffer);
  }
}
