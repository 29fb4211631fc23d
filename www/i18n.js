// The page's words: lang/{en,zh}.json, flat keys, {name} where a value goes.

import { locate } from "./files.js";

/** @typedef {"en" | "zh"} Language */
/** @typedef {Record<string, string>} Words */

/** @type {readonly Language[]} */
export const LANGUAGES = ["en", "zh"];

/** BCP 47 tags for `lang` attributes and for Intl. */
const TAGS = { en: "en", zh: "zh-Hans" };

/**
 * The first of the wishes that names a language we have; English where none does.
 *
 * @param {...(string | null | undefined)} wishes language tags such as "zh-CN", best first
 * @returns {Language}
 */
export function pickLanguage(...wishes) {
  for (const wish of wishes) {
    const found = LANGUAGES.find((language) => wish?.toLowerCase().split(/[-_]/)[0] === language);
    if (found) return found;
  }
  return "en";
}

/**
 * What the page around an element says, as the nearest `lang`, across the shadow roots that it stands in.
 *
 * @param {Element} element
 * @returns {string | null}
 */
export function languageAround(element) {
  for (let node = outwards(element); node; node = outwards(node)) {
    const language = node instanceof Element && node.getAttribute("lang");
    if (language) return language;
  }
  return null;
}

/**
 * Calls when `languageAround` may say something else.
 *
 * @param {Element} element that is on a page
 * @param {() => void} onChange
 * @returns {() => void} stops watching
 */
export function watchLanguage(element, onChange) {
  const observer = new MutationObserver(onChange);
  for (let node = outwards(element); node; node = outwards(node)) {
    const isRoot = node instanceof ShadowRoot || node instanceof Document;
    if (isRoot) observer.observe(node, { attributeFilter: ["lang"], subtree: true });
  }
  return () => observer.disconnect();
}

/** @param {Node} node @returns {Node | null} */
function outwards(node) {
  return node instanceof ShadowRoot ? node.host : node.parentNode;
}

export class Translator {
  /** @type {Words} */
  #words = {};
  #numbers = new Intl.NumberFormat("en");
  /** @type {Language} */
  language = "en";

  /** @param {(language: Language) => Promise<Words>} [fetchWords] */
  constructor(fetchWords = fetchFile) {
    this.fetchWords = fetchWords;
  }

  /** @param {Language} language */
  async load(language) {
    this.#words = await this.fetchWords(language);
    this.#numbers = new Intl.NumberFormat(TAGS[language], { maximumFractionDigits: 3 });
    this.language = language;
  }

  /** The tag for `lang` attributes. */
  get tag() {
    return TAGS[this.language];
  }

  /** @param {string} key */
  has(key) {
    return Object.hasOwn(this.#words, key);
  }

  /**
   * The sentence under `key`, numbers written as the language writes them. A missing key or
   * value is a mistake in this project, so it is reported where the tests see it.
   *
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  translate(key, values = {}) {
    if (!this.has(key)) {
      console.error(`lang/${this.language}.json has no "${key}"`);
      return key;
    }
    return this.#words[key].replace(/\{(\w+)\}/g, (hole, name) => {
      const value = values[name];
      if (value === undefined) console.error(`"${key}" wants a value for ${hole}`);
      return typeof value === "number" ? this.#numbers.format(value) : String(value ?? hole);
    });
  }
}

/** @param {Language} language @returns {Promise<Words>} */
async function fetchFile(language) {
  const response = await fetch(locate(`lang/${language}.json`));
  if (!response.ok) throw new Error(`lang/${language}.json: HTTP ${response.status}`);
  return response.json();
}
