// What a program asks of the WebGPU device, counted where the browser takes it. To be imported
// before the program.

/** @typedef {{ dispatches: number, submits: number, bytes: number, reads: number, pipelines: number }} Counts */

/** @type {Counts} since the last `take` */
let counts = none();

/** The counts since the last call. */
export function take() {
  const taken = counts;
  counts = none();
  return taken;
}

/** Begins to count, in a page or worker that has WebGPU. */
export function startCounting() {
  if (!("gpu" in navigator)) return;
  watch(GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++);
  watch(GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => counts.dispatches++);
  watch(GPUQueue, "submit", () => counts.submits++);
  watch(GPUQueue, "writeBuffer", (_buffer, _at, data, from, size) => {
    counts.bytes += bytesWritten(data, from, size);
  });
  watch(GPUDevice, "createBuffer", ({ size, mappedAtCreation }) => {
    // The other way to bring bytes to the device: all of a buffer that is born mapped.
    if (mappedAtCreation) counts.bytes += size;
  });
  watch(GPUDevice, "createComputePipeline", () => counts.pipelines++);
  watch(GPUDevice, "createComputePipelineAsync", () => counts.pipelines++);
  watch(GPUBuffer, "mapAsync", (mode) => {
    if (mode & GPUMapMode.READ) counts.reads++;
  });
}

/** @returns {Counts} */
function none() {
  return { dispatches: 0, submits: 0, bytes: 0, reads: 0, pipelines: 0 };
}

/**
 * `from` and `size` are in elements where `data` is a typed array, in bytes elsewhere.
 *
 * @param {ArrayBuffer | ArrayBufferView} data @param {number} [from] @param {number} [size]
 */
function bytesWritten(data, from = 0, size) {
  const unit = "BYTES_PER_ELEMENT" in data ? Number(data.BYTES_PER_ELEMENT) : 1;
  return size === undefined ? data.byteLength - from * unit : size * unit;
}

/**
 * @param {{ prototype: any }} type
 * @param {string} name of a method
 * @param {(...args: any[]) => void} count
 */
function watch({ prototype }, name, count) {
  const method = prototype[name];
  /** @param {any[]} args */
  prototype[name] = function (...args) {
    count(...args);
    return method.apply(this, args);
  };
}
