// Which engine trains, and why: WebGPU where burn can run on real hardware, else the CPU.
// Runs in the worker, where the engine will run. `gpu` is an argument so that tests can stand in.

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").EngineReason} EngineReason */
/** @typedef {import("./protocol.js").EngineWish} EngineWish */

/** How SwiftShader, Mesa's llvmpipe and Windows' WARP name themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

/**
 * What the training kernels need: WebGPU's own default limits, which an adapter in
 * compatibility mode may lack.
 */
const NEEDED_LIMITS = /** @type {const} */ ({
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 128 << 20,
  maxBufferSize: 256 << 20,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 256,
});

const NO_INFO = /** @type {GPUAdapterInfo} */ (
  /** @type {unknown} */ ({ vendor: "", architecture: "", device: "", description: "" })
);

/**
 * @param {EngineWish} wish
 * @param {GPU | undefined} [gpu]
 * @returns {Promise<EngineInfo>}
 */
export async function chooseEngine(wish, gpu = globalThis.navigator?.gpu) {
  if (wish === "cpu") return onCpu("requested");
  if (!gpu) return onCpu("no-webgpu");
  const adapter = await gpu
    .requestAdapter({ powerPreference: "high-performance" })
    .catch(() => null);
  if (!adapter) return onCpu("no-adapter");

  const found = { adapter: adapterName(adapter), software: isSoftware(adapter) };
  // burn's wgpu stream panics in wasm on an adapter without it.
  if (!adapter.features.has("timestamp-query")) return onCpu("no-timestamp-query", found);
  if (!hasLimits(adapter)) return onCpu("limits", found);
  if (wish === "webgpu") return { kind: "webgpu", ...found, reason: "requested" };
  if (found.software) return onCpu("software", found);
  return { kind: "webgpu", ...found, reason: "ok" };
}

/**
 * @param {EngineReason} reason
 * @param {{ adapter: string, software: boolean }} [found]
 * @returns {EngineInfo}
 */
export function onCpu(reason, found = { adapter: "", software: false }) {
  return { kind: "cpu", adapter: found.adapter, software: found.software, reason };
}

/** @param {GPUAdapter} adapter */
function hasLimits(adapter) {
  return Object.entries(NEEDED_LIMITS).every(
    ([name, needed]) => adapter.limits[/** @type {keyof typeof NEEDED_LIMITS} */ (name)] >= needed,
  );
}

/** `info` is missing in browsers of 2024. @param {GPUAdapter} adapter */
function isSoftware({ info = NO_INFO }) {
  return (
    info.isFallbackAdapter ||
    [info.vendor, info.architecture, info.device, info.description].some((s) => SOFTWARE.test(s))
  );
}

/** Browsers hide most of it; what is left reads like "apple metal-3". @param {GPUAdapter} adapter */
function adapterName({ info = NO_INFO }) {
  const { description, vendor, architecture, device } = info;
  return description || [vendor, architecture || device].filter(Boolean).join(" ") || "unnamed";
}
