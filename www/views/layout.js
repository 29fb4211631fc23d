// The views that are asked for, in the order of the model: image → encoder → latent plane → decoder
// → image. Each comes with a module of its own, fetched when it is first shown.
import { createAlert } from "./alert.js";
import { forgetPalettes, listen, make, say } from "./dom.js";
import { createDropHint } from "./drop-hint.js";
import { createExports } from "./export-menu.js";
import { createHelp } from "./help.js";
import { isFramed } from "./in-sight.js";
import { createMenu } from "./menu.js";
import { createVoice } from "./voice.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {(playground: Playground) => HTMLElement} Create */
/** @typedef {"toolbar" | "images" | "plane" | "results" | "below"} Place */

/** Where each stands, and where it comes from. @type {Record<string, { place: Place, load: () => Promise<Create> }>} */
const VIEWS = {
  controls: {
    place: "toolbar",
    load: async () => (await import("./controls.js")).createControlsView,
  },
  status: { place: "toolbar", load: async () => (await import("./status.js")).createStatusView },
  encoder: { place: "images", load: async () => (await import("./encoder.js")).createEncoderView },
  reconstructions: {
    place: "images",
    load: async () => (await import("./reconstructions.js")).createReconstructionsView,
  },
  log: { place: "images", load: async () => (await import("./log.js")).createLogView },
  plane: { place: "plane", load: async () => (await import("./plane.js")).createPlaneView },
  digit: { place: "results", load: async () => (await import("./digit.js")).createDigitView },
  loss: { place: "results", load: async () => (await import("./loss.js")).createLossView },
};
const ALL = Object.keys(VIEWS);

/**
 * Asks for the modules of the views, so that they come while the words are still on their way.
 *
 * @param {readonly string[]} names
 */
export function loadViews(names) {
  return Promise.all(names.map(async (name) => [name, await loadView(name)]));
}

/** @param {string} name of a figure, or `lesson:section` @returns {Promise<Create>} */
async function loadView(name) {
  if (!name.startsWith("lesson")) return VIEWS[name].load();
  const { createLessonView } = await import("./lesson.js");
  return (playground) => createLessonView(playground, name.split(":")[1]);
}

/** The names to show. @param {readonly string[] | null} views null: all @param {readonly string[] | null} hide */
export function chosenViews(views, hide) {
  return (views ?? ALL).filter((name) => !hide?.includes(name));
}

export class Layout {
  node = make("div", { class: "playground", part: "layout" });
  /** Views that were shown once, by name. @type {Map<string, HTMLElement>} */
  #made = new Map();
  #wanted = 0;

  /** @param {Playground} playground */
  constructor(playground) {
    this.playground = playground;
    listen(playground, "theme", forgetPalettes);
    this.node.dataset.framed = String(isFramed);
    this.alert = createAlert(playground, this.node);
    this.voice = createVoice(playground);
    this.node.append(this.alert); // there before the views, to tell why they do not come
  }

  /**
   * @param {readonly string[]} names the views to show
   * @returns {Promise<boolean>} whether any of them is new
   */
  async show(names) {
    const wanted = ++this.#wanted;
    const views = await loadViews(names);
    if (wanted !== this.#wanted) return false; // others were asked for meanwhile
    let isNew = false;
    for (const [name, create] of /** @type {[string, Create][]} */ (views)) {
      if (this.#made.has(name)) continue;
      this.#made.set(name, create(this.playground));
      isNew = true;
    }
    this.#arrange(names);
    return isNew;
  }

  /** @param {readonly string[]} names */
  #arrange(names) {
    /** @param {Place} place */
    const at = (place) =>
      ALL.filter((name) => VIEWS[name].place === place && names.includes(name)).map(
        (name) => /** @type {HTMLElement} */ (this.#made.get(name)),
      );
    const lessons = names.filter((name) => name.startsWith("lesson"));
    const [images, plane, results] = [at("images"), at("plane"), at("results")];
    const columns = [images, plane, results].filter(({ length }) => length).length;
    this.node.dataset.columns = String(columns);
    this.node.dataset.plane = String(plane.length > 0);
    this.node.dataset.whole = String(ALL.every((name) => names.includes(name)));
    this.node.replaceChildren(
      ...group("toolbar", this.#toolbar(at("toolbar"))),
      ...group("side images", images),
      ...(columns === 3 ? [this.#funnel("encode")] : []),
      ...plane,
      ...(columns === 3 ? [this.#funnel("decode")] : []),
      ...group("side results", results),
      ...group(
        "below",
        lessons.map((name) => /** @type {HTMLElement} */ (this.#made.get(name))),
      ),
      this.alert,
      this.voice,
    );
  }

  /**
   * The menu stands after the controls: what the page around adds, and what can be taken home.
   *
   * @param {HTMLElement[]} views
   */
  #toolbar(views) {
    if (!views.length) return views;
    const { playground } = this;
    const menu = this.#once("menu", () => {
      const groups = [...playground.menuGroups, ...createExports(playground, this.node)];
      return createMenu(playground, "share", "share", groups);
    });
    const drops = this.#once("drops", () => createDropHint(playground, this.node));
    const offer = this.#once("offer", () => {
      const place = make("div", { class: "later" });
      const bring = () => this.#bringOffer(place).catch(() => {}); // the page is of use without
      if (playground.ready) bring();
      else listen(playground, "ready", bring);
      return place;
    });
    return [views[0], menu, ...views.slice(1), drops, offer];
  }

  /** What nobody misses before there is a model. @param {HTMLElement} place */
  async #bringOffer(place) {
    const { createResumeOffer } = await import("./resume-offer.js");
    place.append(createResumeOffer(this.playground));
  }

  /**
   * The network between two columns, drawn as it narrows or widens.
   *
   * @param {"encode" | "decode"} way
   */
  #funnel(way) {
    const { playground } = this;
    const name = `funnel ${way}`;
    return this.#once(name, () => {
      const words = say(playground, make("span"), `funnel.${way}`);
      const shape = make("div", { class: "funnel-shape" }, words);
      return make("div", { class: name }, shape, createHelp(playground, `help.${way}`));
    });
  }

  /** @param {string} name @param {() => HTMLElement} create */
  #once(name, create) {
    const node = this.#made.get(name) ?? create();
    this.#made.set(name, node);
    return node;
  }
}

/** @param {string} name @param {HTMLElement[]} views none where there are none of them */
function group(name, views) {
  if (!views.length) return [];
  return [make("div", { class: name, part: name.split(" ").at(-1) ?? name }, ...views)];
}
