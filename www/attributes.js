// The attributes of <vae-playground>: for each its property, how its text is read, and what it is
// when it is absent. A link's parameters are read by the same table.

import { PlaygroundError } from "./errors.js";
import { LANGUAGES } from "./i18n.js";
import { HALF_WIDTHS, LABEL, LAYERS } from "./plane-look.js";
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

/** The lesson's, by the ids of their headings: `lesson:kl` is one, `lesson` all of it. */
export const SECTIONS = /** @type {const} */ ([
  ...["what", "autoencoder", "variational", "reparameterisation", "kl", "loss", "tutorial"],
  ...["figures", "axes", "try", "numbers"],
]);
const VIEWS = [...FIGURES, "lesson", ...SECTIONS.map((section) => `lesson:${section}`)];

/** A latent coordinate beyond is nobody's: no preset's codes come to a twentieth of it. */
export const FARTHEST = 1_000;

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
 * @property {import("./plane-look.js").Extent | null} extent
 * @property {readonly string[] | null} layers null: all but the numerals
 * @property {boolean} log-steps
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
 * - `look`: the plane or the loss is drawn in another way
 * - `engine`, `model`, `language`, `autoplay`: what the name says
 *
 * @typedef {"views" | "start" | "settings" | "engine" | "model" | "look" | "language" | "autoplay"} Effect
 */

/**
 * @template Value
 * @typedef {object} Attribute
 * @property {Effect} effect
 * @property {string} type of the value, as TypeScript writes it
 * @property {Value} default what an absent attribute means
 * @property {(text: string) => Value} parse throws a `Refusal`, which says what it takes
 */

/** @type {{ readonly [Name in AttributeName]: Attribute<Values[Name]> }} */
export const ATTRIBUTES = {
  views: { effect: "views", type: "readonly string[] | null", default: null, parse: viewNames },
  hide: { effect: "views", type: "readonly string[] | null", default: null, parse: viewNames },
  weights: { effect: "start", type: "string | null", default: null, parse: weights },
  preset: { ...oneOf("start", PRESETS, null), type: `${quoted(PRESETS)} | null` },
  seed: amount("start", "whole", 0, 2 ** 32 - 1),
  beta: amount("settings", "number", 0, 100),
  "learning-rate": amount("settings", "above", 0, 1),
  "batch-size": amount("settings", "whole", 1, 1024),
  epochs: amount("settings", "whole", 1, 1000),
  engine: oneOf("engine", ["auto", "webgpu", "cpu"], "auto"),
  axes: oneOf("look", ["phi", "sigma"], "phi"),
  extent: {
    effect: "look",
    type: "readonly [number, number, number] | null",
    default: null,
    parse: extent,
  },
  layers: { effect: "look", type: "readonly string[] | null", default: null, parse: layers },
  "log-steps": { effect: "look", type: "boolean", default: false, parse: flag("log-steps") },
  data: { effect: "start", type: "string | null", default: null, parse: (text) => address(text) },
  model: { effect: "model", type: "string | null", default: null, parse: name },
  lang: { effect: "language", type: "string", default: null, parse: language },
  autoplay: { effect: "autoplay", type: "boolean", default: false, parse: flag("autoplay") },
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

/** Of the links' keys too, which have kinds of their own. */
export class Refusal extends RangeError {
  /**
   * @param {string} takes what is taken, as `takes.…` in lang/ says it
   * @param {import("./errors.js").Values} [values] in that sentence
   */
  constructor(takes, values = {}) {
    // For logs; the reader's words are in lang/.
    super([takes, ...Object.entries(values).map((entry) => entry.join(": "))].join(", "));
    this.takes = takes;
    this.values = values;
  }
}

/**
 * A value that was not taken, as it is told; no more of it than fits a line.
 *
 * @param {string} attribute
 * @param {string} text
 * @param {unknown} error what `parse` threw
 */
export function refused(attribute, text, error) {
  if (!(error instanceof Refusal)) throw error;
  const { takes, values } = error;
  const value = text.slice(0, 100);
  const message = `${attribute} cannot be “${value}”; it takes ${error.message}`;
  return new PlaygroundError("bad-attribute", message, { attribute, value, takes, ...values });
}

/** @param {string} text with spaces or commas between */
function words(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** @param {string} text @returns {readonly string[] | null} */
function viewNames(text) {
  const names = words(text);
  if (!names.every((name) => VIEWS.includes(name))) {
    throw new Refusal("views", { choices: FIGURES.join(" "), sections: SECTIONS.join(" ") });
  }
  return names.length ? [...new Set(names)] : null;
}

/** Nothing, or `none`: none of them. @param {string} text @returns {readonly string[]} */
function layers(text) {
  const names = words(text);
  if (names.join() === "none") return [];
  /** @type {readonly string[]} */
  const known = LAYERS;
  if (!names.every((name) => known.includes(name) || LABEL.test(name))) {
    throw new Refusal("layers", { choices: LAYERS.join(" ") });
  }
  return [...new Set(names)];
}

/** @param {string} text @returns {import("./plane-look.js").Extent} */
function extent(text) {
  const [least, most] = HALF_WIDTHS;
  const [z1, z2, halfWidth, ...more] = words(text).map(decimal);
  const isNear = [z1, z2].every((z) => Math.abs(z) <= FARTHEST);
  if (isNear && halfWidth >= least && halfWidth <= most && !more.length) {
    return [z1, z2, halfWidth];
  }
  throw new Refusal("extent", { farthest: FARTHEST, least, most });
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
      if (!found) throw new Refusal("choice", { choices: values.join(" ") });
      return found;
    },
  };
}

/** @param {readonly string[]} values */
function quoted(values) {
  return values.map((value) => JSON.stringify(value)).join(" | ");
}

/**
 * @param {Effect} effect
 * @param {"number" | "above" | "whole"} kind any number; one above the least; a whole one
 * @param {number} least
 * @param {number} most
 * @returns {Attribute<number | null>}
 */
function amount(effect, kind, least, most) {
  return {
    effect,
    type: "number | null",
    default: null,
    parse(text) {
      const value = decimal(text.trim());
      const isOfKind =
        (kind !== "above" || value > least) && (kind !== "whole" || Number.isInteger(value));
      if (value >= least && value <= most && isOfKind) return value;
      throw new Refusal(kind, { least, most });
    },
  };
}

/** `NaN` for what `Number` alone would read too: "", "0x10", "Infinity". @param {string} text */
export function decimal(text) {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

/** @param {string} text */
function weights(text) {
  const isKnown = text === "none" || PRESETS.some((preset) => preset === text);
  return isKnown ? text : address(text, "weights");
}

/**
 * It has a dot, a slash or a scheme in it: a mistyped preset is not a file beside the page.
 *
 * @param {string} text
 * @param {string} [takes]
 * @returns {string} as it was written, relative to the page or not
 */
function address(text, takes = "address") {
  try {
    const { protocol } = new URL(text, "https://the.page/");
    if (/[./:]/.test(text) && /^(https?|blob|data):$/.test(protocol)) return text;
  } catch {
    // said below
  }
  throw new Refusal(takes, { choices: PRESETS.join(" ") });
}

/** @param {string} text */
function name(text) {
  if (!/^[\w.-]{1,100}$/.test(text)) throw new Refusal("name", { most: 100 });
  return text;
}

/** "zh-CN" is Chinese too. @param {string} text */
function language(text) {
  const [primary] = text.toLowerCase().split(/[-_]/);
  const found = LANGUAGES.find((language) => language === primary);
  if (!found) throw new Refusal("choice", { choices: LANGUAGES.join(" ") });
  return found;
}

/** There or not, as HTML has it; in an address "true" and "false" as well. @param {string} name */
function flag(name) {
  return (/** @type {string} */ text) => {
    if (text === "false") return false;
    if (["", "true", name].includes(text)) return true;
    throw new Refusal("flag");
  };
}
