// The element on a page that is not this project's: another folder, other styles, nothing around it.

import assert from "node:assert/strict";
import { Visit, accompany } from "./visit.mjs";

/** @typedef {import("./visit.mjs").Stage} Stage */
/** @typedef {import("./visit.mjs").VaePlayground} VaePlayground */
/** @typedef {import("puppeteer-core").Page} Page */

/**
 * Opens a page of tests/browser/hosts, puts `markup` into it, and checks that nothing went wrong.
 *
 * @param {Stage} stage
 * @param {{ file?: string, markup?: string, theme?: "light" | "dark", width?: number }} host
 * @param {(visit: Visit) => Promise<void>} act
 */
export async function hosting({ site, browsers }, host, act) {
  const { file = "blank.html", markup = "", theme = "light", width = 1200 } = host;
  const browser = await browsers.get("chromium");
  const profile = await browser.createBrowserContext();
  const visit = new Visit(site, await profile.newPage(), true);
  await accompany(visit, async () => {
    const { page } = visit;
    page.setDefaultTimeout(60_000);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    await page.goto(`${site.origin}/elsewhere/${file}`);
    await page.evaluate(() => customElements.whenDefined("vae-playground"));
    if (markup) {
      await page.evaluate(
        (markup) => document.body.insertAdjacentHTML("beforeend", markup),
        markup,
      );
    }
    await act(visit);
  });
}

/**
 * The elements of the page, loaded or not.
 *
 * @param {Visit} visit
 * @returns {Promise<import("puppeteer-core").ElementHandle<VaePlayground>[]>}
 */
export async function elementsOf({ page }) {
  const found = await page.$$("vae-playground");
  assert(found.length, "the page has no element");
  return /** @type {any[]} */ (found);
}

/**
 * The same, each ready.
 *
 * @param {Visit} visit
 */
export async function readyElements(visit) {
  const elements = await elementsOf(visit);
  for (const element of elements) await element.evaluate((el) => el.ready);
  return elements;
}

/**
 * Waits until a value of the page is as it should be, and says what it was where it is not.
 *
 * @template {any[]} Arguments
 * @param {Page} page
 * @param {string} what
 * @param {(...given: Arguments) => unknown} look in the page
 * @param {unknown} wanted
 * @param {Arguments} given
 */
export async function becomes(page, what, look, wanted, ...given) {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const value = await page.evaluate(/** @type {any} */ (look), ...given);
    try {
      return assert.deepEqual(value, wanted);
    } catch {
      const told = `${what} is ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`;
      if (performance.now() > deadline) throw new Error(told);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
