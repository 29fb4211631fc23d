// The chunk loader against a network and a cache that misbehave on demand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { memoryCache } from "../../www/chunk-cache.js";
import { ChunkLoader } from "../../www/data.js";

const inflated = Uint8Array.from({ length: 785 }, (_, i) => i % 10);
const gzipped = new Uint8Array(gzipSync(inflated));
/** @type {import("../../www/data.js").Chunk} */
const chunk = {
  file: "train-07.bin.gz",
  split: "train",
  count: 1,
  bytes: gzipped.length,
  inflatedBytes: inflated.length,
  sha256: "the right one",
};

/** @param {Uint8Array} bytes stands in for core's check of length and checksum */
function verify(bytes) {
  if (Buffer.compare(bytes, inflated) === 0) return;
  throw Object.assign(new Error("its SHA-256 is not the manifest's"), { code: "chunk-checksum" });
}

/**
 * A loader whose network answers as told, one answer a request; the last one stays.
 *
 * @param {(() => Response)[]} answers
 */
function loaderWith(answers, cache = memoryCache()) {
  /** @type {string[]} */
  const asked = [];
  /** @type {number[]} */
  const pauses = [];
  const loader = new ChunkLoader({
    cache,
    verify,
    fetch: async (url) => {
      asked.push(String(url).split("/").at(-1) ?? "");
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return /** @type {() => Response} */ (answer)();
    },
    sleep: async (ms) => void pauses.push(ms),
  });
  return { loader, asked, pauses };
}

const good = () => new Response(gzipped);
const broken = () => {
  throw new TypeError("Failed to fetch");
};

test("a chunk arrives inflated, its bytes counted", async () => {
  const { loader } = loaderWith([good]);
  let loaded = 0;
  assert.deepEqual(await loader.load(chunk, (bytes) => (loaded = bytes)), inflated);
  assert.equal(loaded, gzipped.length);
});

test("a host that inflates on the way changes nothing", async () => {
  const { loader } = loaderWith([() => new Response(inflated)]);
  assert.deepEqual(await loader.load(chunk, () => {}), inflated);
});

test("a second load asks the network for nothing", async () => {
  const { loader, asked } = loaderWith([good, broken]);
  await loader.load(chunk, () => {});
  await loader.load(chunk, () => {});
  assert.equal(asked.length, 1);
});

test("two failures are retried, half a second and two seconds later", async () => {
  const { loader, pauses } = loaderWith([broken, () => new Response("", { status: 503 }), good]);
  assert.deepEqual(await loader.load(chunk, () => {}), inflated);
  assert.deepEqual(pauses, [500, 2000]);
});

test("the third failure is told, with its numbers when the download was cut short", async () => {
  const { loader, asked } = loaderWith([() => new Response(gzipped.slice(0, 30))]);
  await assert.rejects(
    loader.load(chunk, () => {}),
    {
      code: "chunk-short",
      values: { file: chunk.file, got: 30, expected: gzipped.length },
    },
  );
  assert.equal(asked.length, 3);
});

test("a failed request keeps its file and status", async () => {
  const { loader } = loaderWith([() => new Response("", { status: 404 })]);
  await assert.rejects(
    loader.load(chunk, () => {}),
    {
      code: "chunk-fetch",
      message: "train-07.bin.gz: HTTP 404",
    },
  );
});

test("bytes of the right length but with another checksum are refused and not kept", async () => {
  const other = inflated.slice();
  other[100] ^= 1;
  const cache = memoryCache();
  const { loader } = loaderWith([() => new Response(other)], cache);
  await assert.rejects(
    loader.load(chunk, () => {}),
    { code: "chunk-checksum" },
  );
  const again = loaderWith([good], cache);
  await again.loader.load(chunk, () => {});
  assert.equal(again.asked.length, 1);
});

test("a damaged entry of the cache is dropped and fetched again", async () => {
  const cache = memoryCache();
  const get = cache.get;
  let damaged = true;
  cache.get = async (key) => {
    const bytes = await get(key);
    if (bytes && damaged) bytes[20] ^= 0xff;
    damaged = false;
    return bytes;
  };
  await loaderWith([good], memoryCache()).loader.load(chunk, () => {});
  await cache.put(keyOf(chunk), gzipped.slice());
  const { loader, asked } = loaderWith([good], cache);
  assert.deepEqual(await loader.load(chunk, () => {}), inflated);
  assert.equal(asked.length, 1);
});

test("the manifest of the last visit serves where the network fails", async () => {
  const cache = memoryCache();
  const manifest = { version: 1, name: "MNIST", chunks: [chunk] };
  await loaderWith([() => Response.json(manifest)], cache).loader.manifest();
  assert.deepEqual(await loaderWith([broken], cache).loader.manifest(), manifest);
});

test("a manifest that is none says so", async () => {
  const { loader } = loaderWith([() => new Response("<!doctype html>")]);
  await assert.rejects(loader.manifest(), { code: "manifest" });
});

/** @param {import("../../www/data.js").Chunk} chunk */
function keyOf({ file, sha256 }) {
  return `${new URL(`../../www/data/mnist/${file}`, import.meta.url).href}?sha256=${sha256}`;
}
