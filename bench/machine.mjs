// What was measured with: the machine, the browser, the WebGPU adapter, the libraries.

import { readFile } from "node:fs/promises";
import { cpus, platform, release } from "node:os";

/** @typedef {import("puppeteer-core").Browser} Browser */
/** @typedef {import("../tests/browser/browsers.mjs").Kind} Kind */
/** @typedef {{ name: string, software: boolean }} Adapter */

const LOCK = new URL("package-lock.json", import.meta.url);

/**
 * The browser with the machine's own WebGPU adapter, or, where it has none but a software one,
 * the one with Chromium's.
 *
 * @param {import("../tests/browser/site.mjs").Site} site
 * @param {import("../tests/browser/browsers.mjs").Browsers} browsers
 * @param {boolean} software takes Chromium's in any case
 * @returns {Promise<{ kind: Kind, adapter: Adapter }>}
 */
export async function chooseBrowser(site, browsers, software) {
  if (!software) {
    const adapter = await adapterOf(site, await browsers.get("gpu"));
    if (adapter && !adapter.software) return { kind: "gpu", adapter };
    await browsers.close("gpu");
  }
  const adapter = await adapterOf(site, await browsers.get("webgpu"));
  if (!adapter)
    throw new Error(
      "Chromium has no WebGPU adapter, not even in software. Install one with WebGPU, or set CHROMIUM to it",
    );
  return { kind: "webgpu", adapter };
}

/**
 * @param {import("../tests/browser/site.mjs").Site} site
 * @param {Browser} browser
 * @returns {Promise<Adapter | null>} null where the page could not train on it
 */
async function adapterOf(site, browser) {
  const page = await browser.newPage();
  await page.goto(`${site.origin}/bench/contestants/contestant.html`);
  const info = await page.evaluate(async (url) => {
    const { chooseEngine } = await import(url);
    return chooseEngine("webgpu");
  }, site.address("www/engine-choice.js"));
  await page.close();
  return info.kind === "webgpu" ? { name: info.adapter, software: info.software } : null;
}

/** @param {Browser} browser */
export async function machine(browser) {
  const lock = JSON.parse(await readFile(LOCK, "utf8"));
  const names = Object.keys(lock.packages[""].devDependencies);
  const versions = names.map((name) => [name, lock.packages[`node_modules/${name}`].version]);
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${platform()} ${release()}`,
    cpus: processors.length,
    cpu: processors[0].model.trim(),
    browser: await browser.version(),
    userAgent: await browser.userAgent(),
    versions: Object.fromEntries(versions),
  };
}
