// Between what is on screen and a `State`, which a link can hold.

import { PlaygroundError } from "./errors.js";
import { pickLanguage } from "./i18n.js";
import { PRESETS } from "./settings.js";
import { attributesOf, parseState, rounded } from "./state.js";

/** @import { Playground } from "./playground.js" */
/** @import { Settings } from "./protocol.js" */
/** @import { Problem, State } from "./state.js" */
/** @import { VaePlaygroundElement } from "./vae-playground.js" */

/** The image that a page of this project opens with: one whole journey through the model. */
const FIRST_IMAGE = 0;

/** Where neither a preset nor weights are named. */
const USUAL_PRESET = "elbo";

/** What the element's attributes hold, and nothing else does. */
const ATTRIBUTES = /** @type {const} */ (["engine", "views", "hide", "data", "model", "autoplay"]);
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
 * Gives an element what a state names, before it is upgraded: so that is what it fetches first.
 *
 * @param {HTMLElement} element
 * @param {State} state
 */
export function writeAttributes(element, state) {
  const { theme, image, z, ...rest } = state;
  for (const [name, value] of attributesOf(rest)) write(element, name, value);
}

/**
 * What a link must say so that it opens with what is on screen. A model trained or imported here
 * cannot be in it, which `isOfHere` tells: such a link opens where its run began.
 *
 * @param {VaePlaygroundElement} element that is ready
 * @returns {State}
 */
export function readState(element) {
  const { playground } = element;
  const { settings, source } = playground;
  const preset = settings.preset ?? settings.objective;
  const usual = presetSettings(playground, preset);
  const weights = source === preset || source === "own" ? undefined : source;
  /** @type {Record<string, unknown>} */
  const state = { weights, axes: playground.plane.axes, ...heldByAttributes(element) };
  if (presetOf({ weights }) !== preset) state.preset = preset;
  for (const name of SETTINGS) {
    if (settings[name] !== usual[name]) state[name] = settings[name];
  }
  if (playground.language !== pickLanguage(...navigator.languages)) {
    state.lang = playground.language;
  }
  return { ...state, ...readPoint(playground) };
}

/** @param {Element} element @returns {State} */
function heldByAttributes(element) {
  const said = new URLSearchParams();
  for (const name of ATTRIBUTES) {
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
  showAttributes(element, state);
  await showModel(playground, state);
  const axes = state.axes ?? "phi";
  playground.setAxes(axes);
  const image = state.image ?? FIRST_IMAGE;
  const { selected, drawn } = playground;
  const keepsDrawing = drawn && state.z && state.image === undefined;
  if (!keepsDrawing && (selected !== image || !state.z)) playground.select(image);
  if (state.z) playground.setLatent(state.z, "link");
}

/** @param {Element} element @param {State} state */
function showAttributes(element, state) {
  const wanted = new Map(attributesOf(state));
  for (const name of ATTRIBUTES) {
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
  const weights = state.weights ?? preset;
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
 * @param {Problem[]} problems
 */
export function tellProblems(playground, problems) {
  for (const { key, text, detail } of problems) {
    const values = { attribute: key, value: text.slice(0, 100), detail };
    playground.tell("error", new PlaygroundError("bad-attribute", `${key}: ${detail}`, values));
  }
}
