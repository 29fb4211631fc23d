// One file over fetch, streamed: byte progress, a watchdog for dead connections, and errors that
// say what was missing.

import { PlaygroundError, describe } from "./errors.js";
import { isGzip } from "./inflate.js";

/** A connection that says nothing for so long is taken for dead. */
const STALL_MS = 20_000;

/**
 * @typedef {object} DownloadOptions
 * @property {string} file its name in errors
 * @property {string} code of the error when it does not come
 * @property {number} [expected] length in bytes, checked when what arrives is gzip
 * @property {(loaded: number) => void} [onBytes]
 * @property {RequestCache} [cache] how far the browser's own cache may answer
 * @property {typeof globalThis.fetch} [fetch]
 */

/**
 * @param {URL} url
 * @param {DownloadOptions} options
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function download(url, options) {
  const { file, code, expected, onBytes, cache, fetch = globalThis.fetch } = options;
  const watchdog = new Watchdog();
  try {
    const response = await fetch(url, { signal: watchdog.signal, cache });
    if (!response.ok) {
      const { status } = response;
      throw new PlaygroundError(code, `${file}: HTTP ${status}`, { file, status });
    }
    const bytes = await readAll(response, (loaded) => {
      watchdog.pat();
      onBytes?.(loaded);
    });
    if (expected !== undefined && isGzip(bytes) && bytes.length !== expected) {
      throw truncated(file, bytes.length, expected);
    }
    return bytes;
  } catch (error) {
    if (error instanceof PlaygroundError) throw error;
    const what = watchdog.signal.aborted
      ? `nothing came for ${STALL_MS / 1000} seconds`
      : describe(error).message;
    throw new PlaygroundError(code, `${file}: ${what}`, { file });
  } finally {
    watchdog.stop();
  }
}

/**
 * @param {Response} response
 * @param {(loaded: number) => void} onBytes
 */
async function readAll(response, onBytes) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const pieces = [];
  let loaded = 0;
  const reader = response.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    loaded += next.value.length;
    onBytes(loaded);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** @param {string} file @param {number} bytes @param {number} expected */
function truncated(file, bytes, expected) {
  return new PlaygroundError(
    "chunk-short",
    `${file}: ${bytes} bytes where the manifest says ${expected}; the download was cut short`,
    { file, got: bytes, expected },
  );
}

class Watchdog {
  #abort = new AbortController();
  signal = this.#abort.signal;
  #timer = this.#set();

  #set() {
    return setTimeout(() => this.#abort.abort(), STALL_MS);
  }

  pat() {
    this.stop();
    this.#timer = this.#set();
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
