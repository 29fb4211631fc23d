// MNIST's chunks, from the network or from the last visit: downloaded, inflated, verified,
// retried, kept. Runs in the worker. What a chunk holds is core's business (src/data/).

import { download } from "./download.js";
import { PlaygroundError, describe } from "./errors.js";
import { locate } from "./files.js";
import { inflate } from "./inflate.js";

/** @typedef {import("./chunk-cache.js").ChunkCache} ChunkCache */

/**
 * @typedef {object} Chunk
 * @property {string} file
 * @property {"train" | "validation" | "test"} split
 * @property {number} count images
 * @property {number} bytes as stored, gzip
 * @property {number} inflatedBytes
 * @property {string} sha256 of the inflated bytes, hex
 */

/** @typedef {{ version: number, name: string, chunks: Chunk[] }} Manifest */
/** @typedef {(loaded: number) => void} OnBytes */

/** Two retries; long enough for a dropped Wi-Fi to come back, short enough to keep a reader. */
const BACK_OFF_MS = [500, 2_000];

const MNIST = "data/mnist/";

export class ChunkLoader {
  #manifest;

  /**
   * @param {object} parts
   * @param {ChunkCache} parts.cache
   * @param {(inflated: Uint8Array, chunk: Chunk) => void} parts.verify throws what is wrong
   * @param {<T>(work: () => Promise<T>) => Promise<T>} [parts.turn] grants the thread to inflating
   *   and verifying, some 50 ms a chunk
   * @param {<T>(key: string, work: () => Promise<T>) => Promise<T>} [parts.alone] keeps other workers
   *   from the same work meanwhile
   * @param {URL | null} [parts.manifest] of other images than MNIST's; the chunks lie beside it
   * @param {typeof globalThis.fetch} [parts.fetch]
   * @param {(ms: number) => Promise<void>} [parts.sleep]
   */
  constructor({
    cache,
    verify,
    turn = (work) => work(),
    alone = (_, work) => work(),
    manifest = null,
    fetch,
    sleep = wait,
  }) {
    this.cache = cache;
    this.verify = verify;
    this.turn = turn;
    this.alone = alone;
    this.#manifest = manifest;
    this.fetch = fetch;
    this.sleep = sleep;
  }

  /** The list of chunks; the last visit's where the network fails. @returns {Promise<Manifest>} */
  async manifest() {
    const url = this.#manifest ?? locate(`${MNIST}manifest.json`);
    const file = nameOf(url);
    try {
      const bytes = await this.#retry((cache) =>
        download(url, { file, code: "manifest", cache, fetch: this.fetch }),
      );
      const manifest = parseManifest(bytes, file);
      await this.cache.put(url.href, bytes);
      return manifest;
    } catch (error) {
      const kept = await this.cache.get(url.href);
      if (kept) return parseManifest(kept, file);
      throw error;
    }
  }

  /**
   * One chunk, inflated and verified. Whoever wants the same one meanwhile finds it kept.
   *
   * @param {Chunk} chunk
   * @param {OnBytes} onBytes
   */
  load(chunk, onBytes) {
    const { file } = chunk;
    const url = this.#manifest ? new URL(file, this.#manifest) : locate(MNIST + file);
    const key = `${url.href}?sha256=${chunk.sha256}`;
    return this.alone(key, () => this.#load(chunk, onBytes, url, key));
  }

  /** @param {Chunk} chunk @param {OnBytes} onBytes @param {URL} url @param {string} key */
  async #load(chunk, onBytes, url, key) {
    const kept = await this.cache.get(key);
    if (kept) {
      try {
        const inflated = await this.#open(kept, chunk);
        onBytes(chunk.bytes);
        return inflated;
      } catch {
        await this.cache.drop(key); // damaged on disk; the network has it still
      }
    }
    const { file, bytes: expected } = chunk;
    const options = { file, code: "chunk-fetch", expected, onBytes, fetch: this.fetch };
    return this.#retry(async (cache) => {
      const bytes = await download(url, { ...options, cache });
      const inflated = await this.#open(bytes, chunk);
      await this.cache.put(key, bytes);
      return inflated;
    });
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes @param {Chunk} chunk */
  #open(bytes, chunk) {
    return this.turn(async () => {
      const inflated = await inflate(bytes, chunk.file, "chunk-checksum");
      try {
        this.verify(inflated, chunk);
      } catch (error) {
        const { code, message } = describe(error, "chunk-format");
        throw new PlaygroundError(code, message, {
          file: chunk.file,
          got: inflated.length,
          expected: chunk.inflatedBytes,
        });
      }
      return inflated;
    });
  }

  /**
   * Again past the browser's own cache, which may be what holds the damaged bytes.
   *
   * @template T
   * @param {(cache: RequestCache) => Promise<T>} attempt
   * @returns {Promise<T>}
   */
  async #retry(attempt) {
    /** @type {RequestCache} */
    let cache = "default";
    for (const pause of BACK_OFF_MS) {
      try {
        return await attempt(cache);
      } catch {
        await this.sleep(pause);
        cache = "reload";
      }
    }
    return attempt(cache);
  }
}

/**
 * One worker of this site at a time; at once where there are no locks (as for the Cache API, an
 * address that is neither https nor localhost).
 *
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function alone(key, work) {
  const { locks } = navigator;
  return locks ? locks.request(`vae-playground ${key}`, work) : work();
}

/** @param {URL} url */
function nameOf({ pathname }) {
  return pathname.slice(pathname.lastIndexOf("/") + 1);
}

/** @param {Uint8Array} bytes @param {string} file @returns {Manifest} */
function parseManifest(bytes, file) {
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes));
    if (manifest.version === 1 && Array.isArray(manifest.chunks)) return manifest;
  } catch {
    // not JSON: said below
  }
  const message = `${file} is not a list of chunks this page can read`;
  throw new PlaygroundError("manifest", message, { file });
}

/** @param {number} ms @returns {Promise<void>} */
function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
