// Training on WebGPU, in software: what it computes, and what happens when the device is lost.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { hearErrors } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** Of the summed losses: both engines draw the same ε, float32 sums differ in their order. */
const TOLERANCE = 1e-3;
const STEPS = 20;
/** Steps between two looks at the losses: a look costs a read and a snapshot. */
const STRIDE = 5;
/** In software a step takes a tenth of a second, and more on a busy machine. */
const PATIENCE_MS = 400_000;

/** @typedef {{ total: number, reconstruction: number, kl: number }} Loss */

/** @param {import("../visit.mjs").Visit} visit @returns {Promise<Loss[]>} means of each stride */
function lossesOfSteps({ element }) {
  return element.evaluate(
    async (el, strides, steps) => {
      const losses = [];
      for (let i = 0; i < strides; i++) losses.push((await el.train({ steps })).loss);
      return losses;
    },
    STEPS / STRIDE,
    STRIDE,
  );
}

/** @param {import("../visit.mjs").Stage} stage */
export function webgpu(stage) {
  const kind = /** @type {const} */ ("webgpu");
  return [
    claim(
      "20 steps on WebGPU agree with the CPU engine's losses to 1e-3",
      async () => {
        /** @type {Record<string, Loss[]>} */
        const losses = {};
        for (const engine of ["cpu", "webgpu"]) {
          const query = `?engine=${engine}&weights=none&seed=1`;
          await visiting(stage, { kind, query }, async (visit) => {
            losses[engine] = await lossesOfSteps(visit);
            const { info, warmup } = await visit.element.evaluate((el) => ({
              info: el.engineInfo,
              warmup: el.playground.status.warmupSeconds,
            }));
            assert.equal(info?.kind, engine);
            if (engine === "cpu") return;
            assert.equal(info?.software, true);
            assert.equal(info?.reason, "requested");
            figure(`WebGPU (SwiftShader): warm-up ${warmup.toFixed(1)} s`);
          });
        }
        let worst = 0;
        losses.webgpu.forEach((loss, stride) => {
          for (const term of /** @type {const} */ (["total", "reconstruction", "kl"])) {
            const ours = losses.cpu[stride][term];
            // KL begins near 0, where only its share of the total can be compared.
            const difference = Math.abs(loss[term] - ours) / Math.max(ours, 1);
            worst = Math.max(worst, difference);
            const told = `up to step ${(stride + 1) * STRIDE}, ${term}: WebGPU ${loss[term]}, CPU ${ours}`;
            assert(difference <= TOLERANCE, told);
          }
        });
        figure(
          `WebGPU against CPU over ${STEPS} steps: ${worst.toExponential(1)} at most (limit 1e-3)`,
        );
      },
      PATIENCE_MS,
    ),
    claim("a software adapter is declined where nobody asks for it", () =>
      visiting(stage, { kind, query: "?weights=none" }, async ({ element }) => {
        const info = await element.evaluate(async (el) => (await el.step(), el.engineInfo));
        assert.deepEqual([info?.kind, info?.software, info?.reason], ["cpu", true, "software"]);
        assert.match(info?.adapter ?? "", /swiftshader/i);
      }),
    ),
    claim("?engine=cpu takes the CPU where there is WebGPU", () =>
      visiting(stage, { kind, query: "?engine=cpu&weights=none" }, async ({ element }) => {
        const info = await element.evaluate(async (el) => (await el.step(), el.engineInfo));
        assert.deepEqual([info?.kind, info?.reason], ["cpu", "requested"]);
      }),
    ),
    claim(
      "a lost device is told, and training goes on on the CPU from the last checkpoint",
      () =>
        visiting(stage, { kind, query: "?engine=webgpu&weights=none" }, async (visit) => {
          const { page, element } = visit;
          await page.waitForFunction((el) => el.engineInfo, {}, element);
          await page.workers()[0].evaluate(() => {
            const { requestDevice } = GPUAdapter.prototype;
            GPUAdapter.prototype.requestDevice = async function (...wishes) {
              const device = await requestDevice.apply(this, wishes);
              Object.assign(self, { device });
              return device;
            };
          });
          const errors = await hearErrors(visit);
          await element.evaluate((el) => el.train({ steps: 2 }));
          await page.workers()[0].evaluate(() => /** @type {any} */ (self).device.destroy());
          const { steps, info, digit } = await element.evaluate(async (el) => {
            const { steps } = await el.train({ steps: 5 });
            return { steps, info: el.engineInfo, digit: [...el.decode([0, 0])] };
          });
          assert.equal(steps, 5);
          assert.deepEqual([info?.kind, info?.reason], ["cpu", "device-lost"]);
          assert.deepEqual(await errors(), ["engine-lost"]);
          assert(digit.every(Number.isFinite));
        }),
      PATIENCE_MS,
    ),
    claim("a site without the WebGPU module trains on the CPU and says why", () =>
      visiting(stage, { kind, query: "?engine=webgpu&weights=none" }, async (visit) => {
        visit.expect(/webgpu|404/);
        stage.site.faults.set("webgpu/vae_playground.js", "missing");
        const errors = await hearErrors(visit);
        const info = await visit.element.evaluate(async (el) => (await el.step(), el.engineInfo));
        assert.deepEqual([info?.kind, info?.reason], ["cpu", "module-missing"]);
        assert.deepEqual(await errors(), ["webgpu-missing"]);
      }),
    ),
  ];
}
