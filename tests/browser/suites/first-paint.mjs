// A first visit, cold: what it costs, what it shows, and that it says which engine will train.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { DIGIT, PLANE, countAtReady, look } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** HTML to weights, over the wire; what the project promises. */
const MOST_BYTES = 800_000;
const MOST_CORE_BYTES = 80_000;

/** @param {import("../visit.mjs").Stage} stage */
export function firstPaint(stage) {
  return [
    claim("a cold visit is ready with at most 800 KB over the wire", () =>
      visiting(stage, { before: countAtReady, serviceWorker: true }, async ({ page, element }) => {
        await page.waitForFunction((el) => el.playground.codes.count, {}, element);
        const [ready, everything] = await page.evaluate(() => [
          /** @type {any} */ (window).atReady,
          performance.now(),
        ]);
        const sent = stage.site.sent.reduce((sum, { bytes }) => sum + bytes, 0);
        figure(
          `cold visit: ${ready.bytes} bytes over the wire until ready, headers included ` +
            `(limit ${MOST_BYTES}), in ${Math.round(ready.at)} ms`,
        );
        figure(`with codes, lesson and worker: ${sent} bytes, ${Math.round(everything)} ms`);
        assert(ready.bytes > 100_000, `${ready.bytes} bytes cannot be all of it`);
        assert(ready.bytes <= MOST_BYTES, `${ready.bytes} bytes`);
      }),
    ),
    claim("core's wasm is at most 80 KB gzip", () =>
      visiting(stage, {}, async () => {
        const [core] = stage.site.requests(/core\/vae_playground_bg\.wasm$/);
        figure(`core wasm: ${core.bytes} bytes gzip (limit ${MOST_CORE_BYTES})`);
        assert(core.bytes > 10_000 && core.bytes <= MOST_CORE_BYTES, `${core.bytes} bytes`);
      }),
    ),
    claim("nothing of the first visit is fetched twice, and no chunk for first paint", async () => {
      const already = stage.site.sent.length;
      await visiting(stage, {}, async () => {
        const bodies = stage.site.sent.slice(already).filter(({ bytes }) => bytes > 0);
        const paths = bodies.map(({ path }) => path);
        const twice = paths.filter((path, i) => paths.indexOf(path) !== i);
        assert.deepEqual(twice, []);
        assert.deepEqual(
          paths.filter((path) => path.includes("data/mnist/train")),
          [],
        );
      });
    }),
    claim("the pretrained manifold and a digit are painted when the page is ready", async () => {
      await visiting(stage, {}, async (visit) => {
        const plane = await look(visit, PLANE);
        const digit = await look(visit, DIGIT);
        assert(plane.colours > 100, `the plane has ${plane.colours} colours`);
        assert(digit.colours > 10, `the digit has ${digit.colours} colours`);
        assert.equal(
          await visit.element.evaluate((el) => el.playground.status.state),
          "pretrained",
        );
      });
    }),
    claim(
      "while the model is on its way no point and no value is shown that it does not have",
      () =>
        visiting(stage, { before: watchLoading }, async ({ page }) => {
          const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
          assert(seen.length > 0, "it was never seen loading");
          const empty = JSON.stringify({ point: false, values: ["", "", ""] });
          assert.deepEqual([...new Set(seen)], [empty]);
        }),
    ),
    claim("without WebGPU the CPU engine is named, with the reason", async () => {
      await visiting(stage, {}, async (visit) => {
        await visit.page.waitForFunction((el) => el.engineInfo, {}, visit.element);
        const info = await visit.element.evaluate((el) => el.engineInfo);
        assert.equal(info?.kind, "cpu");
        assert.match(info?.reason ?? "", /^no-(webgpu|adapter)$/);
        await visit.page.waitForSelector("vae-playground >>> .engine-name::-p-text(CPU)");
      });
    }),
    claim("?engine, ?preset, ?seed, ?weights and ?lang are followed", async () => {
      const query = "?engine=cpu&preset=tutorial&seed=7&weights=none&lang=zh";
      await visiting(stage, { query }, async (visit) => {
        await visit.page.waitForFunction((el) => el.engineInfo, {}, visit.element);
        const { settings, reason, language, state } = await visit.element.evaluate((el) => ({
          settings: el.settings,
          reason: el.engineInfo?.reason,
          language: el.playground.language,
          state: el.playground.status.state,
        }));
        assert.deepEqual(
          { reason, language, state },
          { reason: "requested", language: "zh", state: "untrained" },
        );
        assert.equal(settings.objective, "tutorial");
        assert.equal(settings.seed, 7);
      });
    }),
  ];
}

/**
 * Notes what each frame shows until the model is there, whose weights take a while.
 *
 * @param {import("puppeteer-core").Page} page
 */
async function watchLoading(page) {
  await page.setRequestInterception(true);
  page.on("request", (request) => {
    const late = request.url().includes("safetensors");
    setTimeout(() => request.continue(), late ? 1_500 : 0);
  });
  await page.evaluateOnNewDocument(() => {
    /** @type {string[]} */
    const seen = [];
    Object.assign(window, { seen });
    const look = () => {
      const element = /** @type {any} */ (document.querySelector("vae-playground"));
      const layout = element?.shadowRoot?.querySelector(".playground");
      if (layout?.checkVisibility()) {
        if (element.playground.ready) return;
        const point = layout.querySelector(".handle").checkVisibility();
        const fields = layout.querySelectorAll(".main-fields :is(select, input[type=number])");
        const values = [...fields].slice(1).map(({ value }) => value);
        seen.push(JSON.stringify({ point, values }));
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
