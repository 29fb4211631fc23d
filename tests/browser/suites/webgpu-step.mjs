// What a step on WebGPU asks of the device, counted where the browser takes it, and how long it takes
// in software beside jax-js's in the same browser. Counts carry over to a GPU, milliseconds do not.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { median, openPeer } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** What a step may ask for when all is warm. */
const LIMITS = { dispatches: 10, submits: 1 / 8, bytes: 64, pipelines: 0, reads: 1 / 8 };
/** With those before them fewer than the 39 of an epoch of one chunk, whose order is uploaded. */
const [WARM, COUNTED] = [4, 32];
/** Steps a turn, and turns, against jax-js. */
const [STEPS, TURNS] = [16, 3];
/** Of jax-js's step: a guard against losing what was won. The aim is 0.6. */
const MOST_OF_JAX = 1.5;
const PATIENCE_MS = 300_000;

/** @typedef {Record<keyof typeof LIMITS, number>} Counts */
/** @typedef {{ milliseconds: number, total: number, counts: Counts }} Turn */

/** @param {import("../visit.mjs").Stage} stage */
export function webgpuStep(stage) {
  return [
    claim(
      "a step on WebGPU is ten dispatches at most, shares its submit with seven, and uploads nothing",
      () =>
        visiting(stage, { kind: "webgpu", query: "?engine=cpu" }, async ({ page }) => {
          const train = await openTrainer(stage, page);
          await train(WARM);
          const { counts } = await train(COUNTED);
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
          const began = performance.now();
          const train = await openTrainer(stage, page);
          await train(1);
          figure(
            `WebGPU, to the first step's losses: ${(performance.now() - began).toFixed(0)} ms`,
          );
          const peer = await page.browserContext().newPage();
          const trainPeer = await openPeer(stage, peer, "webgpu");
          const rounds = [];
          for (let turn = 0; turn < TURNS; turn++) {
            await page.bringToFront();
            const { milliseconds, total } = await train(STEPS);
            await peer.bringToFront();
            const theirs = await trainPeer(STEPS);
            rounds.push({ ours: milliseconds / STEPS, theirs: theirs.millisecondsPerStep });
            const apart = Math.abs(total / theirs.loss - 1);
            assert(apart < 0.1, `ours came to ${total}, jax-js to ${theirs.loss}`);
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

/**
 * The webgpu module's own trainer, on a page of the site, with everything it asks of the device
 * counted.
 *
 * @param {import("../visit.mjs").Stage} stage
 * @param {import("puppeteer-core").Page} page
 * @returns {Promise<(steps: number) => Promise<Turn>>}
 */
async function openTrainer({ site }, page) {
  const trainer = await page.evaluateHandle(
    prepare,
    site.address("pkg/webgpu/vae_playground.js"),
    site.address("www/data/mnist/train-01.bin.gz"),
  );
  return (steps) => trainer.evaluate((train, steps) => train(steps), steps);
}

/** In the page. @param {string} module @param {string} chunk @returns {Promise<(steps: number) => Promise<Turn>>} */
async function prepare(module, chunk) {
  const counts = { dispatches: 0, submits: 0, bytes: 0, pipelines: 0, reads: 0 };
  /**
   * @param {any} type
   * @param {string} name
   * @param {(...args: any[]) => void} count
   */
  const watch = ({ prototype }, name, count) => {
    const method = prototype[name];
    /** @param {any[]} args */
    prototype[name] = function (...args) {
      count(...args);
      return method.apply(this, args);
    };
  };
  watch(GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++);
  watch(GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => counts.dispatches++);
  watch(GPUQueue, "submit", () => counts.submits++);
  watch(GPUQueue, "writeBuffer", (_buffer, _at, data, _from, size) => {
    counts.bytes += size ?? data.byteLength;
  });
  watch(GPUDevice, "createComputePipeline", () => counts.pipelines++);
  watch(GPUBuffer, "mapAsync", () => counts.reads++);

  const { default: load, Trainer } = await import(module);
  await load({ module_or_path: module.replace(/\.js$/, "_bg.wasm") });
  const trainer = await Trainer.create(JSON.stringify({ seed: 1 }), undefined);
  const { body } = await fetch(chunk);
  if (!body) throw new Error(`${chunk} is empty`);
  const inflated = new Response(body.pipeThrough(new DecompressionStream("gzip")));
  trainer.expectChunks(new Uint32Array([5_000]));
  trainer.addChunk(new Uint8Array(await inflated.arrayBuffer()), chunk);
  await trainer.warmUp();

  return async (steps) => {
    for (const name of /** @type {(keyof typeof counts)[]} */ (Object.keys(counts)))
      counts[name] = 0;
    const began = performance.now();
    for (let taken = 0; taken < steps;) taken += trainer.run(steps - taken);
    const { total } = JSON.parse(await trainer.read());
    return { milliseconds: performance.now() - began, total, counts: { ...counts } };
  };
}
