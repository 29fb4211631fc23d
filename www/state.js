// What a link says of the playground: keys and values, and the text of them in an address, as in
//
//   #preset=tutorial&seed=7&axes=sigma&views=plane,digit&z=0.4,-1.1&lang=zh
//
// The keys are the attributes of <vae-playground>, and what has no attribute: the point, the chosen
// image, three settings and a frame's theme. A key that this version does not know is passed over, so that a link of
// one version opens in another.

import { ATTRIBUTES, FARTHEST, Refusal, decimal, refused } from "./attributes.js";
import { PlaygroundError } from "./errors.js";

/** @import { AttributeName } from "./attributes.js" */

/**
 * What is left out is as the preset, the page and the reader's browser have it.
 *
 * @typedef {object} State
 * @property {"elbo" | "tutorial" | "autoencoder"} [preset] default that of the weights
 * @property {string} [weights] a preset's name, "none", or an address; default the preset's
 * @property {number} [seed]
 * @property {number} [beta]
 * @property {number} [learningRate]
 * @property {number} [batchSize]
 * @property {number} [epochs]
 * @property {"squared-error" | "bernoulli"} [reconstruction]
 * @property {"kaiming" | "tutorial"} [initialisation]
 * @property {number} [hidden] where no weights are named: random ones, if no preset's are that wide
 * @property {"auto" | "webgpu" | "cpu"} [engine]
 * @property {"sigma" | "phi"} [axes]
 * @property {[number, number, number]} [extent] of the σ axes
 * @property {string[]} [layers]
 * @property {boolean} [logSteps]
 * @property {string[]} [views]
 * @property {string[]} [hide]
 * @property {string} [data]
 * @property {string} [model]
 * @property {boolean} [autoplay]
 * @property {number} [image] of the ten, the chosen one
 * @property {[number, number]} [z] the latent point
 * @property {"en" | "zh"} [lang]
 * @property {"auto" | "light" | "dark"} [theme] of embed.html
 */

/**
 * @template Value
 * @typedef {object} Kind how one value is read and written
 * @property {(text: string) => Value} parse throws a `Refusal` where the text is no such value
 * @property {(value: Value) => string} write
 * @property {Value} [usual] written by leaving it out
 */

/** Longer than any address that a browser shows whole; more is nobody's link. */
const LONGEST = 8_192;
/** Half of this last place, 0.00005 σ, moves a pixel by a few thousandths of a grey level. */
const DECIMALS = 4;

/** @type {{ [Key in keyof State]-?: Kind<any> }} in the order in which they are written */
const KINDS = {
  preset: attribute("preset"),
  weights: attribute("weights"),
  seed: attribute("seed"),
  beta: attribute("beta"),
  learningRate: attribute("learning-rate"),
  batchSize: attribute("batch-size"),
  epochs: attribute("epochs"),
  reconstruction: choice(["squared-error", "bernoulli"]),
  initialisation: choice(["kaiming", "tutorial"]),
  hidden: whole(16, 1024),
  engine: attribute("engine"),
  axes: attribute("axes"),
  extent: { ...attribute("extent"), write: (extent) => extent.map(rounded).join(",") },
  layers: names("layers", "none"),
  logSteps: attribute("log-steps"),
  views: names("views"),
  hide: names("hide"),
  data: attribute("data"),
  model: attribute("model"),
  autoplay: attribute("autoplay"),
  image: whole(0, 9),
  z: point(),
  lang: attribute("lang"),
  theme: choice(["auto", "light", "dark"], "auto"),
};

/** A state's keys as attributes write them. @type {ReadonlyMap<keyof State, string>} */
const NAMES = new Map(
  /** @type {(keyof State)[]} */ (Object.keys(KINDS)).map((key) => [key, attributeName(key)]),
);

/** `learningRate` → `learning-rate`. @param {string} key */
function attributeName(key) {
  return key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** Every key, as an address has it. */
export const KEYS = [...NAMES.values()];

/**
 * Reads a query or a fragment, with or without its first character. Of a key that stands there
 * twice the first counts. Never throws: what cannot be used is left out and told.
 *
 * @param {string} text
 * @returns {{ values: State, problems: PlaygroundError[] }}
 */
export function parseState(text) {
  /** @type {Record<string, unknown>} */
  const values = {};
  /** @type {PlaygroundError[]} */
  const problems = [];
  if (text.length > LONGEST) return { values, problems: [tooLong(text.length)] };
  const said = new URLSearchParams(text.replace(/^[?#]/, ""));
  for (const [key, name] of NAMES) {
    const value = said.get(name);
    if (value === null) continue;
    try {
      const read = KINDS[key].parse(value.trim());
      if (read !== null) values[key] = read; // null: as usual
    } catch (error) {
      problems.push(refused(name, value, error));
    }
  }
  return { values, problems };
}

/** @param {number} length */
function tooLong(length) {
  const message = `the address has ${length} characters, of which at most ${LONGEST} are read`;
  return new PlaygroundError("bad-address", message, { length, most: LONGEST });
}

/**
 * The text that `parseState` reads, without a first character; empty where all is as usual.
 *
 * @param {State} state
 */
export function writeState(state) {
  const parts = attributesOf(state).map(([name, value]) => `${name}=${readable(value)}`);
  return parts.join("&");
}

/**
 * Each value that is not the usual one, as attributes have it.
 *
 * @param {State} state
 * @returns {[name: string, value: string][]}
 */
export function attributesOf(state) {
  /** @type {[string, string][]} */
  const found = [];
  for (const [key, name] of NAMES) {
    const value = state[key];
    const { usual, write } = KINDS[key];
    if (value !== undefined && value !== usual) found.push([name, write(value)]);
  }
  return found;
}

/** Escapes no more than an address must: a reader may want to edit it. @param {string} value */
function readable(value) {
  return encodeURIComponent(value).replace(/%(2C|3A|2F|40)/g, decodeURIComponent);
}

/** As the element reads it. @param {AttributeName} name @returns {Kind<any>} */
function attribute(name) {
  const { parse, default: usual } = ATTRIBUTES[name];
  return { parse, write: String, usual: usual ?? undefined };
}

/**
 * With commas or spaces between; those of another version are passed over.
 *
 * @param {"views" | "hide" | "layers"} name
 * @param {string} [empty] how a list of none is written
 * @returns {Kind<string[] | null>}
 */
function names(name, empty = "") {
  const { parse: read } = ATTRIBUTES[name];
  const isKnown = (/** @type {string} */ word) => {
    try {
      return read(word)?.length === 1;
    } catch {
      return false;
    }
  };
  const parse = (/** @type {string} */ text) => {
    const known = new Set(text.split(/[\s,]+/).filter(isKnown));
    return known.size ? [...known] : /** @type {string[] | null} */ (read(text));
  };
  return { parse, write: (names) => names?.join(",") || empty };
}

/** @param {readonly string[]} values @param {string} [usual] @returns {Kind<string>} */
function choice(values, usual) {
  const parse = (/** @type {string} */ text) => {
    if (!values.includes(text)) throw new Refusal("choice", { choices: values.join(" ") });
    return text;
  };
  return { parse, write: String, usual };
}

/** @param {number} least @param {number} most @returns {Kind<number>} */
function whole(least, most) {
  const parse = (/** @type {string} */ text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new Refusal("whole", { least, most });
  };
  return { parse, write: String };
}

/** Two numbers with a comma between; what lies farther out is written as the edge. @returns {Kind<[number, number]>} */
function point() {
  const parse = (/** @type {string} */ text) => {
    const z = text.split(",").map((part) => decimal(part.trim()));
    const isNear = z.every((z) => Math.abs(z) <= FARTHEST);
    if (z.length === 2 && isNear) return /** @type {[number, number]} */ (z);
    throw new Refusal("point", { most: FARTHEST });
  };
  const inside = (/** @type {number} */ z) => Math.min(Math.max(z, -FARTHEST), FARTHEST);
  return { parse, write: (z) => z.map(inside).map(rounded).join(",") };
}

/** To so many decimals as a link keeps, without a minus nought. @param {number} value */
export function rounded(value) {
  return Number(value.toFixed(DECIMALS)) + 0;
}
