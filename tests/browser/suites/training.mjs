// Training real MNIST in the page on the CPU engine.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { DIGIT, bestOfFive, hearErrors, look } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** The promise for the shipped weights, one sample an image. */
const ELBO_TEST_TOTAL = 21.3;
const PAUSE_MS = 100;

/** @param {import("../visit.mjs").Stage} stage */
export function training(stage) {
  return [
    claim("from random weights 30 steps of MNIST make the loss fall, in nats an image", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        const digit = await look(visit, DIGIT);
        const { first, last, metrics, events } = await visit.element.evaluate(async (el) => {
          /** @type {Set<string>} */
          const events = new Set();
          for (const name of ["progress", "step", "enginechange", "error"]) {
            el.addEventListener(name, () => events.add(name));
          }
          const first = await el.train({ steps: 5 });
          const last = await el.train({ steps: 25 });
          return { first, last, metrics: el.metrics, events: [...events] };
        });
        assert.equal(first.steps + last.steps, 30);
        assert.equal(metrics.step, 30);
        assert.equal(metrics.stepsPerEpoch, Math.floor(55_000 / 128), "whole batches of 128");
        // An untrained decoder restores nothing: about 54 nats an image at ½ Σ x².
        assert(
          first.loss.total > 35 && first.loss.total < 200,
          `${first.loss.total} nats at first`,
        );
        assert(
          last.loss.total < 0.85 * first.loss.total,
          `${first.loss.total} → ${last.loss.total}`,
        );
        const { total, reconstruction, kl } = last.loss;
        assert(Math.abs(total - reconstruction - kl) < 1e-3 * total, "total = reconstruction + KL");
        assert(kl >= 0 && metrics.history.length > 0);
        assert.deepEqual(events.sort(), ["progress", "step"]);
        assert.notEqual((await look(visit, DIGIT)).print, digit.print, "the digit did not follow");
      }),
    ),
    claim("two runs from one seed have the same losses, and another seed has others", () =>
      visiting(stage, { query: "?weights=none" }, async ({ element }) => {
        const runs = await element.evaluate(async (el) => {
          const runs = [];
          for (const seed of [3, 3, 4]) {
            await el.reset({ seed, weights: "none" });
            const { loss } = await el.train({ steps: 20 });
            runs.push({ ...loss, pixels: el.decode([0.5, -0.5]).join() });
          }
          return runs;
        });
        const [once, again, other] = runs;
        assert(again.pixels === once.pixels, "the decoded pixels differ");
        // The mean is taken over as many steps as each read came to, and each is told in nine digits.
        for (const term of /** @type {const} */ (["total", "reconstruction", "kl"])) {
          assert(Math.abs(again[term] - once[term]) <= 1e-8 * once.total, `${term} differs`);
        }
        assert(other.pixels !== once.pixels, "another seed came to the same");
      }),
    ),
    claim("step() makes one step and epoch counting goes on from there", () =>
      visiting(stage, { query: "?weights=none" }, async ({ element }) => {
        const [one, three] = await element.evaluate(async (el) => [
          (await el.step()).steps,
          (await el.step(2), el.metrics.step),
        ]);
        assert.deepEqual([one, three], [1, 3]);
      }),
    ),
    claim("pausing takes effect within 100 ms or a step, and training goes on from there", () =>
      visiting(stage, { query: "?weights=none" }, async ({ element }) => {
        await element.evaluate((el) => el.train({ steps: 5 }));
        const best = await bestOfFive(PAUSE_MS, async () => {
          const pauses = await element.evaluate(pauseFiveTimes);
          assert(pauses.every(({ steps, still }) => steps > 0 && still));
          const took = pauses.map((pause) => pause.took);
          const told = took.map((ms) => ms.toFixed(0)).join(", ");
          figure(`pause: ${told} ms (limit ${PAUSE_MS} or a step)`);
          // Within a step is in time too, however long a step takes.
          const step = Math.min(...pauses.map(({ millisecondsPerStep }) => millisecondsPerStep));
          return Math.max(...took) <= step ? 0 : Math.max(...took);
        });
        assert(best <= PAUSE_MS, `${best} ms`);
      }),
    ),
    claim("a pause counts from the call of train on, whoever asks for it", () =>
      visiting(stage, { query: "?weights=none" }, async ({ element }) => {
        const cold = await element.evaluate(pauseAtOnce); // no worker is at work yet
        const warm = await element
          .evaluate(async (el) => (await el.step(), 0))
          .then(() => element.evaluate(pauseAtOnce));
        const listening = await element.evaluate(async (el) => {
          const { playground } = el;
          const pause = () => playground.status.state === "training" && el.pause();
          playground.addEventListener("status", pause);
          const { steps } = await el.train({ epochs: 1 });
          playground.removeEventListener("status", pause);
          return steps;
        });
        assert.deepEqual(
          [...cold, ...warm].map(({ steps }) => steps),
          new Array(6).fill(0),
        );
        const slowest = Math.max(...[...cold, ...warm].map(({ took }) => took));
        assert(slowest <= PAUSE_MS, `${slowest} ms`);
        assert.equal(listening, 0);
        assert.equal(await element.evaluate(async (el) => (await el.step()).steps), 1);
      }),
    ),
    claim("a second press on Train anew, before training has begun, is no mistake", () =>
      visiting(stage, {}, async (visit) => {
        const errors = await hearErrors(visit);
        const button = await visit.find("button.train");
        await button.click({ count: 2 });
        await visit.page.waitForFunction((el) => el.metrics.step > 0, {}, visit.element);
        await button.click();
        const rests = (/** @type {any} */ el) => el.playground.status.state === "paused";
        await visit.page.waitForFunction(rests, {}, visit.element);
        assert.deepEqual(await errors(), []);
      }),
    ),
    claim("training twice at once is refused with code busy", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        const code = await visit.element.evaluate(async (el) => {
          const run = el.train({ epochs: 1 });
          const refusal = await el.train({ steps: 1 }).catch((error) => error.code);
          await el.pause();
          await run;
          return refusal;
        });
        assert.equal(code, "busy");
      }),
    ),
    claim("learning rate and β change between steps; what cannot be set is refused", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        const errors = await hearErrors(visit);
        const { step, beta, rate } = await visit.element.evaluate(async (el) => {
          await el.train({ steps: 3 });
          el.settings = { beta: 4, learningRate: 0.002 };
          await el.train({ steps: 3 });
          el.settings = { learningRate: -1 };
          await new Promise((resolve) => setTimeout(resolve, 50));
          return { step: el.metrics.step, beta: el.settings.beta, rate: el.settings.learningRate };
        });
        assert.equal(step, 6);
        assert.equal(beta, 4);
        assert(Math.abs(rate - 0.002) < 1e-8);
        assert.deepEqual(await errors(), ["bad-setting"]);
      }),
    ),
    claim("the shipped ELBO weights come to at most 21.3 nats on the 10,000 test images", () =>
      visiting(stage, {}, async ({ element }) => {
        const test = await element.evaluate((el) => el.evaluate("test"));
        const total = test.reconstruction + test.kl;
        figure(`shipped elbo, test: ${total.toFixed(2)} nats (limit ${ELBO_TEST_TOTAL})`);
        assert(total > 15 && total <= ELBO_TEST_TOTAL, `${total} nats`);
        assert(Math.abs(test.elbo + total) < 1e-3);
        assert(test.reconstructionAtMean < test.reconstruction);
      }),
    ),
  ];
}

/** In the page. @param {import("../visit.mjs").VaePlayground} el */
async function pauseAtOnce(el) {
  const pauses = [];
  for (let i = 0; i < 3; i++) {
    const run = el.train({ epochs: 1 });
    const asked = performance.now();
    await el.pause();
    const took = performance.now() - asked;
    pauses.push({ took, steps: (await run).steps });
  }
  return pauses;
}

/** In the page. @param {import("../visit.mjs").VaePlayground} el */
async function pauseFiveTimes(el) {
  const pauses = [];
  for (let i = 0; i < 5; i++) {
    const run = el.train({ epochs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 600));
    const asked = performance.now();
    await el.pause();
    const took = performance.now() - asked;
    const { steps, millisecondsPerStep } = await run;
    const { step } = el.metrics;
    await new Promise((resolve) => setTimeout(resolve, 100));
    pauses.push({ took, steps, millisecondsPerStep, still: el.metrics.step === step });
  }
  return pauses;
}
