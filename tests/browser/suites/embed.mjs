// embed.html in a page of another site, by the code that the page gives out.

import assert from "node:assert/strict";
import { dragInFrame, elementIn, visitingElsewhere } from "../elsewhere.mjs";
import { claim } from "../harness.mjs";
import { becomes } from "../hosting.mjs";
import { DIGIT, chooseFromMenu, pixelsOf } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

const STATE =
  "#preset=tutorial&seed=7&beta=2&reconstruction=bernoulli&axes=sigma&z=0.5,-1.25&lang=zh";

/** @param {Visit} visit @param {"frame" | "element"} form @param {boolean} [fits] */
async function embedCode(visit, form, fits = false) {
  await chooseFromMenu(visit, "share.embed");
  const radio = await visit.find(`.share-dialog input[value=${form}]`);
  await radio.evaluate((node) => node.closest("label")?.click());
  if (fits) await (await visit.find(".share-fits input")).click();
  return visit.page.$eval("vae-playground >>> .share-dialog textarea", (node) => node.value);
}

/** @param {import("../visit.mjs").Handle} element what both sides must show */
async function shown(element) {
  const facts = await element.evaluate((el) => ({
    settings: el.settings,
    latent: el.latent,
    axes: el.playground.plane.axes,
    language: el.playground.language,
  }));
  return { ...facts, digit: await pixelsOf(element, DIGIT) };
}

/** The frame's own height and its content's, once they rest. @param {Visit} visit @param {import("puppeteer-core").Frame} frame */
async function heights(visit, frame) {
  let before = "";
  for (;;) {
    const outside = await visit.page.$eval("iframe", (node) => Number(node.height));
    const inside = await frame.evaluate(() => ({
      content: Math.ceil(document.body.getBoundingClientRect().height),
      scrolls: document.documentElement.scrollHeight > innerHeight,
    }));
    const now = JSON.stringify([outside, inside]);
    if (now === before) return { outside, ...inside };
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

/** @param {Stage} stage */
export function embed(stage) {
  const { site } = stage;
  /** @param {string} query @param {string} [rest] of the frame's attributes */
  const frameOf = (query, rest = 'width="100%" height="900"') =>
    `<iframe src="${site.address(`embed.html${query}`)}" title="VAE" ${rest}></iframe>`;
  return [
    claim("the frame's code, pasted in a page of another site, shows what was on screen", () =>
      visiting(stage, { query: STATE }, async (visit) => {
        const code = await embedCode(visit, "frame");
        const here = await shown(visit.element);
        await visitingElsewhere(stage, code, async (visit, frame) => {
          const element = await elementIn(frame);
          await frame.waitForFunction((el) => el.latent[0] === 0.5, {}, element);
          await frame.evaluate(() => new Promise(requestAnimationFrame));
          assert.deepEqual(await shown(element), here);
          await dragInFrame(visit, frame);
          const moved = await shown(element);
          assert.notDeepEqual(moved.latent, here.latent);
          assert.notDeepEqual(moved.digit, here.digit);
          const { steps } = await element.evaluate((el) => el.train({ steps: 2 }));
          assert.equal(steps, 2);
        });
      }),
    ),
    claim("with the script that listens, the frame is as tall as its content and rests there", () =>
      visiting(stage, { query: "?lang=en" }, async (visit) => {
        const code = await embedCode(visit, "frame", true);
        await visitingElsewhere(stage, code, async (other, frame) => {
          await elementIn(frame);
          const wide = await heights(other, frame);
          assert.equal(wide.outside, wide.content);
          assert(!wide.scrolls, "the frame scrolls");
          await other.page.setViewport({ width: 400, height: 700 });
          await new Promise((resolve) => setTimeout(resolve, 800));
          const narrow = await heights(other, frame);
          assert.equal(narrow.outside, narrow.content);
          assert(narrow.outside > wide.outside, `${narrow.outside} px, wide ${wide.outside}`);
        });
      }),
    ),
    claim("a frame's page is told a theme, and another fragment moves it without a reload", () =>
      visitingElsewhere(stage, frameOf("?lang=en&theme=dark"), async ({ page }, frame) => {
        const element = await elementIn(frame);
        assert.equal(await element.evaluate((el) => el.playground.theme), "dark");
        const { mark, kept } = await element.evaluate((el) => {
          const mark = Math.random();
          /** @type {any} */ (window).mark = mark;
          return { mark, kept: el.settings.seed };
        });
        await page.$eval("iframe", (node) => (node.src += "#seed=9&z=1,-2&theme=light&lang=zh"));
        await frame.waitForFunction((el) => el.latent[1] === -2, {}, element);
        const now = await element.evaluate((el) => ({
          mark: /** @type {any} */ (window).mark,
          seed: el.settings.seed,
          theme: el.playground.theme,
          lang: document.documentElement.lang,
        }));
        assert.deepEqual(now, { mark, seed: 9, theme: "light", lang: "zh-Hans" });
        assert.notEqual(kept, 9);
      }),
    ),
    claim("its link opens the whole page with what the frame shows", () =>
      visitingElsewhere(stage, frameOf("?preset=tutorial&lang=en#z=1,2"), async (_, frame) => {
        const element = await elementIn(frame);
        await element.evaluate((el) => (el.latent = [0.25, 1]));
        const link = await frame.waitForSelector("footer a");
        await link?.focus();
        const href = await link?.evaluate((node) => /** @type {HTMLAnchorElement} */ (node).href);
        assert.equal(href, site.address("index.html#preset=tutorial&z=0.25,1&lang=en"));
        assert.equal(await link?.evaluate((node) => node.textContent), "Open in full");
      }),
    ),
    claim(
      "in a sandbox it needs scripts and its origin, and says so where it has none",
      async () => {
        const allowed = 'sandbox="allow-scripts allow-same-origin"';
        await visitingElsewhere(stage, frameOf("?seed=4", allowed), async (_, frame) => {
          const element = await elementIn(frame);
          assert.equal(
            await element.evaluate(async (el) => (await el.train({ steps: 1 })).steps),
            1,
          );
        });
        const refused = frameOf("?seed=4", 'sandbox="allow-scripts" height="300" width="600"');
        await visitingElsewhere(stage, refused, async (visit, frame) => {
          visit.expect(/CORS|ERR_FAILED|preload/);
          const told = await frame.waitForSelector(".unstarted", { visible: true });
          assert.match(
            (await told?.evaluate((node) => node.textContent)) ?? "",
            /allow-same-origin/,
          );
        });
      },
    ),
    claim("the element's code shows the image, the point and the plane's look of the screen", () =>
      visiting(
        stage,
        {
          query:
            "#axes=sigma&extent=0.5,0.25,2&layers=codes,posterior,label:3&log-steps=true&image=3",
        },
        async (visit) => {
          const code = await embedCode(visit, "element");
          const shown = (/** @type {any} */ { playground, latent }) => ({
            latent: latent.map((/** @type {number} */ z) => z.toFixed(4)),
            ...{ image: playground.selected, layers: playground.layers },
            posterior: playground.posterior,
            window: [...playground.plane.toLatent(0, 0), ...playground.plane.toLatent(1, 1)],
            logarithmic: playground.logarithmic,
          });
          await becomes(
            visit.page,
            "the image",
            (el) => el.image,
            3,
            /** @type {any} */ (visit.element),
          );
          const here = await visit.element.evaluate(shown);
          assert.notDeepEqual(here.latent, ["0.0000", "0.0000"]);
          const lecture = { ...site, origin: site.origin, address: () => `${site.origin}/lecture` };
          const before = (/** @type {import("puppeteer-core").Page} */ page) => serve(page, code);
          await visiting({ ...stage, site: lecture }, { before }, ({ page, element }) =>
            becomes(page, "the element", shown, here, element),
          );
        },
      ),
    ),
    claim("the element's code works in another page of the same server", () =>
      visiting(stage, { query: STATE }, async (visit) => {
        const code = await embedCode(visit, "element");
        const here = await shown(visit.element);
        const lecture = { ...site, origin: site.origin, address: () => `${site.origin}/lecture` };
        const before = (/** @type {import("puppeteer-core").Page} */ page) => serve(page, code);
        await visiting({ ...stage, site: lecture }, { before }, async ({ page, element }) => {
          await page.waitForFunction((el) => el.latent[0] === 0.5, {}, element);
          const { settings, latent, language } = await shown(element);
          assert.equal(settings.seed, here.settings.seed);
          assert.equal(settings.reconstruction, "bernoulli");
          assert.deepEqual([latent, language], [here.latent, here.language]);
          const groups = await element.evaluate(({ playground }) => playground.menuGroups.length);
          assert.equal(groups, 0, "it offers links to a page that keeps no state in its address");
        });
      }),
    ),
  ];
}

/** Puts a page with this code at /lecture. @param {import("puppeteer-core").Page} page @param {string} code */
async function serve(page, code) {
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    if (!request.url().endsWith("/lecture")) return request.continue();
    const body = `<!doctype html><link rel="icon" href="data:,">${code}`;
    return request.respond({ contentType: "text/html; charset=utf-8", body });
  });
}
