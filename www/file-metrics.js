// What a model's file says of its own training. Anybody may have written it, so nothing is taken
// for what it should be.

/** @typedef {import("./protocol.js").Evaluation} Evaluation */
/**
 * @typedef {{ step?: number, epoch?: number, engine?: string, test?: Evaluation }} FileMetrics
 */

const TEST = /** @type {const} */ ([
  "reconstruction",
  "reconstructionAtMean",
  "kl",
  "elbo",
  "cost",
]);

/** Those that there is a word for: `engine.<name>`. */
const ENGINES = ["cpu", "webgpu", "autodiff", "pytorch"];

/** @param {{ metadata(): string }} model @returns {FileMetrics} what is there and can be right */
export function metricsOfFile(model) {
  const told = parse(JSON.parse(model.metadata()).metrics);
  const { step, epoch, engine, test } = told;
  const count = (/** @type {unknown} */ value) =>
    Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
  return {
    step: count(step),
    epoch: count(epoch),
    engine: ENGINES.find((name) => name === engine),
    test: TEST.every((name) => Number.isFinite(Object(test)[name])) ? test : undefined,
  };
}

/** @param {unknown} text @returns {Record<string, any>} */
function parse(text) {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return {};
  }
}
