// The files of first paint and of the presets: weights, their codes, the figure's ten digits.

import { download } from "./download.js";
import { inflate } from "./inflate.js";
import { PRESETS } from "./settings.js";

/** The tutorial's figure has ten images: ten labels, then their pixels. */
const FIGURE_IMAGES = 10;

/** @typedef {{ pixels: Uint8Array, labels: Uint8Array }} Figure */

/** On their way: elements that want the same file at once share the download. @type {Map<string, Promise<Uint8Array>>} */
const coming = new Map();

/** @returns {Promise<Figure>} */
export async function fetchFigure() {
  const bytes = await fetchFile("data/figure.bin", "chunk-fetch");
  return { labels: bytes.subarray(0, FIGURE_IMAGES), pixels: bytes.subarray(FIGURE_IMAGES) };
}

/** @param {string} source a preset, or an address relative to the page @returns {Promise<Uint8Array>} safetensors */
export function fetchWeights(source) {
  const isPreset = PRESETS.some((preset) => preset === source);
  const path = isPreset
    ? `weights/${source}.safetensors.gz`
    : new URL(source, document.baseURI).href;
  return fetchFile(path, "weights-fetch");
}

/** @param {string} preset @returns {Promise<Uint8Array>} as core's `Codes.fromPacked` reads them */
export function fetchCodes(preset) {
  return fetchFile(`weights/${preset}.codes.bin.gz`, "weights-fetch");
}

/** @param {string} path from this folder, or an address @param {string} code of the error when it does not come */
function fetchFile(path, code) {
  let file = coming.get(path);
  if (!file) {
    file = fetchAlone(path, code).finally(() => coming.delete(path));
    coming.set(path, file);
  }
  return file;
}

/** @param {string} path @param {string} code */
async function fetchAlone(path, code) {
  const bytes = await download(new URL(path, import.meta.url), { file: path, code });
  return inflate(bytes, path, code);
}
