// Which settings make a preset, which may change while a run goes on, and how wasm is given them.

/** @typedef {import("./protocol.js").Settings} Settings */

/** As `src/config.rs` names them. */
export const PRESETS = /** @type {const} */ (["elbo", "tutorial", "autoencoder"]);

/** Hidden units of each preset's model. */
export const PRETRAINED_HIDDEN = 256;

/** Bytes of a model's file: core refuses more (`src/weights.rs`), and nothing is read in vain. */
export const LARGEST_MODEL = 64 * 1024 * 1024;

/** A run of a preset with another seed, or for more epochs, is still a run of that preset. */
const FREE = ["preset", "seed", "epochs"];

/** @param {Settings} settings @param {Settings} preset */
export function isOfPreset(settings, preset) {
  const names = /** @type {(keyof Settings)[]} */ (Object.keys(preset));
  return names.every((name) => FREE.includes(name) || settings[name] === preset[name]);
}

/**
 * The settings for a run under way: what only a reset can change stays as the run began.
 *
 * @param {Settings} settings
 * @param {Settings} origin
 * @returns {Settings}
 */
export function trainableNow(settings, { hidden, initialisation, seed }) {
  return { ...settings, hidden, initialisation, seed };
}

/** Settings without a preset say so: left out, it would be taken for the default one. @param {Settings} settings */
export function settingsJson(settings) {
  return JSON.stringify({ ...settings, preset: settings.preset ?? null });
}
