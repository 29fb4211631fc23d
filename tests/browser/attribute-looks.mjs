// What an element shows of an attribute, whichever way it came: from the page or from an address. Each
// runs in the page.

/** @typedef {import("../../www/vae-playground.js").VaePlaygroundElement} El */

export const LOOK = {
  /** @param {El} el */
  seed: (el) => el.settings.seed,
  /** @param {El} el */
  beta: (el) => el.settings.beta,
  /** @param {El} el */
  learningRate: (el) => Number(el.settings.learningRate.toPrecision(6)),
  /** @param {El} el */
  batchSize: (el) => el.settings.batchSize,
  /** @param {El} el */
  epochs: (el) => el.settings.epochs,
  /** @param {El} el */
  engine: (el) => el.engineInfo?.reason,
  /** @param {El} el */
  axes: (el) => el.playground.plane.axes,
  /** @param {El} el */
  extent: (el) => [0, 1].flatMap((at) => [...el.playground.plane.toLatent(at, at)]),
  /** @param {El} el */
  logSteps: (el) => el.playground.logarithmic,
  /** @param {El} el */
  model: (el) => el.model,
  /** @param {El} el */
  layers: (el) => {
    const { tiles, codes, prior, posterior, numerals, label } = el.playground.layers;
    return [tiles, codes, prior, posterior, numerals, label];
  },
};
