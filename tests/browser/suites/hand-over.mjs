// The GPU gets ready when the reader seems about to train, and relieves the CPU once it is.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { hearErrors } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** Steps between two looks at the losses. */
const STRIDE = 20;
/** In software the GPU takes seconds to get ready, hundreds of steps of the CPU. */
const MOST_STRIDES = 400;
/** Of the losses of the stride over which the engines changed, and of the next: float32 rounding. */
const TOLERANCE = 1e-3;
const PATIENCE_MS = 400_000;

/** @typedef {import("../visit.mjs").Visit} Visit */
/** @typedef {{ total: number, reconstruction: number, kl: number }} Loss */

/**
 * The page on a machine whose GPU is taken for a real one, though it is software.
 *
 * @param {import("../visit.mjs").Stage} stage
 * @param {(visit: Visit) => Promise<void>} act
 */
async function onHardware(stage, act) {
  const kind = /** @type {const} */ ("webgpu");
  stage.site.rewrites.set("www/engine-choice.js", (text) =>
    text.replace("if (found.software)", "if (false)"),
  );
  try {
    await visiting(stage, { kind, query: "?weights=none&seed=1" }, act);
  } finally {
    stage.site.rewrites.clear();
  }
}

/**
 * Trains by strides until WebGPU has done one by itself; the losses of each.
 *
 * @param {Visit} visit
 */
function trainUntilRelieved({ element }) {
  return element.evaluate(
    async (el, stride, most) => {
      /** @type {(string | undefined)[]} */
      const engines = [];
      el.addEventListener("enginechange", () => {
        engines.push(`${el.engineInfo?.kind} ${el.engineInfo?.reason}`);
      });
      /** @type {Loss[]} */
      const losses = [];
      while (losses.length < most) {
        const relieved = el.engineInfo?.kind === "webgpu" && losses.length > 0;
        const { loss, steps } = await el.train({ steps: stride });
        if (steps !== stride) throw new Error(`${steps} steps of ${stride}`);
        losses.push(loss);
        if (relieved) break;
      }
      return { engines, losses, step: el.metrics.step };
    },
    STRIDE,
    MOST_STRIDES,
  );
}

/** In the worker. Its promise resolves when the device has answered for the first time. */
function hearDevice() {
  /** @type {PromiseWithResolvers<void>} */
  const answer = Promise.withResolvers();
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = async function (...wishes) {
    await mapAsync.apply(this, wishes);
    setTimeout(answer.resolve); // after whoever asked
    return undefined;
  };
  return answer;
}

/** @param {import("../visit.mjs").Stage} stage */
export function handOver(stage) {
  const asked = () => stage.site.requests(/pkg\/webgpu\//).length;
  return [
    claim(
      "the CPU trains until the GPU is warm, which goes on from there without a seam",
      () =>
        onHardware(stage, async (visit) => {
          const { page, element } = visit;
          await page.waitForFunction((el) => el.engineInfo, {}, element);
          const errors = await hearErrors(visit);
          const { engines, losses, step } = await trainUntilRelieved(visit);
          assert.deepEqual(engines, ["cpu warming", "webgpu ok"]);
          assert.deepEqual(await errors(), []);
          assert.equal(step, losses.length * STRIDE);
          await visiting(stage, { query: "?engine=cpu&weights=none&seed=1" }, async (other) => {
            const last = await other.element.evaluate(
              async (el, strides, stride) => {
                const losses = [];
                for (let i = 0; i < strides; i++)
                  losses.push((await el.train({ steps: stride })).loss);
                return losses;
              },
              losses.length,
              STRIDE,
            );
            const [ours, theirs] = [losses, last].map((all) => all.slice(-2));
            const apart = ours.map(({ total }, i) => Math.abs(total / theirs[i].total - 1));
            const worst = Math.max(...apart);
            figure(
              `handed over in step ${step - 2 * STRIDE} to ${step - STRIDE}: losses of the two ` +
                `strides from there ${worst.toExponential(1)} off the CPU's at most (limit 1e-3)`,
            );
            assert(worst <= TOLERANCE, `${JSON.stringify(ours)} against ${JSON.stringify(theirs)}`);
          });
        }),
      PATIENCE_MS,
    ),
    claim(
      "the WebGPU module is fetched when the pointer comes over Train, and not before",
      () =>
        onHardware(stage, async (visit) => {
          const { page, element } = visit;
          await page.waitForFunction((el) => el.engineInfo, {}, element);
          const before = asked();
          await visit.frames(10);
          assert.equal(asked(), before, "it was fetched for a reader who only looks");
          const [worker] = page.workers();
          const answered = await worker.evaluateHandle(hearDevice);
          await (await visit.find("button.train")).hover();
          while (asked() < before + 2) await new Promise((resolve) => setTimeout(resolve, 20));
          // Once the device answers, training begins on it.
          await worker.evaluate(({ promise }) => promise, answered);
          const info = await element.evaluate(async (el) => {
            await el.train({ steps: 1 });
            return el.engineInfo;
          });
          assert.deepEqual([info?.kind, info?.reason], ["webgpu", "ok"]);
        }),
      PATIENCE_MS,
    ),
    claim(
      "a GPU that fails while it gets ready is told, and the CPU goes on as if it had not been",
      () =>
        onHardware(stage, async (visit) => {
          const { page, element } = visit;
          await page.waitForFunction((el) => el.engineInfo, {}, element);
          await page.workers()[0].evaluate(() => {
            GPUAdapter.prototype.requestDevice = () => Promise.reject(new Error("it is busy"));
          });
          const errors = await hearErrors(visit);
          await element.evaluate((el) => el.train({ steps: 5 }));
          await page.waitForFunction((el) => el.engineInfo?.reason !== "warming", {}, element);
          const { info, step } = await element.evaluate(async (el) => {
            await el.train({ steps: 5 });
            return { info: el.engineInfo, step: el.metrics.step };
          });
          assert.deepEqual([info?.kind, info?.reason, step], ["cpu", "engine-failed", 10]);
          assert.deepEqual(await errors(), ["engine-replaced"]);
        }),
    ),
    claim("the WebGPU module is fetched when Train has the focus", () =>
      onHardware(stage, async (visit) => {
        await visit.page.waitForFunction((el) => el.engineInfo, {}, visit.element);
        const before = asked();
        await (await visit.find("button.train")).focus();
        while (asked() < before + 2) await new Promise((resolve) => setTimeout(resolve, 20));
      }),
    ),
  ];
}
