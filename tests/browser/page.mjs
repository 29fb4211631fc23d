// What several suites ask of the page.

import assert from "node:assert/strict";

/** @typedef {import("puppeteer-core").ElementHandle<Element>} Node */
/** @typedef {import("./visit.mjs").Visit} Visit */

export const PLANE = ".panel.plane canvas.layer";
export const POINT = ".panel.plane .handle";
export const DIGIT = ".panel.digit canvas";

/**
 * What a canvas shows: how many colours, and a number that changes with any of its pixels.
 *
 * @param {Visit} visit
 * @param {string} selector
 */
export async function look(visit, selector) {
  const canvas = await visit.find(selector);
  return canvas.evaluate((node) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (node);
    // Read from a copy, so that reading does not move the canvas itself off the GPU.
    const copy = new OffscreenCanvas(Math.max(width, 1), Math.max(height, 1));
    const context = copy.getContext("2d", { willReadFrequently: true });
    if (!context || !width) return { colours: 0, print: 0 };
    context.drawImage(/** @type {HTMLCanvasElement} */ (node), 0, 0);
    const words = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    // FNV-1a over pixels.
    const print = words.reduce((hash, word) => Math.imul(hash ^ word, 16777619) >>> 0, 2166136261);
    return { colours: new Set(words).size, print };
  });
}

/**
 * The pixels of a canvas of 28 × 28: red, green, blue, alpha.
 *
 * @param {import("./visit.mjs").Handle} element
 * @param {string} selector inside the element
 * @returns {Promise<number[]>}
 */
export function pixelsOf(element, selector) {
  return element.evaluate((el, selector) => {
    const canvas = /** @type {HTMLCanvasElement} */ (el.shadowRoot?.querySelector(selector));
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    context?.drawImage(canvas, 0, 0);
    return [...(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
  }, selector);
}

/**
 * @param {Visit} visit
 * @param {string} key of its words
 */
export async function chooseFromMenu(visit, key) {
  const words = await visit.element.evaluate((el, key) => el.playground.t(key), key);
  await (await visit.find(".menu-button")).click();
  await (await visit.find(`[role=menuitem]::-p-text(${words})`)).click();
}

/** The digit follows a drag of the point. @param {Visit} visit */
export async function dragMovesDigit(visit) {
  const before = await look(visit, DIGIT);
  const { middle } = await visit.place(PLANE);
  await visit.page.mouse.move(middle.x, middle.y);
  await visit.page.mouse.down();
  await visit.page.mouse.move(middle.x + 60, middle.y - 60, { steps: 5 });
  await visit.page.mouse.up();
  await visit.frames();
  assert.notEqual((await look(visit, DIGIT)).print, before.print);
}

/** The point as the page shows it in numbers. @param {Visit} visit @returns {Promise<number[]>} */
export async function readout(visit) {
  const figures = await visit.page.$$eval("vae-playground >>> .panel.digit .point .figure", (all) =>
    all.map((node) => Number((node.textContent ?? "").replace("−", "-"))),
  );
  return figures;
}

/**
 * Trains a step and waits for the images to be here, all of them.
 *
 * @param {Visit} visit
 */
export async function loadEverything({ page, element }) {
  await element.evaluate((el) => el.train({ steps: 1 }));
  const all = (/** @type {any} */ el) => el.playground.status.progress.images === 70_000;
  await page.waitForFunction(all, { polling: 100 }, element);
}

/** @param {number[]} values @param {number} share 0..1 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * A machine has other things to do at times: measures until a figure is within its limit, five
 * times at most, and gives the best.
 *
 * @param {number} limit
 * @param {() => Promise<number>} measure
 */
export async function bestOfFive(limit, measure) {
  let best = Infinity;
  for (let i = 0; i < 5 && !(best <= limit); i++) best = Math.min(best, await measure());
  return best;
}

/** Twenty times the 15×15 manifold, in milliseconds. @param {Visit} visit @returns {Promise<number[]>} */
export function timeManifold({ element }) {
  return element.evaluate(({ playground: { model, plane, theme } }) =>
    Array.from({ length: 20 }, () => {
      const began = performance.now();
      model.manifold(plane, 15, theme);
      return performance.now() - began;
    }),
  );
}

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/**
 * The codes of the `error` events that the page tells from now on.
 *
 * @param {Visit} visit
 */
export async function hearErrors(visit) {
  const codes = await visit.element.evaluateHandle((playground) => {
    /** @type {string[]} */
    const heard = [];
    playground.addEventListener("error", (event) => {
      heard.push(/** @type {{ detail?: { code: string } }} */ (event).detail?.code ?? "none");
    });
    return heard;
  });
  return () => codes.jsonValue();
}

/**
 * What has been moved when the element is ready, as the browser itself counts it.
 *
 * @param {import("puppeteer-core").Page} page
 */
export function countAtReady(page) {
  return page.evaluateOnNewDocument(() => {
    document.addEventListener("ready", () => {
      const [navigation] = performance.getEntriesByType("navigation");
      const all = [navigation, ...performance.getEntriesByType("resource")];
      const sizes = all.map(
        (entry) => /** @type {PerformanceResourceTiming} */ (entry).transferSize,
      );
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      Object.assign(window, { atReady: { bytes, at: performance.now() } });
    });
  });
}
