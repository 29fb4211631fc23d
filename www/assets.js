// The files of first paint and of the presets: weights, their codes, the figure's ten digits.

import { download } from "./download.js";
import { PlaygroundError } from "./errors.js";
import { locate } from "./files.js";
import { inflate } from "./inflate.js";
import { PRESETS } from "./settings.js";

/** The tutorial's figure has ten images: ten labels, then their pixels. */
const FIGURE_IMAGES = 10;

/** @typedef {{ pixels: Uint8Array, labels: Uint8Array }} Figure */

/** By address, those on their way: elements that want the same file at once share the download. @type {Map<string, Promise<Uint8Array>>} */
const coming = new Map();

/** @returns {Promise<Figure>} */
export async function fetchFigure() {
  const bytes = await fetchFile("data/figure.bin", "chunk-fetch");
  return { labels: bytes.subarray(0, FIGURE_IMAGES), pixels: bytes.subarray(FIGURE_IMAGES) };
}

/** @param {string} source a preset, or an address relative to the page @returns {Promise<Uint8Array>} safetensors */
export async function fetchWeights(source) {
  const isPreset = PRESETS.some((preset) => preset === source);
  if (isPreset) return fetchFile(`weights/${source}.safetensors.gz`, "weights-fetch");
  if (!URL.canParse(source, document.baseURI)) {
    throw new PlaygroundError("weights-fetch", `${source} is no address`, { file: source });
  }
  return fetchOnce(new URL(source, document.baseURI), "weights-fetch", source);
}

/** @param {string} preset @returns {Promise<Uint8Array>} as core's `Codes.fromPacked` reads them */
export function fetchCodes(preset) {
  return fetchFile(`weights/${preset}.codes.bin.gz`, "weights-fetch");
}

/** @param {string} path from this folder @param {string} code of the error when it does not come */
function fetchFile(path, code) {
  return fetchOnce(locate(path), code, path);
}

/** @param {URL} url @param {string} code @param {string} file its name in errors */
function fetchOnce(url, code, file) {
  let bytes = coming.get(url.href);
  if (!bytes) {
    bytes = fetchBytes(url, code, file).finally(() => coming.delete(url.href));
    coming.set(url.href, bytes);
  }
  return bytes;
}

/** @param {URL} url @param {string} code @param {string} file */
async function fetchBytes(url, code, file) {
  const bytes = await download(url, { file, code });
  return inflate(bytes, file, code === "weights-fetch" ? "weights-format" : code);
}
