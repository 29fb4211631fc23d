// Failures as the page passes them on: a stable code, values for the translated sentence
// (`error.<code>` in lang/), and an English message for logs.

/** @typedef {Record<string, string | number>} Values */
/** @typedef {{ code: string, message: string, values: Values }} Failure  what crosses postMessage */

export class PlaygroundError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {Values} [values]
   */
  constructor(code, message, values = {}) {
    super(message);
    this.name = "PlaygroundError";
    this.code = code;
    this.values = values;
  }
}

/**
 * What is worth sending of anything that was thrown: ours, wasm's (`code` and `message`), or a
 * bare exception, which gets `fallbackCode`.
 *
 * @param {unknown} error
 * @param {string} [fallbackCode]
 * @returns {Failure}
 */
export function describe(error, fallbackCode = "unexpected") {
  const { code, message, values } = /** @type {Partial<Failure>} */ (Object(error));
  return {
    code: typeof code === "string" ? code : fallbackCode,
    message: message ?? String(error),
    values: values ?? {},
  };
}

/**
 * What a method or a property was given and cannot take.
 *
 * @param {string} field
 * @param {string} detail
 */
export function misused(field, detail) {
  return new PlaygroundError("bad-setting", `${field}: ${detail}`, { field, detail });
}

/** What may be a latent point, and is. @param {unknown} value @returns {[number, number]} throws code "bad-latent" */
export function latentPoint(value) {
  const point = Array.from(/** @type {ArrayLike<unknown>} */ (Object(value)));
  // The model's own numbers are of 32 bits.
  const holds = (/** @type {unknown} */ z) =>
    Number.isFinite(z) && isFinite(Math.fround(Number(z)));
  if (point.length === 2 && point.every(holds)) return /** @type {[number, number]} */ (point);
  const told = typeof value === "object" ? `[${point.map(String)}]` : String(value);
  const detail = `it takes two numbers, not ${told.slice(0, 100)}`;
  throw new PlaygroundError("bad-latent", `a latent point: ${detail}`, { detail });
}

/** @param {Failure} failure @returns {PlaygroundError} */
export function revive({ code, message, values }) {
  return new PlaygroundError(code, message, values);
}

/**
 * A trap (a Rust panic, in these modules) leaves a wasm instance in no state to be called again.
 *
 * @param {unknown} error
 */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError;
}
