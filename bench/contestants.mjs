// Who takes part, and how one is opened on a page of its own.

/** @typedef {import("./contestants/contestant.mjs").Contestant} Contestant */
/** @typedef {import("./contestants/contestant.mjs").Turn} Turn */
/** @typedef {{ batch: number, hidden: number }} Case */
/** @typedef {{ firstStep: Turn, turn: (steps: number) => Promise<Turn>, page: Page }} Opened */
/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("../tests/browser/site.mjs").Site} Site */

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {"cpu" | "webgpu"} device
 * @property {string} program in contestants/
 * @property {string} [backend] of a library
 * @property {string} [module] of the playground, where the site has it
 */

/** @satisfies {Record<string, Entry>} */
export const CONTESTANTS = {
  cpu: {
    name: "playground, CPU engine",
    device: "cpu",
    program: "playground.mjs",
    module: "pkg/core/vae_playground.js",
  },
  jaxWasm: { name: "jax-js, wasm", device: "cpu", program: "jax.mjs", backend: "wasm" },
  tfjsWasm: { name: "TF.js, wasm", device: "cpu", program: "/built/tfjs.mjs", backend: "wasm" },
  webgpu: {
    name: "playground, WebGPU engine",
    device: "webgpu",
    program: "playground.mjs",
    module: "pkg/webgpu/vae_playground.js",
  },
  jaxWebgpu: { name: "jax-js, webgpu", device: "webgpu", program: "jax.mjs", backend: "webgpu" },
  tfjsWebgpu: {
    name: "TF.js, webgpu",
    device: "webgpu",
    program: "/built/tfjs.mjs",
    backend: "webgpu",
  },
  stock: {
    name: "stock burn, fusion",
    device: "webgpu",
    program: "playground.mjs",
    module: "/stock/vae_playground.js",
  },
};

/**
 * Opens a contestant, which takes its first step.
 *
 * @param {Site} site
 * @param {Page} page
 * @param {Entry} entry
 * @param {Case} [problem] the tutorial's own by default
 * @returns {Promise<Opened>}
 */
export async function openContestant(site, page, entry, problem = { batch: 128, hidden: 256 }) {
  await page.goto(`${site.origin}/bench/contestants/contestant.html`);
  await page.waitForFunction(() => "openContestant" in window);
  const { program, backend, module = "" } = entry;
  const wishes = {
    program,
    choice: backend ?? new URL(module, site.address()).href,
    core: site.address("pkg/core/vae_playground.js"),
    chunk: site.address("www/data/mnist/train-01.bin.gz"),
    ...problem,
  };
  const opened = await page.evaluateHandle(
    (wishes) => /** @type {any} */ (window).openContestant(wishes),
    wishes,
  );
  const contestant = /** @type {import("puppeteer-core").JSHandle<Contestant>} */ (opened);
  return {
    page,
    firstStep: await contestant.evaluate(({ firstStep }) => firstStep),
    turn: (steps) => contestant.evaluate(({ turn }, steps) => turn(steps), steps),
  };
}
