// A frame that is as tall as its content, and so taller than the reader's window: it tells its height
// once, has no scroll bar of its own, and what it opens is where the reader looks.

import assert from "node:assert/strict";
import { elementIn, visitingElsewhere } from "../elsewhere.mjs";
import { claim } from "../harness.mjs";
import { FITTING } from "../../../www/embed-code.js";

/** @typedef {import("puppeteer-core").Frame} Frame */
/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

const LISTENING = `<script>
  const told = [];
  addEventListener("message", ({ data }) => told.push(data.height));
</script>`;
const WIDTHS = [1100, 1000, 860, 768, 700, 640, 420];

const settled = () => new Promise((resolve) => setTimeout(resolve, 700));

/** The box of what is in the element, in the reader's window. @param {Visit} visit @param {Frame} frame @param {string} selector */
async function boxOf({ page }, frame, selector) {
  const outside = await page.$eval("iframe", (node) => node.getBoundingClientRect().top);
  const found = await frame.waitForSelector(`vae-playground >>> ${selector}`, { visible: true });
  const inside = await found?.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return { top, bottom };
  });
  assert(inside, `nothing is ${selector}`);
  return { top: inside.top + outside, bottom: inside.bottom + outside };
}

/** @param {Visit} visit @param {Frame} frame @param {string} selector */
async function assertInWindow(visit, frame, selector) {
  const { top, bottom } = await boxOf(visit, frame, selector);
  const height = await visit.page.evaluate(() => innerHeight);
  assert(top >= 0 && bottom <= height, `${selector}: ${top} to ${bottom} of ${height} px`);
}

/** @param {Frame} frame what of its width its own scroll bar takes, in px */
const scrollBar = (frame) =>
  frame.evaluate(() => innerWidth - document.documentElement.clientWidth);

/** @param {Stage} stage */
export function fitted(stage) {
  const { site } = stage;
  /** @param {string} query @param {number} height */
  const frameOf = (query, height) =>
    `<iframe src="${site.address(`embed.html${query}`)}" title="VAE" width="100%" height="${height}"
      style="border: 0"></iframe><p style="height: 1500px">`;
  return [
    claim("it tells its height once, when its figures are there, and that is it", () =>
      visitingElsewhere(stage, LISTENING + FITTING + frameOf("", 1180), async (visit, frame) => {
        await elementIn(frame);
        await settled();
        const told = await visit.page.evaluate(() => /** @type {any} */ (window).eval("told"));
        const content = await frame.evaluate(() => document.body.getBoundingClientRect().height);
        assert.deepEqual(told, [Math.ceil(content)]);
      }),
    ),
    claim("it has no scroll bar of its own at any width; one that is too low has", () =>
      visitingElsewhere(
        stage,
        FITTING + frameOf("", 600),
        async ({ page }, frame) => {
          await elementIn(frame);
          for (const width of WIDTHS) {
            await page.setViewport({ width, height: 700 });
            await settled();
            assert.equal(await scrollBar(frame), 0, `${width} px wide`);
          }
          await page.$eval("iframe", (node) => (node.height = "500"));
          await settled();
          assert.notEqual(await scrollBar(frame), 0);
        },
        "scroll-bars",
      ),
    ),
    claim("message, menu and dialog open in the part that the reader sees", () =>
      visitingElsewhere(stage, FITTING + frameOf("?lang=en", 1180), async (visit, frame) => {
        const element = await elementIn(frame);
        await settled();
        await visit.page.evaluate(() => scrollTo(0, 60));
        await element.evaluate((el) => el.setAttribute("beta", "many"));
        await assertInWindow(visit, frame, ".alert");
        await (await frame.waitForSelector("vae-playground >>> .menu-button"))?.click();
        await assertInWindow(visit, frame, ".menu");
        await visit.page.keyboard.press("End");
        await visit.page.keyboard.press("Enter");
        await assertInWindow(visit, frame, ".code-dialog");
      }),
    ),
    claim("so does the offer of the last run", () =>
      visitingElsewhere(stage, FITTING + frameOf("", 1180), async (visit, frame) => {
        const element = await elementIn(frame);
        await element.evaluate((el) => el.train({ steps: 1 }));
        await settled(); // it is being kept
        await visit.page.reload({ waitUntil: "domcontentloaded" });
        const again = await visit.page.waitForFrame((frame) => frame.url().includes("embed.html"));
        await elementIn(again);
        await settled();
        await assertInWindow(visit, again, ".offer");
      }),
    ),
    claim("on a phone the bar stands under the plane, not at the frame's far end", () =>
      visitingElsewhere(stage, FITTING + frameOf("", 1180), async (visit, frame) => {
        await visit.page.setViewport({ width: 390, height: 844 });
        await elementIn(frame);
        await settled();
        const legend = await boxOf(visit, frame, ".legend");
        const bar = await boxOf(visit, frame, ".toolbar");
        assert(Math.abs(bar.top - legend.bottom) < 30, `${bar.top}, plane to ${legend.bottom}`);
      }),
    ),
  ];
}
