// What the page and its worker hold in memory, after a full garbage collection, by kind.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** @typedef {import("puppeteer-core").CDPSession} Session */
/** @typedef {import("./visit.mjs").Visit} Visit */
/**
 * Bytes: linear memory of every wasm instance; JS heap with what it holds outside, such as array
 * buffers; buffers alive on the WebGPU device.
 *
 * @typedef {{ wasm: number, js: number, gpu: number }} Memory
 */

const MANIFEST = "data/mnist/manifest.json";
/** For what is sent, measured and encoded after a run's end. */
const SETTLED_MS = 2_000;

/**
 * Has the site serve one training chunk, 5,000 images, and the validation and test images.
 *
 * @param {import("./visit.mjs").Stage} stage
 */
export async function serveOneChunk({ site, repository }) {
  const manifest = JSON.parse(await readFile(join(repository, "www", MANIFEST), "utf8"));
  const isTraining = (/** @type {{ split: string }} */ { split }) => split === "train";
  const first = manifest.chunks.find(isTraining);
  manifest.chunks = manifest.chunks.filter(
    (/** @type {any} */ chunk) => !isTraining(chunk) || chunk === first,
  );
  site.rewrites.set(MANIFEST, () => JSON.stringify(manifest));
}

/**
 * Trains epoch after epoch and measures after those that are named.
 *
 * @param {Visit} visit
 * @param {number[]} epochs counted from the first, rising
 * @returns {Promise<Memory[]>} one for each
 */
export async function memoryAfter(visit, epochs) {
  const { page, element } = visit;
  await page.waitForFunction((el) => el.engineInfo, {}, element);
  await noteDestroyedBuffers(visit);
  const measured = [];
  let done = 0;
  for (const epoch of epochs) {
    await element.evaluate((el, epochs) => el.train({ epochs }), epoch - done);
    done = epoch;
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    measured.push(await memory(visit));
  }
  return measured;
}

/** @param {Memory} memory */
export const sum = ({ wasm, js, gpu }) => wasm + js + gpu;

/** A buffer does not tell that it was destroyed. @param {Visit} visit */
async function noteDestroyedBuffers({ page }) {
  await page.workers()[0].evaluate(() => {
    const destroyed = new WeakSet();
    Object.assign(self, { destroyed });
    if (!("GPUBuffer" in self)) return;
    const { destroy } = GPUBuffer.prototype;
    GPUBuffer.prototype.destroy = function () {
      destroyed.add(this);
      return destroy.call(this);
    };
  });
}

/** Of both threads. @param {Visit} visit @returns {Promise<Memory>} */
async function memory({ page }) {
  const main = await page.createCDPSession();
  const threads = await Promise.all([main, page.workers()[0].client].map(ofThread));
  await main.detach();
  /** @param {keyof Memory} kind */
  const total = (kind) => threads.reduce((sum, thread) => sum + thread[kind], 0);
  return { wasm: total("wasm"), js: total("js"), gpu: total("gpu") };
}

/** @param {Session} session @returns {Promise<Memory>} */
async function ofThread(session) {
  // Twice: what the first run frees may hold more.
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const heap = /** @type {{ usedSize: number, backingStorageSize?: number }} */ (
    await session.send("Runtime.getHeapUsage")
  );
  return {
    js: heap.usedSize + (heap.backingStorageSize ?? 0),
    wasm: await sumOverAlive(session, "WebAssembly.Memory", "({ buffer }) => buffer.byteLength"),
    gpu: await sumOverAlive(
      session,
      "globalThis.GPUBuffer",
      "(buffer) => (globalThis.destroyed?.has(buffer) ? 0 : buffer.size)",
    ),
  };
}

/**
 * Over all objects of a class that are alive in a thread.
 *
 * @param {Session} session
 * @param {string} type an expression
 * @param {string} bytes a function of an object
 * @returns {Promise<number>}
 */
async function sumOverAlive(session, type, bytes) {
  const { result: prototype } = await session.send("Runtime.evaluate", {
    expression: `${type}?.prototype`,
  });
  if (!prototype.objectId) return 0;
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: prototype.objectId,
  });
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: `function () { return this.map(${bytes}).reduce((a, b) => a + b, 0); }`,
    returnByValue: true,
  });
  await session.send("Runtime.releaseObject", { objectId: objects.objectId ?? "" });
  return result.value;
}
