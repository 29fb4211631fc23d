// The playground's VAE in jax-js, on its wasm or its WebGPU backend: images on the device from the
// beginning, the whole step, Adam included, in one jit. The noise is made for it on the host.

import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  valueAndGrad,
} from "@jax-js/jax";
import { ADAM, LATENT, PIXELS, batches, normals, split } from "./model.mjs";

/** @typedef {import("@jax-js/jax").Array} Tensor */
/** Weights, and what Adam remembers of them. @typedef {[Tensor[], Tensor[], Tensor[]]} State */

/** @type {import("./contestant.mjs").Load} */
export async function load(device) {
  return async (problem) => {
    await init(/** @type {"wasm" | "webgpu"} */ (device));
    defaultDevice(/** @type {"wasm" | "webgpu"} */ (device));
    return begin(problem);
  };
}

/** @type {(problem: import("./contestant.mjs").Problem) => import("./contestant.mjs").Train} */
function begin({ batch, hidden, weights, pixels }) {
  const tensors = split(weights, hidden);
  const zeros = () => tensors.map(({ shape }) => np.zeros(shape));
  const images = batches(pixels, batch).map((x) => np.array(x, { shape: [batch, PIXELS] }));
  /** @type {State} */
  let state = [tensors.map(({ values, shape }) => np.array(values, { shape })), zeros(), zeros()];
  let t = 0;

  const advance = () => {
    const x = images[t++ % images.length].ref;
    const noise = np.array(normals(batch * LATENT), { shape: [batch, LATENT] });
    const { beta1, beta2 } = ADAM;
    const corrections = [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)].map((c) => np.array(c));
    const [weights, m, v, [value]] = step(...state, x, noise, corrections);
    state = [weights, m, v];
    return value;
  };
  return async (steps) => {
    const losses = Array.from({ length: steps }, advance);
    // One tensor of the last step: the queue keeps its order, and a wait for all would be 30 reads.
    await blockUntilReady(state[0][0]);
    return async () => {
      const values = await Promise.all(losses.map((value) => value.data()));
      return values.reduce((sum, [value]) => sum + value, 0) / steps;
    };
  };
}

/**
 * ½ Σ (x̂ − x)² − ½ Σ (1 + log σ² − μ² − σ²), mean over the batch.
 *
 * @param {Tensor[]} weights @param {Tensor} x @param {Tensor} noise
 */
function loss([w1, b1, wMean, bMean, wLogVar, bLogVar, w2, b2, w3, b3], x, noise) {
  const [batch] = x.shape;
  const encoded = nn.relu(np.matmul(x.ref, w1).add(b1));
  const mean = np.matmul(encoded.ref, wMean).add(bMean);
  const logVar = np.matmul(encoded, wLogVar).add(bLogVar);
  const z = mean.ref.add(np.exp(logVar.ref.mul(0.5)).mul(noise));
  const decoded = np.matmul(nn.relu(np.matmul(z, w2).add(b2)), w3).add(b3);
  const reconstruction = np.square(decoded.sub(x)).sum().mul(0.5);
  const kl = logVar.ref.add(1).sub(np.square(mean)).sub(np.exp(logVar)).sum().mul(-0.5);
  return reconstruction.add(kl).div(batch);
}

/**
 * One step of Adam. `corrections` are 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ).
 *
 * @type {(weights: Tensor[], m: Tensor[], v: Tensor[], x: Tensor, noise: Tensor,
 *   corrections: Tensor[]) => [...State, [Tensor]]}
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
        const mean = m[i].mul(ADAM.beta1).add(gradient.ref.mul(1 - ADAM.beta1));
        const square = v[i].mul(ADAM.beta2).add(np.square(gradient).mul(1 - ADAM.beta2));
        const rate = mean.ref.mul(c1.ref).div(np.sqrt(square.ref.mul(c2.ref)).add(ADAM.epsilon));
        return [weight.sub(rate.mul(ADAM.rate)), mean, square];
      });
      c1.dispose();
      c2.dispose();
      return [next.map(([w]) => w), next.map(([, m]) => m), next.map(([, , v]) => v), [value]];
    },
  )
);
