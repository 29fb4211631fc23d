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
 * @param {{ bytes: number, code: string }} [most] that it may come to, and the error's code beyond: a
 *   stranger's few kilobytes may inflate to gigabytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflate(bytes, file, code, most = { bytes: Infinity, code }) {
  if (!isGzip(bytes)) return bytes;
  let length = 0;
  /** @type {TransformStream<Uint8Array, Uint8Array>} */
  const limit = new TransformStream({
    transform(piece, controller) {
      length += piece.length;
      if (length > most.bytes) controller.error();
      else controller.enqueue(piece);
    },
  });
  const unzip = new DecompressionStream("gzip");
  const inflated = new Blob([bytes]).stream().pipeThrough(unzip).pipeThrough(limit);
  try {
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  } catch {
    if (length > most.bytes) {
      const message = `${file}: it inflates to more than ${most.bytes} bytes`;
      throw new PlaygroundError(most.code, message, { file });
    }
    throw new PlaygroundError(code, `${file}: its gzip stream is damaged`, { file });
  }
}
