// A page of somebody else's, on another host than the site: what an author pasted is all there is.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Visit } from "./visit.mjs";

/** @typedef {import("puppeteer-core").Frame} Frame */

/** Another name of this machine than the site's: to a browser another site altogether. */
const HOST = "localhost";

/** @param {string} html @returns {Promise<{ address: string, close: () => void }>} */
async function openPage(html) {
  const body = `<!doctype html><title>A lecture</title><link rel="icon" href="data:,">${html}`;
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://${HOST}:${port}/`, close };
}

/**
 * Opens somebody's page that holds a frame of ours, and checks that nothing went wrong on the way.
 *
 * @param {import("./visit.mjs").Stage} stage
 * @param {string} html
 * @param {(visit: Visit, frame: Frame) => Promise<void>} act
 * @param {import("./browsers.mjs").Kind} [kind] of browser
 */
export async function visitingElsewhere({ browsers, site }, html, act, kind = "chromium") {
  const browser = await browsers.get(kind);
  const profile = await browser.createBrowserContext();
  const { address, close } = await openPage(html);
  const place = { origin: new URL(address).origin, address: () => address, guests: [site.origin] };
  const visit = new Visit(place, await profile.newPage(), true);
  try {
    await visit.page.setViewport({ width: 900, height: 700 });
    await visit.page.goto(address, { waitUntil: "domcontentloaded" });
    const frame = await visit.page.waitForFrame((frame) => frame.url().startsWith(site.origin));
    await act(visit, frame);
    visit.checkQuiet();
  } finally {
    await visit.close();
    close();
  }
}

/** @param {Frame} frame @returns {Promise<import("./visit.mjs").Handle>} the element in it, ready */
export async function elementIn(frame) {
  const found = await frame.waitForSelector("vae-playground");
  const element = /** @type {import("./visit.mjs").Handle} */ (/** @type {unknown} */ (found));
  await frame.evaluate(() => customElements.whenDefined("vae-playground"));
  await element.evaluate((playground) => playground.ready);
  return element;
}

/** Drags the point in a frame. @param {Visit} visit @param {Frame} frame */
export async function dragInFrame({ page }, frame) {
  const plane = await frame.waitForSelector("vae-playground >>> .square");
  await plane?.evaluate((node) => node.scrollIntoView({ block: "center" }));
  const box = await plane?.boundingBox();
  assert(box, "there is no plane");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.4 * box.height, { steps: 5 });
  await page.mouse.up();
}
