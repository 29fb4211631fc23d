// The metrics as a table for a spreadsheet or pandas: CSV as RFC 4180 has it. Its words are
// English in every language, so that one program reads everybody's file.

/** @import { Metrics } from "../metrics.js" */

/**
 * The columns; losses are means per image. `cost` is the objective's own figure, which only the
 * tutorial's objective makes something else than a mean per image.
 */
const COLUMNS = [
  "set",
  "step",
  "epoch",
  "total (nats/image)",
  "reconstruction (nats/image)",
  "KL (nats/image)",
  "reconstruction at the mean (nats/image)",
  "cost (objective)",
];

/** @typedef {Pick<Metrics, "history" | "validation" | "result" | "step" | "epoch" | "stepsPerEpoch">} Readings */

/**
 * A row for each reading of the training loss (in a long run each stands for several, as the
 * chart's points do), one for each epoch's validation, and one for the test at the end.
 *
 * @param {Readings} metrics
 */
export function metricsCsv({ history, validation, result, step, epoch, stepsPerEpoch }) {
  const trained = history.map((point) => ({
    ...point,
    set: "training",
    epoch: stepsPerEpoch ? point.step / stepsPerEpoch : undefined,
  }));
  const validated = validation.map((point) => ({ ...point, set: "validation" }));
  const tested = result
    ? [{ ...result, set: "test", step, epoch, total: result.reconstruction + result.kl }]
    : [];
  const rows = [...trained, ...validated, ...tested].map(rowOf);
  return [COLUMNS, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/**
 * @param {{ set: string, step: number, epoch?: number, total: number, reconstruction: number,
 *   kl: number, reconstructionAtMean?: number, cost?: number }} reading
 */
function rowOf({ set, step, epoch, total, reconstruction, kl, reconstructionAtMean, cost }) {
  return [set, step, epoch, total, reconstruction, kl, reconstructionAtMean, cost];
}

/**
 * Numbers in full, nothing where there is none; text in quotes where it needs them.
 *
 * @param {string | number | undefined} value
 */
function field(value) {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
