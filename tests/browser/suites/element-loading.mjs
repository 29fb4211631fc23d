// When <vae-playground> loads and when it trains: nothing before it is wanted, and nothing while
// nobody sees it.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { becomes, elementsOf, hosting, readyElements } from "../hosting.mjs";

/** @typedef {import("../visit.mjs").VaePlayground} VaePlayground */

/** HTML to weights, over the wire: what the project promises of a page with the plane alone. */
const MOST_BYTES = 800_000;
/** What may be loaded before the element is near: itself. */
const OWN_SCRIPTS =
  /www\/(vae-playground|lazy-exhibit|reflected-element|attributes|plane-look|visibility|errors|files|i18n|settings)\.js$/;
const IMAGE = 784;

/** @param {import("../visit.mjs").Stage} stage */
export function elementLoading(stage) {
  const { site } = stage;
  return [
    claim("the plane alone, on another page, can be dragged within 800 KB over the wire", () => {
      const already = site.sent.length;
      return hosting(stage, { file: "course.html" }, async (visit) => {
        const [el] = await elementsOf(visit);
        const bytes = await el.evaluate(transferredUntilReady);
        const files = site.sent.slice(already).map(({ path }) => path.split("/www/")[1] ?? path);
        figure(
          `a page with views="plane": ${bytes} bytes until it can be dragged, headers included ` +
            `(limit ${MOST_BYTES}), ${files.length} requests`,
        );
        assert(bytes > 100_000 && bytes <= MOST_BYTES, `${bytes} bytes`);
        const others = /views\/(loss|log|encoder|reconstructions|controls|digit|status)\.js/;
        assert.deepEqual(
          files.filter((file) => others.test(file)),
          [],
        );
        const [before, after] = await drag(visit);
        assert.notDeepEqual(after, before);
      });
    }),

    claim("far below the window only its own script is loaded; near it, the rest", () => {
      const already = site.sent.length;
      return hosting(stage, { file: "course.html" }, async (visit) => {
        const { page } = visit;
        await new Promise((resolve) => setTimeout(resolve, 500));
        const asked = () => site.sent.slice(already).map(({ path }) => path);
        const strangers = asked().filter(
          (path) => !OWN_SCRIPTS.test(path) && !path.startsWith("/elsewhere/"),
        );
        assert.deepEqual(strangers, []);
        assert.equal(page.workers().length, 0);
        const [el] = await elementsOf(visit);
        const text = await el.evaluate((el) => el.textContent);
        assert.equal(text, "An interactive figure stands here.");
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await readyElements(visit);
        assert(asked().some((path) => path.endsWith("elbo.safetensors.gz")));
        const state = await el.evaluate((el) => el.playground.status.state);
        assert.equal(state, "pretrained", "nothing trains unasked");
      });
    }),

    claim("a method that needs the model loads it, wherever the element is", () =>
      hosting(stage, { file: "course.html" }, async (visit) => {
        const [el] = await elementsOf(visit);
        const { early, pixels } = await el.evaluate(async (el) => {
          let early = "";
          try {
            el.decode([0, 0]);
          } catch (error) {
            early = /** @type {{ code: string }} */ (error).code;
          }
          el.latent = [1, -1];
          await el.reset({ seed: 3 });
          return { early, pixels: [el.decode([0, 0]).length, el.latent, el.settings.seed] };
        });
        assert.equal(early, "not-ready");
        assert.deepEqual(pixels, [IMAGE, [1, -1], 3]);
      }),
    ),

    claim("off the page its methods do what they say, and on it the figures have their looks", () =>
      hosting(stage, {}, async (visit) => {
        const pixels = await visit.page.evaluate(async () => {
          const el = /** @type {VaePlayground} */ (document.createElement("vae-playground"));
          el.views = ["plane", "digit"];
          await el.reset({ seed: 3 });
          await el.importWeights(el.exportWeights());
          await el.evaluate("validation");
          document.body.append(el);
          return el.decode([0, 0]).length;
        });
        assert.equal(pixels, IMAGE);
        await visit.page.waitForSelector("vae-playground >>> .panel.digit canvas");
        const [before, after] = await drag(visit);
        assert.notDeepEqual(after, before);
      }),
    ),

    claim(
      "what is set amiss is told at once, though nothing is loaded, and changes nothing",
      () => {
        const already = site.sent.length;
        return hosting(stage, { file: "course.html" }, async (visit) => {
          const { page } = visit;
          const [el] = await elementsOf(visit);
          const { told, latent } = await el.evaluate(async (el) => {
            /** @type {{ code: string, message: string }[]} */
            const told = [];
            Object.assign(window, { told });
            el.addEventListener("error", (event) =>
              told.push(/** @type {CustomEvent} */ (/** @type {Event} */ (event)).detail),
            );
            el.setAttribute("beta", "many");
            el.latent = [0.5, 1];
            el.latent = /** @type {any} */ (["x", 0]);
            await new Promise((resolve) => setTimeout(resolve, 300));
            return { told, latent: el.latent };
          });
          const codes = told.map(({ code }) => code);
          assert.deepEqual(codes, ["bad-attribute", "bad-latent"]);
          assert.match(told[0].message, /beta.*many/);
          assert.deepEqual(latent, [0.5, 1]);
          const loaded = site.sent.slice(already).map(({ path }) => path);
          assert(!loaded.some((path) => path.endsWith("/exhibit.js")));
          await el.evaluate((el) => el.scrollIntoView());
          await el.evaluate((el) => el.ready);
          const alert = await page.waitForSelector("vae-playground >>> .alert:popover-open");
          assert.match((await alert?.evaluate((node) => node.textContent)) ?? "", /0/);
          const again = await page.evaluate(() => /** @type {any} */ (window).told.length);
          assert.equal(again, 2, "the events came twice");
          assert.deepEqual(await el.evaluate((el) => el.latent), [0.5, 1]);
        });
      },
    ),

    claim("that training rests unseen is told where the status is not shown", () => {
      const markup =
        `<vae-playground views="digit" weights="none"></vae-playground>` +
        `<p style="block-size: 4000px"></p>`;
      return hosting(stage, { markup }, async ({ page }) => {
        const el = await page.waitForSelector("vae-playground");
        const told = await page.evaluateHandle(async () => {
          const el = /** @type {VaePlayground} */ (document.querySelector("vae-playground"));
          /** @type {string[]} */
          const told = [];
          document.addEventListener("statechange", (event) => {
            told.push(/** @type {CustomEvent} */ (event).detail.state);
          });
          await el.ready;
          Object.assign(window, { run: el.train({ epochs: 2 }) });
          while (!el.metrics.step) await new Promise((resolve) => setTimeout(resolve, 20));
          return told;
        });
        const last = (/** @type {string[]} */ told) => told.at(-1);
        await page.evaluate(() => scrollTo(0, 3000));
        await becomes(page, "the last news", last, "held", /** @type {any} */ (told));
        const voice = await page.$("vae-playground >>> p[role=status].unseen");
        assert.match((await voice?.evaluate((node) => node.textContent)) ?? "", /unseen/);
        await page.evaluate(() => scrollTo(0, 0));
        await becomes(page, "the last news", last, "training", /** @type {any} */ (told));
        await el?.evaluate((el) => /** @type {VaePlayground} */ (el).pause());
      });
    }),

    claim("training waits while it is out of sight or the tab is hidden, and goes on after", () => {
      const markup =
        `<vae-playground views="status loss" weights="none"></vae-playground>` +
        `<p style="block-size: 4000px"></p>`;
      return hosting(stage, { markup }, async (visit) => {
        const { page } = visit;
        const [el] = await readyElements(visit);
        await el.evaluate((el) => {
          Object.assign(window, { run: el.train({ epochs: 2 }) });
        });
        const state = (/** @type {VaePlayground} */ el) => el.playground.status.state;
        const training = async () => {
          const from = await el.evaluate((el) => el.metrics.step);
          await page.waitForFunction((el, from) => el.metrics.step > from, {}, el, from);
        };
        const rests = async (/** @type {string} */ why) => {
          await becomes(page, why, state, "held", /** @type {any} */ (el));
          const stood = await el.evaluate(async (el) => {
            const { step } = el.metrics;
            await new Promise((resolve) => setTimeout(resolve, 400));
            return el.metrics.step === step;
          });
          assert(stood, `${why}: it trained on`);
        };
        await training();
        await page.evaluate(() => scrollTo(0, 3000));
        await rests("scrolled away");
        const text = await el.evaluate((el) => el.shadowRoot?.querySelector(".state")?.textContent);
        assert.match(text ?? "", /unseen/);
        await page.evaluate(() => scrollTo(0, 0));
        await training();
        const front = await page.browserContext().newPage();
        await front.bringToFront();
        await becomes(page, "the page", () => document.visibilityState, "hidden");
        await rests("another tab in front");
        await front.close();
        await page.bringToFront();
        await training();
        await page.evaluate(() => scrollTo(0, 3000));
        await rests("scrolled away again");
        const paused = await el.evaluate(async (el) => {
          await el.pause();
          const { steps } = await /** @type {any} */ (window).run;
          return { steps, all: el.metrics.step, state: el.playground.status.state };
        });
        assert.equal(paused.steps, paused.all);
        assert.equal(paused.state, "paused");
        await page.evaluate(() => scrollTo(0, 0));
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(await el.evaluate(state), "paused", "it ran again though it was paused");
      });
    }),

    claim("autoplay trains once it is in sight, and not before", () => {
      const markup =
        `<p style="block-size: 1400px"></p>` +
        `<vae-playground views="loss status" autoplay></vae-playground>`;
      return hosting(stage, { markup }, async (visit) => {
        const [el] = await readyElements(visit);
        const state = (/** @type {VaePlayground} */ el) => el.playground.status.state;
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(await el.evaluate(state), "pretrained");
        await el.evaluate((el) => el.scrollIntoView());
        await visit.page.waitForFunction((el) => el.metrics.step > 0, {}, el);
        await el.evaluate((el) => el.pause());
      });
    }),
  ];
}

/** In the page: brings the element near, and counts what was moved until then. @param {VaePlayground} el */
async function transferredUntilReady(el) {
  document.querySelector(".pages-of-text")?.remove();
  await el.ready;
  const [navigation] = performance.getEntriesByType("navigation");
  const all = [navigation, ...performance.getEntriesByType("resource")];
  return all
    .map((entry) => /** @type {PerformanceResourceTiming} */ (entry).transferSize)
    .reduce((sum, size) => sum + size, 0);
}

/** @param {import("../visit.mjs").Visit} visit @returns {Promise<unknown[]>} the point before and after */
async function drag(visit) {
  const { page } = visit;
  const { middle } = await visit.place(".panel.plane canvas.layer");
  const [el] = await elementsOf(visit);
  const latent = () => el.evaluate((el) => el.latent);
  const before = await latent();
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y - 40, { steps: 8 });
  await page.mouse.up();
  return [before, await latent()];
}
