// What a step on WebGPU asks of the device, counted where the browser takes it, and how long it takes
// in software beside jax-js's in the same browser. Counts carry over to a GPU, milliseconds do not.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { CONTESTANTS, openContestant } from "../../../bench/contestants.mjs";
import { median } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** What a step may ask for when all is warm. */
const LIMITS = { dispatches: 10, submits: 1 / 8, bytes: 64, pipelines: 0, reads: 1 / 8 };
/** With those before them fewer than the 39 of an epoch of one chunk, whose order is uploaded. */
const [WARM, COUNTED] = [4, 32];
/** Steps a turn, and turns, against jax-js. */
const [STEPS, TURNS] = [16, 3];
/** Of jax-js's step: a guard against losing what was won. The aim is 0.6. */
const MOST_OF_JAX = 1;
const PATIENCE_MS = 300_000;

/** @typedef {import("../../../bench/contestants/counts.mjs").Counts} Counts */

/** @param {import("../visit.mjs").Stage} stage */
export function webgpuStep(stage) {
  return [
    claim(
      "a step on WebGPU is ten dispatches at most, shares its submit with seven, and uploads nothing",
      () =>
        visiting(stage, { kind: "webgpu", query: "?engine=cpu" }, async ({ page }) => {
          const ours = await openContestant(stage.site, page, CONTESTANTS.webgpu);
          await ours.turn(WARM);
          const { counts } = await ours.turn(COUNTED);
          const told = Object.entries(counts).map(([name, count]) => `${count / COUNTED} ${name}`);
          figure(`a step on WebGPU: ${told.join(", ")}, over ${COUNTED} steps`);
          for (const name of /** @type {(keyof Counts)[]} */ (Object.keys(LIMITS))) {
            assert(counts[name] <= LIMITS[name] * COUNTED, `${counts[name]} ${name}`);
          }
        }),
      PATIENCE_MS,
    ),
    claim(
      "a step on WebGPU beside jax-js's, in software",
      () =>
        visiting(stage, { kind: "webgpu", query: "?engine=cpu" }, async ({ page }) => {
          const ours = await openContestant(stage.site, page, CONTESTANTS.webgpu);
          const first = ours.firstStep.milliseconds;
          figure(`WebGPU, from the module to the first step's losses: ${first.toFixed(0)} ms`);
          const peer = await page.browserContext().newPage();
          const jax = await openContestant(stage.site, peer, CONTESTANTS.jaxWebgpu);
          const rounds = [];
          for (let turn = 0; turn < TURNS; turn++) {
            await page.bringToFront();
            const our = await ours.turn(STEPS);
            await peer.bringToFront();
            const their = await jax.turn(STEPS);
            rounds.push({ ours: our.milliseconds / STEPS, theirs: their.milliseconds / STEPS });
            const apart = Math.abs(our.loss / their.loss - 1);
            assert(apart < 0.1, `ours came to ${our.loss}, jax-js to ${their.loss}`);
          }
          const ratio = median(rounds.map(({ ours, theirs }) => ours / theirs));
          figure(
            `a step on SwiftShader: ours ${median(rounds.map(({ ours }) => ours)).toFixed(0)} ms, ` +
              `jax-js webgpu ${median(rounds.map(({ theirs }) => theirs)).toFixed(0)} ms, ` +
              `ratio ${ratio.toFixed(2)} (median of ${TURNS} × ${STEPS} steps)`,
          );
          assert(ratio <= MOST_OF_JAX, `${ratio}`);
        }),
      PATIENCE_MS,
    ),
  ];
}
