// Each attribute of <vae-playground>: from the start, while it runs, by name and by property, and with
// a value that cannot be used.

import assert from "node:assert/strict";
import { LOOK } from "../attribute-looks.mjs";
import { claim } from "../harness.mjs";
import { becomes, hosting, readyElements } from "../hosting.mjs";
import { declaredElement, namesOf } from "../manifest.mjs";

/** @typedef {import("../visit.mjs").VaePlayground} VaePlayground */

/**
 * Each attribute: a value, and what shows in the page that it is followed.
 *
 * @type {Record<string, { value: string, look: (el: VaePlayground) => unknown, wanted: unknown }>}
 */
const LIVE = {
  views: {
    value: "plane digit status",
    look: (el) => [...(el.shadowRoot?.querySelectorAll(".panel") ?? [])].map((n) => n.className),
    wanted: ["panel plane", "panel digit"],
  },
  hide: {
    value: "plane",
    look: (el) => [...(el.shadowRoot?.querySelectorAll(".panel") ?? [])].map((n) => n.className),
    wanted: ["panel digit"],
  },
  weights: { value: "none", look: (el) => el.playground.status.state, wanted: "untrained" },
  preset: { value: "tutorial", look: (el) => el.settings.objective, wanted: "tutorial" },
  seed: { value: "7", look: LOOK.seed, wanted: 7 },
  beta: { value: "2", look: LOOK.beta, wanted: 2 },
  "learning-rate": {
    value: "0.002",
    look: LOOK.learningRate,
    wanted: 0.002,
  },
  "batch-size": { value: "64", look: LOOK.batchSize, wanted: 64 },
  epochs: { value: "3", look: LOOK.epochs, wanted: 3 },
  engine: { value: "cpu", look: LOOK.engine, wanted: "requested" },
  axes: { value: "sigma", look: LOOK.axes, wanted: "sigma" },
  extent: {
    value: "0.5 -1 2",
    look: LOOK.extent,
    wanted: [-1.5, 1, 2.5, -3],
  },
  layers: {
    value: "codes label:3",
    look: LOOK.layers,
    wanted: [false, true, false, false, false, 3],
  },
  "log-steps": { value: "", look: LOOK.logSteps, wanted: true },
  data: {
    value: "three-chunks.json",
    look: async (el) => {
      await el.train({ steps: 1 });
      return el.metrics.stepsPerEpoch;
    },
    wanted: Math.floor(5000 / 64),
  },
  model: { value: "a", look: LOOK.model, wanted: "a" },
  lang: { value: "zh", look: (el) => el.playground.language, wanted: "zh" },
  autoplay: {
    value: "",
    look: (el) => ["fetching", "warming", "training"].includes(el.playground.status.state),
    wanted: true,
  },
};

/** @param {import("../visit.mjs").Stage} stage */
export function elementAttributes(stage) {
  const declared = declaredElement(stage);
  return [
    claim("every attribute counts from the start", () => {
      const attributes = Object.entries(LIVE)
        .filter(([name]) => name !== "autoplay" && name !== "hide")
        .map(([name, { value }]) => `${name}="${value}"`);
      const markup = `<vae-playground ${attributes.join(" ")}></vae-playground>`;
      return hosting(stage, { markup }, async (visit) => {
        const [el] = await readyElements(visit);
        await el.evaluate((el) => el.playground.connect());
        for (const [name, { look, wanted }] of Object.entries(LIVE)) {
          if (name === "autoplay" || name === "hide" || name === "data") continue;
          await becomes(visit.page, name, look, wanted, /** @type {any} */ (el));
        }
        assert.equal(await el.evaluate(/** @type {any} */ (LIVE.data.look)), LIVE.data.wanted);
      });
    }),

    claim("every attribute can change while it runs, by name and by property", () =>
      hosting(stage, { markup: "<vae-playground></vae-playground>" }, async (visit) => {
        const { page } = visit;
        assert.deepEqual(Object.keys(LIVE).sort(), namesOf(declared.attributes));
        const [el] = await readyElements(visit);
        for (const [name, { value, look, wanted }] of Object.entries(LIVE)) {
          await el.evaluate((el, name, value) => el.setAttribute(name, value), name, value);
          await el.evaluate((el) => el.playground.status); // a turn, in which it is followed
          if (name === "model") await el.evaluate((el) => el.loaded);
          await becomes(page, name, look, wanted, /** @type {any} */ (el));
        }
        await el.evaluate((el) => el.pause());
        const properties = await el.evaluate((el) => {
          Object.assign(el, { autoplay: false, beta: 3, views: ["digit"], hide: null, seed: null });
          Object.assign(el, { extent: [0, 1, 3], layers: [], logSteps: false });
          const { autoplay, beta, views, hide, seed, learningRate, batchSize } = el;
          const { extent, layers, logSteps } = el;
          const names = ["autoplay", "beta", "views", "hide", "seed", "extent", "layers"];
          const texts = names.map((name) => el.getAttribute(name));
          const look = { extent, layers, logSteps };
          return { autoplay, beta, views, hide, seed, learningRate, batchSize, ...look, texts };
        });
        const { texts, ...values } = properties;
        assert.deepEqual(texts, [null, "3", "digit", null, null, "0 1 3", ""]);
        assert.deepEqual(values, {
          autoplay: false,
          beta: 3,
          views: ["digit"],
          hide: null,
          seed: null,
          learningRate: 0.002,
          batchSize: 64,
          extent: [0, 1, 3],
          layers: [],
          logSteps: false,
        });
        // Another model was put up.
        const look = (/** @type {VaePlayground} */ el) => el.playground.ready && el.settings.beta;
        await becomes(page, "β", look, 3, /** @type {any} */ (el));
      }),
    ),

    claim("a value that cannot be used leaves the last good one, and is told", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="plane" beta="many"></vae-playground>` },
        async (visit) => {
          const told = await visit.page.evaluateHandle(() => {
            /** @type {unknown[]} */
            const told = [];
            document.addEventListener("error", (event) => {
              const { detail } = /** @type {CustomEvent} */ (/** @type {Event} */ (event));
              if (detail) told.push([detail.code, detail.values.attribute, detail.values.value]);
            });
            return told;
          });
          const [el] = await readyElements(visit);
          const bad = {
            ...{ views: "lesson:nosuch", hide: "everything", weights: "tutorail", preset: "vae" },
            ...{ seed: "-1", beta: "101", "learning-rate": "0", "batch-size": "1.5", epochs: "0" },
            ...{
              engine: "gpu",
              axes: "xy",
              extent: "0 0",
              layers: "heat",
              "log-steps": "2",
              data: "mnist",
              model: "a b",
              lang: "fr",
              autoplay: "no",
            },
          };
          assert.deepEqual(Object.keys(bad).sort(), namesOf(declared.attributes));
          const { before, after } = await el.evaluate(async (el, bad) => {
            const before = JSON.stringify([el.values, el.settings]);
            for (const [name, value] of Object.entries(bad)) el.setAttribute(name, value);
            await new Promise((resolve) => setTimeout(resolve, 100));
            return { before, after: JSON.stringify([el.values, el.settings]) };
          }, bad);
          assert.equal(after, before);
          const expected = [["beta", "many"], ...Object.entries(bad)];
          assert.deepEqual(
            await told.jsonValue(),
            expected.map(([name, value]) => ["bad-attribute", name, value]),
          );
        },
      ),
    ),

    claim("a refusal is told in the page's language, and says the value once", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="plane" lang="zh" learning-rate="2"></vae-playground>` },
        async (visit) => {
          await readyElements(visit);
          await visit.page.waitForSelector("vae-playground >>> .alert:popover-open");
          const told = await visit.page.$eval(
            "vae-playground >>> .alert [role=alert]",
            (node) => node.textContent,
          );
          assert.equal(
            told,
            "“learning-rate”不能设为“2”，因此保持原来的值。可用的值：大于 0 且不超过 1 的数。",
          );
        },
      ),
    ),

    claim("an image is chosen by property, before the model is there and after", () =>
      hosting(stage, { markup: "<vae-playground></vae-playground>" }, async (visit) => {
        const chosen = await visit.page.evaluate(async () => {
          const el = /** @type {any} */ (document.querySelector("vae-playground"));
          const before = el.image;
          el.image = 3;
          await el.ready;
          await null;
          const early = [el.image, el.latent.join() === el.playground.posterior.mean.join()];
          el.image = 7;
          el.latent = [1, 2];
          const late = [el.image, el.latent.join()];
          el.image = null;
          let code = "";
          try {
            el.image = 10;
          } catch (error) {
            code = /** @type {any} */ (error).code;
          }
          return { before, early, late, none: [el.image, el.playground.posterior], code };
        });
        assert.deepEqual(chosen, {
          ...{ before: null, early: [3, true], late: [7, "1,2"], none: [null, null] },
          code: "bad-setting",
        });
      }),
    ),

    claim("another engine goes on from where the one before was", () =>
      hosting(
        stage,
        { markup: `<vae-playground weights="none" views="loss"></vae-playground>` },
        async (visit) => {
          const [el] = await readyElements(visit);
          const { steps, reason, step } = await el.evaluate(async (el) => {
            const run = el.train({ steps: 60 });
            while (el.metrics.step < 10) await new Promise((resolve) => setTimeout(resolve, 10));
            el.engine = "cpu";
            const { steps } = await run;
            return { steps, reason: el.engineInfo?.reason, step: el.metrics.step };
          });
          assert.deepEqual({ steps, reason, step }, { steps: 60, reason: "requested", step: 60 });
        },
      ),
    ),
  ];
}
