// Every key that an address may have, opened once in the whole page and once in a frame's page, and
// what shows there that it is followed.

import assert from "node:assert/strict";
import { LOOK } from "../attribute-looks.mjs";
import { claim } from "../harness.mjs";
import { becomes } from "../hosting.mjs";
import { KEYS } from "../../../www/state.js";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").VaePlayground} VaePlayground */
/** @typedef {{ value: string, look: (el: VaePlayground) => unknown, wanted: unknown }} Key */

/** @type {Record<string, Key>} with a preset's trained weights */
const PRETRAINED = {
  preset: {
    value: "tutorial",
    look: (el) => [el.playground.source, el.settings.objective],
    wanted: ["tutorial", "tutorial"],
  },
  seed: { value: "7", look: LOOK.seed, wanted: 7 },
  beta: { value: "2", look: LOOK.beta, wanted: 2 },
  "learning-rate": {
    value: "0.002",
    look: LOOK.learningRate,
    wanted: 0.002,
  },
  epochs: { value: "3", look: LOOK.epochs, wanted: 3 },
  reconstruction: {
    value: "bernoulli",
    look: (el) => el.settings.reconstruction,
    wanted: "bernoulli",
  },
  engine: { value: "cpu", look: LOOK.engine, wanted: "requested" },
  axes: { value: "sigma", look: LOOK.axes, wanted: "sigma" },
  extent: {
    value: "0.5,-1,2",
    look: LOOK.extent,
    wanted: [-1.5, 1, 2.5, -3],
  },
  layers: {
    value: "codes,numerals,label:3",
    look: LOOK.layers,
    wanted: [false, true, false, false, true, 3],
  },
  "log-steps": { value: "true", look: LOOK.logSteps, wanted: true },
  model: { value: "week-7", look: LOOK.model, wanted: "week-7" },
  image: {
    value: "3",
    look: (el) => [el.image, el.playground.posterior !== null],
    wanted: [3, true],
  },
  z: { value: "0.25,-1", look: (el) => el.latent, wanted: [0.25, -1] },
  lang: { value: "zh", look: () => document.documentElement.lang, wanted: "zh-Hans" },
};

/** @type {Record<string, Key>} from random weights, and training */
const TRAINING = {
  weights: { value: "none", look: (el) => el.playground.source, wanted: "none" },
  hidden: {
    value: "64",
    look: (el) => JSON.parse(el.playground.model.settings()).hidden,
    wanted: 64,
  },
  initialisation: {
    value: "tutorial",
    look: (el) => JSON.parse(el.playground.model.settings()).initialisation,
    wanted: "tutorial",
  },
  "batch-size": { value: "16", look: LOOK.batchSize, wanted: 16 },
  views: {
    value: "plane,digit,log,status",
    look: (el) => [...(el.shadowRoot?.querySelectorAll(".panel") ?? [])].map((n) => n.className),
    wanted: ["panel plane", "panel digit"],
  },
  hide: {
    value: "log",
    look: (el) => el.shadowRoot?.querySelector(".panel.log") ?? null,
    wanted: null,
  },
  data: {
    value: "/elsewhere/three-chunks.json",
    look: (el) => el.metrics.stepsPerEpoch,
    wanted: Math.floor(5000 / 16),
  },
  autoplay: { value: "", look: (el) => el.metrics.step > 0, wanted: true },
};

/** Of a frame's page: the whole one has a switch of its own. @type {Record<string, Key>} */
const OF_FRAMES = {
  theme: { value: "dark", look: (el) => el.playground.theme, wanted: "dark" },
};

/** @param {import("../visit.mjs").Stage} stage */
export function addressKeys(stage) {
  return ["", "embed.html"].map((page) =>
    claim(`every key of an address is followed by ${page || "the whole page"}`, async () => {
      const first = page ? { ...PRETRAINED, ...OF_FRAMES } : PRETRAINED;
      const all = { ...PRETRAINED, ...TRAINING, ...OF_FRAMES };
      assert.deepEqual(Object.keys(all).sort(), [...KEYS].sort());
      for (const keys of [first, TRAINING]) {
        const said = new URLSearchParams(
          Object.entries(keys).map(([name, { value }]) => [name, value]),
        );
        await visiting(stage, { query: `${page}?${said}` }, async (visit) => {
          for (const [name, { look, wanted }] of Object.entries(keys)) {
            await becomes(visit.page, name, look, wanted, /** @type {any} */ (visit.element));
          }
          await visit.element.evaluate((el) => el.pause());
        });
      }
    }),
  );
}
