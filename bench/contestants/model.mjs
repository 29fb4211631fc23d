// What the contestants that bring their own library share: the model's shapes, Adam's numbers,
// the noise.

export const [PIXELS, LATENT] = [784, 2];
export const ADAM = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** In the order of the playground's flat buffer (src/params.rs). @param {number} hidden */
function shapes(hidden) {
  return [
    [PIXELS, hidden],
    [hidden], // encoder.hidden
    [hidden, LATENT],
    [LATENT], // encoder.mean
    [hidden, LATENT],
    [LATENT], // encoder.log_var
    [LATENT, hidden],
    [hidden], // decoder.hidden
    [hidden, PIXELS],
    [PIXELS], // decoder.output
  ];
}

/**
 * The flat buffer, tensor by tensor.
 *
 * @param {Float32Array} flat
 * @param {number} hidden
 */
export function split(flat, hidden) {
  let at = 0;
  return shapes(hidden).map((shape) => {
    const length = shape.reduce((product, size) => product * size, 1);
    at += length;
    return { shape, values: Float32Array.from(flat.subarray(at - length, at)) };
  });
}

/**
 * The images in whole batches, in their order.
 *
 * @param {Float32Array<ArrayBuffer>} pixels
 * @param {number} batch
 */
export function batches(pixels, batch) {
  const size = batch * PIXELS;
  const count = Math.floor(pixels.length / size);
  return Array.from({ length: count }, (_, i) => pixels.slice(i * size, (i + 1) * size));
}

/** N(0, 1), by Box and Muller. @param {number} count */
export function normals(count) {
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}
