// The playground's VAE in jax-js on its wasm backend: same layers, same objective, same first
// weights, same images; the whole step, Adam included, in one jit. What it does not do itself
// (noise, images to floats) is made for it beforehand.

import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  valueAndGrad,
} from "@jax-js/jax";

/** @typedef {import("@jax-js/jax").Array} Tensor */

const [PIXELS, HIDDEN, LATENT, BATCH] = [784, 256, 2, 128];
/** In the order of the playground's flat buffer. */
const SHAPES = [
  [PIXELS, HIDDEN],
  [HIDDEN], // encoder.hidden
  [HIDDEN, LATENT],
  [LATENT], // encoder.mean
  [HIDDEN, LATENT],
  [LATENT], // encoder.log_var
  [LATENT, HIDDEN],
  [HIDDEN], // decoder.hidden
  [HIDDEN, PIXELS],
  [PIXELS], // decoder.output
];
const [RATE, BETA1, BETA2, EPSILON] = [1e-3, 0.9, 0.999, 1e-8];

/**
 * ½ Σ (x̂ − x)² − ½ Σ (1 + log σ² − μ² − σ²), mean over the batch.
 *
 * @param {Tensor[]} weights @param {Tensor} x @param {Tensor} noise
 */
function loss([w1, b1, wMean, bMean, wLogVar, bLogVar, w2, b2, w3, b3], x, noise) {
  const encoded = nn.relu(np.matmul(x.ref, w1).add(b1));
  const mean = np.matmul(encoded.ref, wMean).add(bMean);
  const logVar = np.matmul(encoded, wLogVar).add(bLogVar);
  const z = mean.ref.add(np.exp(logVar.ref.mul(0.5)).mul(noise));
  const decoded = np.matmul(nn.relu(np.matmul(z, w2).add(b2)), w3).add(b3);
  const reconstruction = np.square(decoded.sub(x)).sum().mul(0.5);
  const kl = logVar.ref.add(1).sub(np.square(mean)).sub(np.exp(logVar)).sum().mul(-0.5);
  return reconstruction.add(kl).div(BATCH);
}

/**
 * One step of Adam. `corrections` are 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ).
 *
 * @type {(weights: Tensor[], m: Tensor[], v: Tensor[], x: Tensor, noise: Tensor,
 *   corrections: Tensor[]) => Tensor[][]}
 */
const step = /** @type {any} */ (
  jit(
    (
      /** @type {Tensor[]} */ weights,
      /** @type {Tensor[]} */ m,
      /** @type {Tensor[]} */ v,
      /** @type {Tensor} */ x,
      /** @type {Tensor} */ noise,
      /** @type {Tensor[]} */ [c1, c2],
    ) => {
      const refs = weights.map((weight) => weight.ref);
      const [value, gradients] = valueAndGrad(loss)(refs, x, noise);
      const next = weights.map((weight, i) => {
        const gradient = /** @type {Tensor} */ (gradients[i]);
        const mean = m[i].mul(BETA1).add(gradient.ref.mul(1 - BETA1));
        const square = v[i].mul(BETA2).add(np.square(gradient).mul(1 - BETA2));
        const rate = mean.ref.mul(c1.ref).div(np.sqrt(square.ref.mul(c2.ref)).add(EPSILON));
        return [weight.sub(rate.mul(RATE)), mean, square];
      });
      c1.dispose();
      c2.dispose();
      return [next.map(([w]) => w), next.map(([, m]) => m), next.map(([, , v]) => v), [value]];
    },
  )
);

/** @param {string} url of a chunk: labels, then images @returns {Promise<Float32Array<ArrayBuffer>[]>} batches */
async function fetchBatches(url) {
  const { body } = await fetch(url);
  if (!body) throw new Error(`${url} is empty`);
  const inflated = new Response(body.pipeThrough(new DecompressionStream("gzip")));
  const bytes = new Uint8Array(await inflated.arrayBuffer());
  const count = bytes.length / (PIXELS + 1);
  return Array.from({ length: Math.floor(count / BATCH) }, (_, batch) => {
    const start = count + batch * BATCH * PIXELS;
    return Float32Array.from(bytes.subarray(start, start + BATCH * PIXELS), (value) => value / 255);
  });
}

/** N(0, 1), by Box and Muller. @param {number} count */
function normals(count) {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}

/** @param {Float32Array} flat */
function split(flat) {
  let at = 0;
  return SHAPES.map((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    at += length;
    return np.array(Float32Array.from(flat.subarray(at - length, at)), { shape });
  });
}

const zeros = () => SHAPES.map((shape) => np.zeros(shape));

/**
 * @param {string} core URL of the playground's core module, for its first weights
 * @param {string} chunk URL
 * @param {"wasm" | "webgpu"} device
 */
async function prepare(core, chunk, device) {
  await init(device);
  defaultDevice(device);
  const { default: load, Model, presetSettings } = await import(core);
  await load({ module_or_path: core.replace(/\.js$/, "_bg.wasm") });
  const weights = Model.untrained(presetSettings("elbo")).weights();
  const batches = await fetchBatches(chunk);
  let state = [split(weights), zeros(), zeros()];
  let t = 0;

  const advance = () => {
    t++;
    const x = np.array(batches[t % batches.length], { shape: [BATCH, PIXELS] });
    const noise = np.array(normals(BATCH * LATENT), { shape: [BATCH, LATENT] });
    const corrections = [1 / (1 - BETA1 ** t), 1 / (1 - BETA2 ** t)].map((c) => np.array(c));
    const [weights, m, v, [value]] = step(state[0], state[1], state[2], x, noise, corrections);
    state = [weights, m, v];
    return value;
  };
  // Compiles; the weights start anew after it.
  await blockUntilReady(advance());
  t = 0;
  state = [split(weights), zeros(), zeros()];

  /** @param {number} steps */
  return async (steps) => {
    const losses = [];
    const start = performance.now();
    for (let i = 0; i < steps; i++) losses.push(advance());
    await blockUntilReady(state);
    const millisecondsPerStep = (performance.now() - start) / steps;
    let sum = 0;
    for (const value of losses) sum += (await value.data())[0];
    return { millisecondsPerStep, loss: sum / steps };
  };
}

Object.assign(window, { prepare });
