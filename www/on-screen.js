// Between what is on screen and a `State`, which a link can hold.

import { ATTRIBUTES } from "./attributes.js";
import { pickLanguage } from "./i18n.js";
import { USUAL_EXTENT, USUAL_LAYERS, extentOf, isInUsualSight, namesOf } from "./plane-look.js";
import { PRESETS, PRETRAINED_HIDDEN } from "./settings.js";
import { attributesOf, parseState, rounded } from "./state.js";

/** @import { PlaygroundError } from "./errors.js" */
/** @import { Playground } from "./playground.js" */
/** @import { Settings } from "./protocol.js" */
/** @import { State } from "./state.js" */
/** @import { VaePlaygroundElement } from "./vae-playground.js" */

/** The image that a page of this project opens with: one whole journey through the model. */
const FIRST_IMAGE = 0;

/** Where neither a preset nor weights are named. */
const USUAL_PRESET = "elbo";

/** What the element's attributes hold, and nothing else does. */
const HELD = /** @type {const} */ (["engine", "views", "hide", "data", "model", "autoplay"]);
/** Of these, what is followed at once. `autoplay` waits until the rest is shown, for another start would
 *  end its run; another `model` would be put up in this one's place, to which the page holds on. */
const FOLLOWED = /** @type {const} */ (["engine", "views", "hide", "data"]);
/** Settings that a state names; its preset stands for the objective. */
const SETTINGS = /** @type {const} */ ([
  "seed",
  "beta",
  "learningRate",
  "batchSize",
  "epochs",
  "reconstruction",
  "initialisation",
  "hidden",
]);
/** Of these, what the first weights depend on. */
const FIRST_WEIGHTS = /** @type {const} */ (["seed", "initialisation", "hidden"]);

/**
 * Gives an element what a state names, before it is upgraded: so that is what it fetches first. What
 * it has no attribute for waits for `showState`: to HTML `hidden` is an attribute of any element.
 *
 * @param {HTMLElement} element
 * @param {State} state
 */
export function writeAttributes(element, state) {
  const { autoplay, ...first } = state;
  for (const [name, value] of attributesOf({ ...first, weights: weightsOf(state) })) {
    if (name in ATTRIBUTES) write(element, name, value);
  }
}

/**
 * What a link must say so that it opens with what is on screen. A model trained or imported here
 * cannot be in it, which `isOfHere` tells: such a link opens where its run began.
 *
 * @param {VaePlaygroundElement} element that is ready
 * @returns {State}
 */
export function readState(element) {
  return { ...readAllButPoint(element), ...readPoint(element.playground) };
}

/**
 * The same with nothing of image and point left out, for an element, which chooses no image by itself.
 *
 * @param {VaePlaygroundElement} element that is ready
 * @returns {State}
 */
export function readWholeState(element) {
  const { selected, latent } = element.playground;
  const image = selected < 0 ? undefined : selected;
  return { ...readAllButPoint(element), image, z: latent };
}

/** @param {VaePlaygroundElement} element @returns {State} */
function readAllButPoint(element) {
  const { playground } = element;
  const { settings, source } = playground;
  const preset = settings.preset ?? settings.objective;
  const usual = presetSettings(playground, preset);
  const weights = readWeights(source, preset, settings);
  /** @type {Record<string, unknown>} */
  const state = { weights, ...readLook(playground), ...heldByAttributes(element) };
  if (presetOf({ weights }) !== preset) state.preset = preset;
  for (const name of SETTINGS) {
    if (settings[name] !== usual[name]) state[name] = settings[name];
  }
  if (playground.language !== pickLanguage(...navigator.languages)) {
    state.lang = playground.language;
  }
  return state;
}

/** What has to be said of the weights. @param {string} source @param {string} preset @param {Settings} settings */
function readWeights(source, preset, { hidden }) {
  const usual = weightsOf({ hidden });
  if (source === "own") return usual;
  return source === preset && !usual ? undefined : source;
}

/** How plane and loss are drawn. @param {Playground} playground @returns {State} */
function readLook({ plane, layers, logarithmic, posterior }) {
  const { axes } = plane;
  /** @type {State} */
  const look = { axes: axes === "sigma" ? axes : undefined, logSteps: logarithmic || undefined };
  const names = namesOf(layers);
  if (String(names) !== String(USUAL_LAYERS)) look.layers = names;
  const [z1, z2, halfWidth] = extentOf(plane).map(rounded);
  const isUsual = String([z1, z2, halfWidth]) === String(USUAL_EXTENT);
  // Where choosing the image moves the window after it, also the usual one has to be said.
  const isFollowed = posterior && !isInUsualSight(posterior.mean);
  if (axes === "sigma" && (!isUsual || isFollowed)) look.extent = [z1, z2, halfWidth];
  return look;
}

/** @param {Element} element @returns {State} */
function heldByAttributes(element) {
  const said = new URLSearchParams();
  for (const name of HELD) {
    const value = element.getAttribute(name);
    if (value !== null) said.set(name, value);
  }
  return parseState(String(said)).values;
}

/** The point is left out where choosing the image puts it. @param {Playground} playground @returns {State} */
function readPoint({ selected, posterior, latent }) {
  const image = selected < 0 || selected === FIRST_IMAGE ? {} : { image: selected };
  const isThere = (/** @type {number} */ z, /** @type {0 | 1} */ i) =>
    posterior && rounded(posterior.mean[i]) === rounded(z);
  const [z1, z2] = latent;
  if (selected >= 0 && isThere(z1, 0) && isThere(z2, 1)) return image;
  return { ...image, z: [rounded(z1), rounded(z2)] };
}

/** Whether the model on screen was trained or imported here. @param {Playground} playground */
export function isOfHere({ source, metrics }) {
  return source === "own" || metrics.step > 0;
}

/**
 * Shows what a state says, and what it leaves out as usual. A model that was trained here stays
 * where the state names the weights that it began with.
 *
 * @param {VaePlaygroundElement} element that is ready
 * @param {State} state
 */
export async function showState(element, state) {
  const { playground } = element;
  const language = state.lang ?? pickLanguage(...navigator.languages);
  if (language !== playground.language) await playground.setLanguage(language);
  showAttributes(element, state, FOLLOWED);
  await showModel(playground, state);
  playground.setAxes(state.axes ?? "phi");
  playground.showLayers(state.layers ?? null);
  playground.setLogarithmic(state.logSteps ?? false);
  playground.setExtent(null); // from where the window follows the image
  const image = state.image ?? FIRST_IMAGE;
  const { selected, drawn } = playground;
  const keepsDrawing = drawn && state.z && state.image === undefined;
  if (!keepsDrawing && (selected !== image || !state.z)) playground.select(image);
  if (state.z) playground.setLatent(state.z, "link");
  if (state.extent) playground.setExtent(state.extent);
  showAttributes(element, state, ["autoplay"]);
}

/** @param {Element} element @param {State} state @param {readonly string[]} names */
function showAttributes(element, state, names) {
  const wanted = new Map(attributesOf(state));
  for (const name of names) {
    const value = wanted.get(name);
    if (value === undefined) element.removeAttribute(name);
    else write(element, name, value);
  }
}

/** @param {Element} element @param {string} name @param {string} value */
function write(element, name, value) {
  const text = value === "true" ? "" : value;
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** @param {Playground} playground @param {State} state */
async function showModel(playground, state) {
  const preset = presetOf(state);
  const wanted = { ...presetSettings(playground, preset), ...settingsIn(state) };
  const weights = weightsOf(state) ?? preset;
  const untrained = weights === "none";
  const isSame =
    weights === playground.source &&
    (!untrained || FIRST_WEIGHTS.every((name) => wanted[name] === playground.settings[name]));
  // A reset that fails is told by the playground; the rest of the state is shown all the same.
  if (!isSame && !untrained) {
    await playground.reset({ preset, weights, seed: wanted.seed }).catch(() => {});
  }
  if (!isEqual(wanted, playground.settings)) await playground.updateSettings(wanted);
  if (!isSame && untrained) await playground.reset({ weights: "none" }).catch(() => {});
}

/** Whose settings a state starts from. @param {State} state */
function presetOf({ preset, weights }) {
  return preset ?? PRESETS.find((name) => name === weights) ?? USUAL_PRESET;
}

/** The weights that are named; where none are, random ones of a width that no preset has. @param {State} state */
function weightsOf({ weights, hidden = PRETRAINED_HIDDEN }) {
  return weights ?? (hidden === PRETRAINED_HIDDEN ? undefined : "none");
}

/** @param {State} state @returns {Partial<Settings>} */
function settingsIn(state) {
  return Object.fromEntries(
    SETTINGS.filter((name) => state[name] !== undefined).map((name) => [name, state[name]]),
  );
}

/** Whether all but the label is the same. @param {Settings} a @param {Settings} b */
function isEqual(a, b) {
  return a.objective === b.objective && SETTINGS.every((name) => a[name] === b[name]);
}

/** @param {Playground} playground @param {string} preset @returns {Settings} */
function presetSettings(playground, preset) {
  return JSON.parse(playground.core.presetSettings(preset));
}

/**
 * Values of an address that could not be used, told as the element tells its attributes'.
 *
 * @param {Playground} playground
 * @param {PlaygroundError[]} problems
 */
export function tellProblems(playground, problems) {
  for (const problem of problems) playground.tell("error", problem);
}
