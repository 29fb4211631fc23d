// What stands in one element once it is wanted: a playground, its views and its style, as the
// element's attributes have them.

import { languageAround, watchLanguage } from "./i18n.js";
import { Playground } from "./playground.js";
import { joinModel, leaveModel } from "./shared-models.js";
import { SharedModel } from "./shared-model.js";
import { stylesheet } from "./views/dom.js";
import { Layout, chosenViews, loadViews } from "./views/layout.js";

/** @typedef {import("./attributes.js").AttributeName} AttributeName */
/** @typedef {import("./attributes.js").Values} Values */
/** @typedef {import("./protocol.js").Settings} Settings */
/** @typedef {import("./reflected-element.js").ReflectedElement} ReflectedElement */
/** @typedef {import("./starting-point.js").ResetOptions} ResetOptions */

/** In the order of the cascade. Each written out: bundlers find a file by that. */
const STYLES = [
  new URL("./vae-playground.css", import.meta.url),
  new URL("./overlays.css", import.meta.url),
  new URL("./toolbar.css", import.meta.url),
  new URL("./plane.css", import.meta.url),
  new URL("./figures.css", import.meta.url),
  new URL("./layout.css", import.meta.url),
  new URL("./column.css", import.meta.url),
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
  /** What it starts from: as `weights` says, or the last that could be had. @type {string | null} */
  #weights = null;
  /** The same, and known to be had. @type {string | null} */
  #goodWeights = null;
  /** Resolves when it is not, or no longer, on a page. */
  #offPage = Promise.withResolvers();
  #stopWatching = () => {};

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
    if (this.#model.hasItsWeights) this.#weights = this.#goodWeights = this.#host.values.weights;
    playground.open();
    this.#look();
    if (wasReady) playground.refresh();
    playground.hear();
    if (this.#views.some((name) => NEEDS_WORKER.includes(name))) playground.connect();
    this.#play();
  }

  /** On a page, again after `detach`. @returns {boolean} false where the name is another model's now */
  attach() {
    if (joinModel(this.#host.values.model, this, () => this.#model) !== this.#model) return false;
    this.playground.attach();
    this.#stopWatching = watchLanguage(this.#host, () => this.#speakAgain());
    this.#speakAgain(); // another place may have another
    return true;
  }

  detach() {
    this.#stopWatching();
    this.#offPage.resolve(undefined);
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
    if (has("axes", "extent", "layers", "log-steps")) this.#look(changed);
    if (has("engine")) await succeeds(playground.changeEngine(values.engine));
    const restarts = has("preset", "seed") || (has("data") && (await this.#takeData()));
    if (restarts || has("weights")) await this.#startAgain(changed, restarts);
    else await this.#change(changed);
    if (has("autoplay")) {
      this.#played = false;
      this.#play();
    }
  }

  /** Whether there are images; that there are none is told. */
  #takeData() {
    return succeeds(this.playground.changeData(absolute(this.#host.values.data)));
  }

  /**
   * From other weights, if they can be had; else, where more than they asked for it, from the last that
   * could. Where not even those come, the model stays and the settings count from its next reset.
   *
   * @param {ReadonlySet<AttributeName>} changed
   * @param {boolean} restarts whether it is to start again from whatever weights
   */
  async #startAgain(changed, restarts) {
    const { preset, seed, weights } = this.#host.values;
    if (changed.has("weights")) this.#weights = weights;
    const wanted = this.#weights;
    // Weights that are named bring their own settings; without, it is as at the beginning.
    const isNamed = wanted !== null && wanted !== "none";
    const isForgotten = changed.has("preset") || (changed.has("weights") && wanted === null);
    const start = {
      preset: preset ?? (isForgotten && !isNamed ? "elbo" : undefined),
      seed: seed ?? (changed.has("seed") ? 1 : undefined),
    };
    if (!(await this.#startFrom(wanted, start))) {
      if (!restarts) return this.#change(changed);
      const other = this.#weights;
      const started = other !== wanted && (await this.#startFrom(other, start));
      if (!started) await this.#takeSettings(start);
    }
    const said = SETTINGS.map(([name]) => name).filter((name) => this.#host.values[name] !== null);
    await this.#change(new Set([...changed, ...said]));
  }

  /**
   * @param {string | null} weights
   * @param {ResetOptions} start
   * @returns {Promise<boolean>} whether they came; that they did not is told
   */
  async #startFrom(weights, start) {
    const came = await succeeds(this.playground.reset({ ...start, weights: weights ?? undefined }));
    if (came) this.#goodWeights = weights;
    else if (this.#weights === weights) this.#weights = this.#goodWeights;
    return came;
  }

  /** @param {ResetOptions} start */
  async #takeSettings({ preset, seed }) {
    const { core, settings } = this.playground;
    const usual = preset ? JSON.parse(core.presetSettings(preset)) : settings;
    await this.playground.updateSettings({ ...usual, seed: seed ?? settings.seed });
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

  /** How plane and loss are drawn; what the reader changed stays. @param {ReadonlySet<AttributeName>} [changed] all */
  #look(changed) {
    const { playground } = this;
    const { axes, extent, layers, "log-steps": logarithmic } = this.#host.values;
    const has = (/** @type {AttributeName} */ name) => !changed || changed.has(name);
    if (has("axes")) playground.setAxes(axes);
    if (has("extent")) playground.setExtent(extent);
    if (has("layers")) playground.showLayers(layers);
    if (has("log-steps")) playground.setLogarithmic(logarithmic);
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
    return this.playground.pickLanguage(this.#host.values.lang, languageAround(this.#host));
  }

  /** Where the page around it has the say, and may say something else. */
  #speakAgain() {
    if (this.#layout && this.#host.values.lang === null) this.#speak().catch(() => {}); // as it was
  }

  /**
   * Views and styles, shown together so that nothing flashes unstyled; what stood there before keeps
   * its room until then.
   *
   * @param {ShadowRoot} root
   */
  async #putUp(root) {
    const before = [...root.childNodes];
    const layout = (this.#layout = new Layout(this.playground));
    const { node } = layout;
    const styles = STYLES.map(stylesheet);
    node.hidden = true;
    root.append(...styles.map(({ link }) => link), node);
    const speak = () => (node.lang = this.playground.languageTag);
    speak();
    this.playground.addEventListener("language", speak);
    const views = layout.show(this.#views);
    const shown = Promise.all([views, ...styles.map(({ settled }) => settled)]).finally(() => {
      for (const old of before) old.remove();
      root.adoptedStyleSheets = [];
      node.hidden = false; // without its views too, to tell what failed
    });
    // Style sheets load on a page only: off it, nobody waits for them.
    await Promise.race([shown, this.#offPage.promise.then(() => views)]);
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

/** @param {Promise<unknown>} action whose failure is told as an event */
function succeeds(action) {
  return action.then(
    () => true,
    () => false,
  );
}

/** The worker's addresses are not the page's. @param {string | null} address */
function absolute(address) {
  return address && new URL(address, document.baseURI).href;
}
