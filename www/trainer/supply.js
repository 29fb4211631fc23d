// The manifest and its chunks, and how much of them is here.

import { openChunkCache } from "../chunk-cache.js";
import { ChunkLoader, alone } from "../data.js";

/** @typedef {import("../data.js").Chunk} Chunk */
/** @typedef {import("../data.js").Manifest} Manifest */
/** @typedef {import("../protocol.js").Progress} Progress */

/** How often progress is told. */
const TELL_MS = 100;

export class Supply {
  /** @type {Promise<Manifest> | null} */
  #manifest = null;
  /** @type {Promise<ChunkLoader>} */
  #loader;
  /** @type {Map<string, { bytes: number, images: number }>} by file */
  #here = new Map();
  /** Under way, for two engines may want the same at once. @type {Map<string, Promise<Uint8Array>>} */
  #loading = new Map();
  #totalBytes = 0;
  #told = 0;

  /**
   * @param {import("../core.js").Core} core
   * @param {import("./floor.js").Floor} floor
   * @param {string | null} data address of another manifest than MNIST's
   * @param {(progress: Progress) => void} tell
   */
  constructor(core, floor, data, tell) {
    this.tell = tell;
    /** @param {Uint8Array} inflated @param {Chunk} chunk */
    const verify = (inflated, { sha256, count, file }) =>
      core.openChunk(inflated, sha256, count, file);
    const manifest = data ? new URL(data) : null;
    /** @type {<T>(work: () => Promise<T>) => Promise<T>} */
    const turn = (work) => floor.interrupt(work);
    this.#loader = openChunkCache().then(
      (cache) => new ChunkLoader({ cache, verify, turn, alone, manifest }),
    );
  }

  manifest() {
    this.#manifest ??= this.#loader.then((loader) => loader.manifest());
    this.#manifest.then(
      ({ chunks }) => (this.#totalBytes = chunks.reduce((sum, { bytes }) => sum + bytes, 0)),
      () => (this.#manifest = null), // asked again next time
    );
    return this.#manifest;
  }

  /** @param {Chunk["split"]} split @returns {Promise<Chunk[]>} in the manifest's order */
  async chunks(split) {
    return (await this.manifest()).chunks.filter((chunk) => chunk.split === split);
  }

  /** @param {Chunk} chunk @returns {Promise<Uint8Array>} inflated and verified */
  load(chunk) {
    const { file } = chunk;
    let loading = this.#loading.get(file);
    if (!loading) {
      loading = this.#load(chunk).finally(() => this.#loading.delete(file));
      this.#loading.set(file, loading);
    }
    return loading;
  }

  /** @param {Chunk} chunk */
  async #load(chunk) {
    const loader = await this.#loader;
    const known = this.#here.get(chunk.file);
    const inflated = await loader.load(chunk, (bytes) => {
      if (known?.images) return; // here before, loaded again for another trainer
      this.#here.set(chunk.file, { bytes, images: 0 });
      this.#tellSometimes();
    });
    this.#here.set(chunk.file, { bytes: chunk.bytes, images: chunk.count });
    this.#tellNow();
    return inflated;
  }

  #tellSometimes() {
    if (performance.now() - this.#told >= TELL_MS) this.#tellNow();
  }

  #tellNow() {
    this.#told = performance.now();
    let [loadedBytes, images] = [0, 0];
    for (const file of this.#here.values()) {
      loadedBytes += file.bytes;
      images += file.images;
    }
    this.tell({ loadedBytes, totalBytes: this.#totalBytes, images });
  }
}
