// What an export says of itself: preset, seed, step and engine, in the reader's words under a
// figure and in plain letters in a file's name.

import { metricsOfFile } from "../file-metrics.js";

/** @import { Playground } from "../playground.js" */

/**
 * How far the model is trained and by which engine: in this visit, or as its file says, which need
 * not say anything.
 *
 * @param {Playground} playground
 * @returns {import("../file-metrics.js").FileMetrics}
 */
function trainingOf({ fromFile, metrics, model, engineInfo }) {
  const { step, epoch } = metrics;
  return fromFile && step === 0 ? metricsOfFile(model) : { step, epoch, engine: engineInfo?.kind };
}

/**
 * What the model on show was made with. The settings on screen may be ahead of it: a seed counts from
 * the next reset, the others from the next step.
 *
 * @param {Playground} playground
 * @returns {import("../protocol.js").Settings}
 */
const settingsOf = ({ model }) => JSON.parse(model.settings());

/**
 * "ELBO · seed 1 · step 4,290 (epoch 10) · CPU"; weights of a file are told as such.
 *
 * @param {Playground} playground
 */
export function captionOf(playground) {
  const { preset, seed } = settingsOf(playground);
  const { step, epoch, engine } = trainingOf(playground);
  const parts = [playground.t(`setting.preset.${preset ?? "own"}`)];
  parts.push(playground.t("caption.seed", { seed: String(seed) }));
  if (playground.fromFile) parts.push(playground.t("status.pretrained"));
  if (step !== undefined) parts.push(playground.t("caption.step", { step, epoch: epoch ?? 0 }));
  if (engine) parts.push(playground.t(`engine.${engine}`));
  return parts.join(" · ");
}

/**
 * "vae-elbo-seed1-step4290-plane.png"
 *
 * @param {Playground} playground
 * @param {string} what "plane.png"
 */
export function fileName(playground, what) {
  const { preset, seed } = settingsOf(playground);
  const { step } = trainingOf(playground);
  const place = step === undefined ? "" : `-step${step}`;
  return `vae-${preset ?? "own"}-seed${seed}${place}-${what}`;
}
