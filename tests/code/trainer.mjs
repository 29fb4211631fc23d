// This project's own training without a browser: the core module in Node, on MNIST from the
// repository.

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** @typedef {import("../../www/protocol.js").Settings} Settings */
/** @typedef {import("../../www/data.js").Chunk} Chunk */
/** Means per image in nats. @typedef {{ reconstruction: number, kl: number }} Losses */

const MNIST = new URL("../../www/data/mnist/", import.meta.url);

/** @param {URL} folder `pkg/core/`, of the repository or of a site */
export async function openCore(folder) {
  const core = await import(new URL("vae_playground.js", folder).href);
  const wasm = await readFile(new URL("vae_playground_bg.wasm", folder));
  await core.default({ module_or_path: wasm });
  return /** @type {import("../../www/core.js").Core} */ (core);
}

/** @param {Chunk["split"]} split @returns {Promise<(Chunk & { content: Uint8Array })[]>} */
export async function readChunks(split) {
  const manifest = JSON.parse(await readFile(new URL("manifest.json", MNIST), "utf8"));
  const chunks = /** @type {Chunk[]} */ (manifest.chunks).filter((chunk) => chunk.split === split);
  return Promise.all(
    chunks.map(async (chunk) => ({
      ...chunk,
      content: gunzipSync(await readFile(new URL(chunk.file, MNIST))),
    })),
  );
}

/**
 * One epoch: the mean losses on the way, and those of the test images at its end.
 *
 * @param {import("../../www/core.js").Core} core
 * @param {Settings} settings
 * @returns {Promise<{ epoch: Losses, test: Losses }>}
 */
export async function trainOneEpoch(core, settings) {
  const trainer = await core.Trainer.create(JSON.stringify(settings), undefined);
  const chunks = await readChunks("train");
  trainer.expectChunks(Uint32Array.from(chunks, ({ count }) => count));
  for (const { content, file } of chunks) trainer.addChunk(content, file);
  while (trainer.epoch === 0) trainer.run(trainer.stepsReady);
  const epoch = JSON.parse(await trainer.read());

  const model = core.Model.untrained(JSON.stringify(settings));
  model.setWeights(await trainer.weights());
  const images = new core.Images();
  for (const { content, file } of await readChunks("test")) images.addChunk(content, file);
  const evaluation = new core.Evaluation();
  evaluation.advance(model, images, images.count);
  return { epoch, test: JSON.parse(evaluation.finish(model)) };
}
