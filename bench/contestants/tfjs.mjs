// The playground's VAE in TensorFlow.js, on its wasm or its WebGPU backend: images on the device
// from the beginning, the whole step in one tidy, nothing read before the last step is done.
// The library has no bundle that browsers could import, so esbuild makes one of this file.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgpu";
import { ADAM, LATENT, PIXELS, split } from "./model.mjs";

/** @type {import("./contestant.mjs").Load} `backend` is wasm or webgpu */
export async function load(backend) {
  tf.enableProdMode();
  setWasmPaths("/bench/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  // The wasm backend fetches its wasm here; a GPU's device is set up on the clock, as for all.
  if (backend === "wasm") await use(backend);
  return async (problem) => {
    if (backend !== "wasm") await use(backend);
    return begin(problem);
  };
}

/**
 * @param {import("./contestant.mjs").Problem} problem
 * @returns {import("./contestant.mjs").Train}
 */
function begin({ batch, hidden, weights, pixels }) {
  const variables = split(weights, hidden).map(({ shape, values }) =>
    tf.variable(tf.tensor(values, shape)),
  );
  const images = tf.tensor2d(pixels, [pixels.length / PIXELS, PIXELS]);
  const wholeBatches = Math.floor(images.shape[0] / batch);
  const optimizer = tf.train.adam(ADAM.rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  let step = 0;

  const advance = () =>
    tf.tidy(() => {
      const x = tf.slice(images, [(step++ % wholeBatches) * batch, 0], [batch, PIXELS]);
      const cost = () => loss(variables, x);
      return /** @type {tf.Scalar} */ (optimizer.minimize(cost, true, variables));
    });
  return async (steps) => {
    const losses = Array.from({ length: steps }, advance);
    const mean = tf.tidy(() => tf.mean(tf.stack(losses)));
    tf.dispose(losses);
    const [value] = await mean.data();
    mean.dispose();
    return async () => value;
  };
}

/**
 * ½ Σ (x̂ − x)² − ½ Σ (1 + log σ² − μ² − σ²), mean over the batch.
 *
 * @param {tf.Tensor[]} weights @param {tf.Tensor2D} x
 * @returns {tf.Scalar}
 */
function loss([w1, b1, wMean, bMean, wLogVar, bLogVar, w2, b2, w3, b3], x) {
  /** @param {tf.Tensor} a @param {tf.Tensor} b @param {tf.Tensor} bias */
  const linear = (a, b, bias) => tf.add(tf.matMul(a, b), bias);
  const encoded = tf.relu(linear(x, w1, b1));
  const mean = linear(encoded, wMean, bMean);
  const logVar = linear(encoded, wLogVar, bLogVar);
  const noise = tf.randomNormal([x.shape[0], LATENT]);
  const z = tf.add(mean, tf.mul(tf.exp(tf.mul(logVar, 0.5)), noise));
  const decoded = linear(tf.relu(linear(z, w2, b2)), w3, b3);
  const reconstruction = tf.mul(tf.sum(tf.square(tf.sub(decoded, x))), 0.5);
  const terms = tf.sub(tf.sub(tf.add(logVar, 1), tf.square(mean)), tf.exp(logVar));
  const kl = tf.mul(tf.sum(terms), -0.5);
  return tf.div(tf.add(reconstruction, kl), x.shape[0]);
}

/** @param {string} backend */
async function use(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no ${backend} backend here`);
  await tf.ready();
}
