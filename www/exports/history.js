// What a model's file says of its training, in the metadata: `metrics` has the figures it came to,
// `history` those on the way.

/** @import { Metrics } from "../metrics.js" */
/** @import { SharedModel } from "../shared-model.js" */

/** Significant digits: what a curve shows, and fewer than would double the metadata. */
const DIGITS = 6;

/**
 * Strings for the metadata. A model that was not trained here keeps what its own file says.
 *
 * @param {SharedModel} model
 * @returns {Record<string, string>}
 */
export function storyOf({ fromFile, metrics, engineInfo }) {
  const { step, epoch, validation, result } = metrics;
  if (fromFile && step === 0) return {};
  const last = { validation: validation.at(-1), test: result };
  return {
    metrics: JSON.stringify({ step, epoch, ...last, engine: engineInfo?.kind }),
    history: historyJson(metrics),
  };
}

/**
 * Columns, for they are a third of the size of rows and what a data frame is made of.
 *
 * @param {Pick<Metrics, "history" | "validation">} metrics
 */
export function historyJson({ history, validation }) {
  return JSON.stringify({
    training: columns(history, ["step", "total", "reconstruction", "kl"]),
    validation: columns(validation, [
      "step",
      "epoch",
      "total",
      "reconstruction",
      "reconstructionAtMean",
      "kl",
    ]),
  });
}

/**
 * @template {string} Name
 * @param {Record<Name, number>[]} rows
 * @param {Name[]} names
 * @returns {Record<string, number[]>}
 */
function columns(rows, names) {
  const round = (/** @type {number} */ value) => Number(value.toPrecision(DIGITS));
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => round(row[name]))]));
}
