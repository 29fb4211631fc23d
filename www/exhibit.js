// What stands in one element once it is wanted: a playground, its views and its style, as the
// element's attributes have them.

import { Playground } from "./playground.js";
import { joinModel, leaveModel } from "./shared-models.js";
import { SharedModel } from "./shared-model.js";
import { Layout, chosenViews, loadViews } from "./views/layout.js";

/** @typedef {import("./attributes.js").AttributeName} AttributeName */
/** @typedef {import("./attributes.js").Values} Values */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./reflected-element.js").ReflectedElement} ReflectedElement */

/** In the order of the cascade. Each written out: bundlers find a file by that. */
const STYLES = [
  new URL("./vae-playground.css", import.meta.url),
  new URL("./toolbar.css", import.meta.url),
  new URL("./plane.css", import.meta.url),
  new URL("./figures.css", import.meta.url),
  new URL("./layout.css", import.meta.url),
];
/** Attribute → setting. @type {[AttributeName, keyof Settings][]} */
const SETTINGS = [
  ["beta", "beta"],
  ["learning-rate", "learningRate"],
  ["batch-size", "batchSize"],
  ["epochs", "epochs"],
];
/** What tells of the engine, or asks for it. */
const NEEDS_WORKER = ["controls", "status"];

export class Exhibit {
  #host;
  #model;
  /** @type {Layout | null} there once the words are */
  #layout = null;
  #seen = false;
  #played = false;

  /** @param {ReflectedElement} host */
  constructor(host) {
    this.#host = host;
    this.#model = joinModel(host.values.model, this, () => new SharedModel(this.#options()));
    this.playground = new Playground(this.#model, host);
  }

  /** Resolves when the model decodes and the views are up. @param {ShadowRoot} root */
  async open(root) {
    const { playground } = this;
    const wasReady = this.#model.ready;
    const model = this.#model.load();
    model.catch(() => {}); // awaited below
    loadViews(this.#views).catch(() => {}); // awaited with the words
    await this.#speak().then(() => this.#putUp(root));
    await model;
    playground.open();
    playground.setAxes(this.#host.values.axes);
    if (wasReady) playground.refresh();
    if (this.#views.some((name) => NEEDS_WORKER.includes(name))) playground.connect();
    this.#play();
  }

  /** On a page, again after `detach`. @returns {boolean} false where the name is another model's now */
  attach() {
    if (joinModel(this.#host.values.model, this, () => this.#model) !== this.#model) return false;
    this.playground.attach();
    return true;
  }

  detach() {
    leaveModel(this);
    return this.playground.detach();
  }

  /** @param {boolean} seen whether it is on screen, in a tab that is shown */
  see(seen) {
    this.#seen = seen;
    this.playground.see(seen);
    this.#play();
  }

  /**
   * Follows the attributes of those names, once it is open. What fails is told as an event.
   *
   * @param {ReadonlySet<AttributeName>} changed
   */
  async follow(changed) {
    const { playground } = this;
    const { values } = this.#host;
    const has = (/** @type {AttributeName[]} */ ...names) =>
      names.some((name) => changed.has(name));
    if (has("views", "hide") && (await this.#layout?.show(this.#views))) playground.refresh();
    if (has("lang")) await this.#speak();
    if (has("axes")) playground.setAxes(values.axes);
    if (has("engine")) await playground.changeEngine(values.engine);
    if (has("data")) await playground.changeData(absolute(values.data));
    if (has("weights", "preset", "seed", "data")) await this.#startAgain(changed);
    else await this.#change(changed);
    if (has("autoplay")) {
      this.#played = false;
      this.#play();
    }
  }

  /** @param {ReadonlySet<AttributeName>} changed */
  async #startAgain(changed) {
    const { preset, seed, weights } = this.#host.values;
    await this.playground.reset({
      preset: preset ?? (changed.has("preset") ? "elbo" : undefined),
      seed: seed ?? (changed.has("seed") ? 1 : undefined),
      weights: weights ?? undefined,
    });
    await this.#change(new Set(SETTINGS.map(([name]) => name)));
  }

  /** The settings that are said; of those that are no longer, the preset's. @param {ReadonlySet<AttributeName>} changed */
  async #change(changed) {
    const { core, settings } = this.playground;
    const usual = JSON.parse(core.presetSettings(settings.preset ?? settings.objective));
    const said = settingsSaid(this.#host.values);
    const entries = SETTINGS.filter(([name]) => changed.has(name)).map(([, setting]) => [
      setting,
      said[setting] ?? usual[setting],
    ]);
    if (entries.length) await this.playground.updateSettings(Object.fromEntries(entries));
  }

  /** Where `autoplay` asks for it, and only once. */
  #play() {
    const { playground } = this;
    if (!this.#host.values.autoplay || this.#played || !playground.ready || !this.#seen) return;
    this.#played = true;
    playground.trainOn().catch(() => {}); // told as an event
  }

  /** As the attribute says, else as the page around it, else as the browser. */
  #speak() {
    const { values, parentElement } = this.#host;
    const around = parentElement?.closest("[lang]")?.getAttribute("lang");
    return this.playground.pickLanguage(values.lang, around);
  }

  /** Views and styles, shown together so that nothing flashes unstyled. @param {ShadowRoot} root */
  async #putUp(root) {
    const layout = (this.#layout = new Layout(this.playground));
    const { node } = layout;
    const styles = STYLES.map(createStyleLink);
    node.hidden = true;
    root.adoptedStyleSheets = [];
    root.replaceChildren(...styles.map(({ link }) => link), node);
    const speak = () => (node.lang = this.playground.languageTag);
    speak();
    this.playground.addEventListener("language", speak);
    await Promise.all([layout.show(this.#views), ...styles.map(({ settled }) => settled)]);
    node.hidden = false;
  }

  get #views() {
    const { views, hide } = this.#host.values;
    return chosenViews(views, hide);
  }

  /** @returns {import("./shared-model.js").Options} */
  #options() {
    const { values } = this.#host;
    const { engine, preset, seed, weights } = values;
    return {
      engine,
      data: absolute(values.data),
      start: {
        preset: preset ?? undefined,
        seed: seed ?? undefined,
        weights: weights ?? undefined,
      },
      change: settingsSaid(values),
    };
  }
}

/** @param {Readonly<Values>} values @returns {Partial<Settings>} */
function settingsSaid(values) {
  const said = SETTINGS.filter(([name]) => values[name] !== null);
  return Object.fromEntries(said.map(([name, setting]) => [setting, values[name]]));
}

/** The worker's addresses are not the page's. @param {string | null} address */
function absolute(address) {
  return address && new URL(address, document.baseURI).href;
}

/** @param {URL} url */
function createStyleLink({ href }) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  /** @type {Promise<unknown>} */
  const settled = new Promise((resolve) => (link.onload = link.onerror = resolve));
  return { link, settled };
}
