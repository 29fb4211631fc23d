// The attributes of <vae-playground>: for each its property, how its text is read, and what it is
// when it is absent. A link's parameters are read by the same table.

import { LANGUAGES } from "./i18n.js";
import { PRESETS } from "./settings.js";

/** The figures, in the order of the model, and what stands around them. */
export const FIGURES = /** @type {const} */ ([
  "plane",
  "digit",
  "encoder",
  "reconstructions",
  "loss",
  "log",
  "controls",
  "status",
]);

/** `lesson`, the whole of it, or `lesson:kl`, the section of that id. */
const LESSON = /^lesson(:[\w-]+)?$/;

/**
 * The values of all attributes. Null: what the preset, the weights or the page say.
 *
 * @typedef {object} Values
 * @property {readonly string[] | null} views null: all figures
 * @property {readonly string[] | null} hide
 * @property {string | null} weights
 * @property {"elbo" | "tutorial" | "autoencoder" | null} preset
 * @property {number | null} seed
 * @property {number | null} beta
 * @property {number | null} learning-rate
 * @property {number | null} batch-size
 * @property {number | null} epochs
 * @property {import("./protocol.js").EngineWish} engine
 * @property {"phi" | "sigma"} axes
 * @property {string | null} data
 * @property {string | null} model
 * @property {import("./i18n.js").Language | null} lang
 * @property {boolean} autoplay
 */

/** @typedef {keyof Values} AttributeName */

/**
 * What a change of the attribute comes to:
 *
 * - `views`: other views are put up
 * - `start`: the model starts again
 * - `settings`: the next step is made with it
 * - `engine`, `model`, `axes`, `language`, `autoplay`: what the name says
 *
 * @typedef {"views" | "start" | "settings" | "engine" | "model" | "axes" | "language" | "autoplay"} Effect
 */

/**
 * @template Value
 * @typedef {object} Attribute
 * @property {Effect} effect
 * @property {string} type of the value, as TypeScript writes it
 * @property {Value} default what an absent attribute means
 * @property {(text: string) => Value} parse throws a RangeError that says what it takes
 */

/** @type {{ readonly [Name in AttributeName]: Attribute<Values[Name]> }} */
export const ATTRIBUTES = {
  views: { effect: "views", type: "readonly string[] | null", default: null, parse: viewNames },
  hide: { effect: "views", type: "readonly string[] | null", default: null, parse: viewNames },
  weights: { effect: "start", type: "string | null", default: null, parse: weights },
  preset: { ...oneOf("start", PRESETS, null), type: `${quoted(PRESETS)} | null` },
  seed: whole("start", 0, 2 ** 32 - 1),
  beta: amount((value) => value >= 0 && value <= 100, "a number from 0 to 100"),
  "learning-rate": amount((value) => value > 0 && value <= 1, "a number above 0 and at most 1"),
  "batch-size": whole("settings", 1, 1024),
  epochs: whole("settings", 1, 1000),
  engine: oneOf("engine", ["auto", "webgpu", "cpu"], "auto"),
  axes: oneOf("axes", ["phi", "sigma"], "phi"),
  data: { effect: "start", type: "string | null", default: null, parse: address },
  model: { effect: "model", type: "string | null", default: null, parse: name },
  lang: { effect: "language", type: "string", default: null, parse: language },
  autoplay: { effect: "autoplay", type: "boolean", default: false, parse: flag },
};

/** `learning-rate` → `learningRate`. @param {string} attribute */
export function propertyOf(attribute) {
  return attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** What is meant where nothing is said. @returns {Values} */
export function defaults() {
  const entries = Object.entries(ATTRIBUTES).map(([name, attribute]) => [name, attribute.default]);
  return /** @type {Values} */ (Object.fromEntries(entries));
}

/** @param {string} text @returns {readonly string[] | null} */
function viewNames(text) {
  const names = text.split(/[\s,]+/).filter(Boolean);
  /** @type {readonly string[]} */
  const figures = FIGURES;
  const stranger = names.find((name) => !figures.includes(name) && !LESSON.test(name));
  if (stranger) throw takes(`any of ${figures.join(" ")} lesson`, stranger);
  return names.length ? [...new Set(names)] : null;
}

/**
 * @template {string} Value
 * @template {Value | null} Default
 * @param {Effect} effect
 * @param {readonly Value[]} values
 * @param {Default} standard
 * @returns {Attribute<Value | Default>}
 */
function oneOf(effect, values, standard) {
  return {
    effect,
    type: quoted(values),
    default: standard,
    parse(text) {
      const found = values.find((value) => value === text);
      if (!found) throw takes(`one of ${values.join(" ")}`, text);
      return found;
    },
  };
}

/** @param {readonly string[]} values */
function quoted(values) {
  return values.map((value) => JSON.stringify(value)).join(" | ");
}

/**
 * @param {(value: number) => boolean} holds
 * @param {string} what
 * @param {Effect} [effect]
 * @returns {Attribute<number | null>}
 */
function amount(holds, what, effect = "settings") {
  return {
    effect,
    type: "number | null",
    default: null,
    parse(text) {
      // `Number` alone would read "", "0x10" and "Infinity" too.
      const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim());
      const value = decimal ? Number(text) : NaN;
      if (!holds(value)) throw takes(what, text);
      return value;
    },
  };
}

/** @param {Effect} effect @param {number} least @param {number} most */
function whole(effect, least, most) {
  const what = `a whole number from ${least} to ${most}`;
  return amount(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    what,
    effect,
  );
}

/** @param {string} text */
function weights(text) {
  return text === "none" || PRESETS.some((preset) => preset === text) ? text : address(text);
}

/**
 * It has a dot, a slash or a scheme in it: a mistyped preset is not a file beside the page.
 *
 * @param {string} text
 * @returns {string} as it was written, relative to the page or not
 */
function address(text) {
  try {
    const { protocol } = new URL(text, "https://the.page/");
    if (/[./:]/.test(text) && /^(https?|blob|data):$/.test(protocol)) return text;
  } catch {
    // said below
  }
  throw takes("a known name or an address", text);
}

/** @param {string} text */
function name(text) {
  if (!/^[\w.-]{1,100}$/.test(text)) throw takes("letters, digits, dots and dashes", text);
  return text;
}

/** "zh-CN" is Chinese too. @param {string} text */
function language(text) {
  const [primary] = text.toLowerCase().split(/[-_]/);
  const found = LANGUAGES.find((language) => language === primary);
  if (!found) throw takes(`one of ${LANGUAGES.join(" ")}`, text);
  return found;
}

/** There or not, as HTML has it; in an address "true" and "false" as well. @param {string} text */
function flag(text) {
  if (text === "false") return false;
  if (["", "true", "autoplay"].includes(text)) return true;
  throw takes("nothing, true or false", text);
}

/** @param {string} what @param {string} text */
function takes(what, text) {
  return new RangeError(`it takes ${what}, not “${text.slice(0, 100)}”`);
}
