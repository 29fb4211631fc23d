// Each attribute of <vae-playground>: from the start, while it runs, by name and by property, and with
// a value that cannot be used.

import assert from "node:assert/strict";
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
  seed: { value: "7", look: (el) => el.settings.seed, wanted: 7 },
  beta: { value: "2", look: (el) => el.settings.beta, wanted: 2 },
  "learning-rate": {
    value: "0.002",
    look: (el) => Number(el.settings.learningRate.toPrecision(6)),
    wanted: 0.002,
  },
  "batch-size": { value: "64", look: (el) => el.settings.batchSize, wanted: 64 },
  epochs: { value: "3", look: (el) => el.settings.epochs, wanted: 3 },
  engine: { value: "cpu", look: (el) => el.engineInfo?.reason, wanted: "requested" },
  axes: { value: "sigma", look: (el) => el.playground.plane.axes, wanted: "sigma" },
  data: {
    value: "three-chunks.json",
    look: async (el) => {
      await el.train({ steps: 1 });
      return el.metrics.stepsPerEpoch;
    },
    wanted: Math.floor(5000 / 64),
  },
  model: { value: "a", look: (el) => el.model, wanted: "a" },
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
          const { autoplay, beta, views, hide, seed, learningRate, batchSize } = el;
          const texts = ["autoplay", "beta", "views", "hide", "seed"].map((name) =>
            el.getAttribute(name),
          );
          return { autoplay, beta, views, hide, seed, learningRate, batchSize, texts };
        });
        const { texts, ...values } = properties;
        assert.deepEqual(texts, [null, "3", "digit", null, null]);
        assert.deepEqual(values, {
          autoplay: false,
          beta: 3,
          views: ["digit"],
          hide: null,
          seed: null,
          learningRate: 0.002,
          batchSize: 64,
        });
        await becomes(page, "β", (el) => el.settings.beta, 3, /** @type {any} */ (el));
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
            ...{ views: "plain", hide: "everything", weights: "tutorail", preset: "vae" },
            ...{ seed: "-1", beta: "101", "learning-rate": "0", "batch-size": "1.5", epochs: "0" },
            ...{
              engine: "gpu",
              axes: "xy",
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
