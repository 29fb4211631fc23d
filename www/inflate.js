// gzip in the browser. Files named .gz may arrive inflated: some static hosts send them with
// `Content-Encoding: gzip`, which the browser undoes unseen. So the bytes decide, not the name.

import { PlaygroundError } from "./errors.js";

/** @param {Uint8Array} bytes */
export function isGzip(bytes) {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} file named in errors
 * @param {string} code of the error
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflate(bytes, file, code) {
  if (!isGzip(bytes)) return bytes;
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  } catch {
    throw new PlaygroundError(code, `${file}: its gzip stream is damaged`, { file });
  }
}
