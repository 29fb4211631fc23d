// The files of first paint and of the presets: weights, their codes, the figure's ten digits.

import { download } from "./download.js";
import { locate } from "./files.js";
import { inflate } from "./inflate.js";

/** The tutorial's figure has ten images: ten labels, then their pixels. */
const FIGURE_IMAGES = 10;

/** @typedef {{ pixels: Uint8Array, labels: Uint8Array }} Figure */

/** @returns {Promise<Figure>} */
export async function fetchFigure() {
  const bytes = await fetchFile("data/figure.bin", "chunk-fetch");
  return { labels: bytes.subarray(0, FIGURE_IMAGES), pixels: bytes.subarray(FIGURE_IMAGES) };
}

/** @param {string} preset @returns {Promise<Uint8Array>} safetensors */
export function fetchWeights(preset) {
  return fetchFile(`weights/${preset}.safetensors.gz`, "weights-fetch");
}

/** @param {string} preset @returns {Promise<Uint8Array>} as core's `Codes.fromPacked` reads them */
export function fetchCodes(preset) {
  return fetchFile(`weights/${preset}.codes.bin.gz`, "weights-fetch");
}

/** @param {string} path from this folder @param {string} code of the error when it does not come */
async function fetchFile(path, code) {
  const bytes = await download(locate(path), { file: path, code });
  return inflate(bytes, path, code);
}
