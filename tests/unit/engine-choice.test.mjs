// Which engine is chosen for which adapter.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEngine } from "../../www/engine-choice.js";

const LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 1 << 27,
  maxBufferSize: 1 << 28,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 256,
};
const HARDWARE = { vendor: "apple", architecture: "metal-3", device: "", description: "" };
const SOFTWARE = { ...HARDWARE, vendor: "google", architecture: "swiftshader" };

/** @param {object} [adapter] what is unlike a good one; null: there is none */
function gpu(adapter = {}) {
  const good = { features: new Set(["timestamp-query"]), limits: LIMITS, info: HARDWARE };
  const found = adapter && { ...good, ...adapter };
  return /** @type {GPU} */ (/** @type {unknown} */ ({ requestAdapter: async () => found }));
}

/** @type {[string, "auto" | "webgpu" | "cpu", GPU | undefined, object][]} */
const CASES = [
  ["hardware", "auto", gpu(), { kind: "webgpu", reason: "ok", adapter: "apple metal-3" }],
  ["hardware that is not wanted", "cpu", gpu(), { kind: "cpu", reason: "requested" }],
  ["a browser without WebGPU", "auto", undefined, { kind: "cpu", reason: "no-webgpu" }],
  ["no adapter", "webgpu", gpu(/** @type {any} */ (null)), { kind: "cpu", reason: "no-adapter" }],
  [
    "no timestamp-query, even when asked for",
    "webgpu",
    gpu({ features: new Set() }),
    { kind: "cpu", reason: "no-timestamp-query", adapter: "apple metal-3" },
  ],
  [
    "too few storage buffers",
    "auto",
    gpu({ limits: { ...LIMITS, maxStorageBuffersPerShaderStage: 4 } }),
    { kind: "cpu", reason: "limits" },
  ],
  [
    "a software adapter",
    "auto",
    gpu({ info: SOFTWARE }),
    { kind: "cpu", reason: "software", software: true, adapter: "google swiftshader" },
  ],
  [
    "a software adapter that is asked for",
    "webgpu",
    gpu({ info: SOFTWARE }),
    { kind: "webgpu", reason: "requested", software: true },
  ],
  [
    "an adapter that only says it is a fallback",
    "auto",
    gpu({ info: { ...HARDWARE, isFallbackAdapter: true } }),
    { kind: "cpu", reason: "software", software: true },
  ],
  [
    "Windows' software adapter",
    "auto",
    gpu({ info: { ...HARDWARE, description: "Microsoft Basic Render Driver" } }),
    { kind: "cpu", reason: "software" },
  ],
];

for (const [name, wish, adapter, expected] of CASES) {
  test(`${name}, ${wish}`, async () => {
    const info = await chooseEngine(wish, adapter);
    assert.deepEqual({ ...info, ...expected }, info);
  });
}
