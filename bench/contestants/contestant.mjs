// One contestant on a page of its own: every program is loaded, begun, timed and counted by these
// lines, so that all are measured alike. A program (playground, tfjs, jax) exports `load`.

import { startCounting, take } from "./counts.mjs";
import { PIXELS } from "./model.mjs";

/**
 * @typedef {object} Problem
 * @property {number} batch images a step
 * @property {number} hidden width
 * @property {Float32Array} weights the first ones, in the order of the playground's flat buffer
 * @property {Uint8Array} chunk labels, then images, a byte a pixel
 * @property {string} chunkName
 * @property {Float32Array<ArrayBuffer>} pixels of the same images, in [0, 1]
 */
/** Takes steps; resolves when the device has done them, to what reads their mean loss an image.
 * @typedef {(steps: number) => Promise<() => Promise<number>>} Train */
/** Sets up device, images and weights. @typedef {(problem: Problem) => Promise<Train>} Begin */
/** Fetches a library, wasm included. @typedef {(choice: string) => Promise<Begin>} Load */

/**
 * @typedef {object} Wishes
 * @property {string} program a file of this folder
 * @property {string} choice what the program's `load` takes: a backend, a module's URL
 * @property {string} core URL of the playground's core module, for the first weights
 * @property {string} chunk URL
 * @property {number} batch
 * @property {number} hidden
 */
/** @typedef {{ milliseconds: number, loss: number, counts: import("./counts.mjs").Counts }} Turn */
/** @typedef {{ firstStep: Turn, turn: (steps: number) => Promise<Turn> }} Contestant */

startCounting();

/**
 * Ready to train; the first step has been taken, and was timed from the loaded library to its
 * loss on the host.
 *
 * @param {Wishes} wishes
 * @returns {Promise<Contestant>}
 */
async function open({ program, choice, core, chunk, batch, hidden }) {
  const problem = {
    batch,
    hidden,
    weights: await firstWeights(core, hidden),
    ...(await images(chunk)),
  };
  const { load } = await import(new URL(program, import.meta.url).href);
  const begin = /** @type {Begin} */ (await load(choice));
  /** @type {Train | undefined} */
  let train;

  /** @param {number} steps @param {boolean} read whether the loss's way to the host counts */
  const turn = async (steps, read) => {
    take();
    const began = performance.now();
    train ??= await begin(problem);
    const readLoss = await train(steps);
    const early = read ? await readLoss() : null;
    const milliseconds = performance.now() - began;
    return { milliseconds, counts: take(), loss: early ?? (await readLoss()) };
  };
  return { firstStep: await turn(1, true), turn: (steps) => turn(steps, false) };
}

/** @param {string} core @param {number} hidden @returns {Promise<Float32Array>} */
async function firstWeights(core, hidden) {
  const { default: load, Model, presetSettings } = await import(core);
  await load({ module_or_path: core.replace(/\.js$/, "_bg.wasm") });
  const settings = { ...JSON.parse(presetSettings("elbo")), hidden };
  return Model.untrained(JSON.stringify(settings)).weights();
}

/** @param {string} url */
async function images(url) {
  const { body } = await fetch(url);
  if (!body) throw new Error(`${url} is empty`);
  const inflated = new Response(body.pipeThrough(new DecompressionStream("gzip")));
  const chunk = new Uint8Array(await inflated.arrayBuffer());
  const count = chunk.length / (PIXELS + 1);
  const pixels = Float32Array.from(chunk.subarray(count), (value) => value / 255);
  return { chunk, pixels, chunkName: url };
}

Object.assign(window, { openContestant: open });
