// The lesson's text, and its buttons, which set the figures to what the text is about.

import { locate } from "./files.js";

/** @import { Playground } from "./playground.js" */

/** @param {import("./i18n.js").Language} language @returns {Promise<string>} HTML of this project's own */
export async function fetchLesson(language) {
  const response = await fetch(locate(`lang/lesson.${language}.html`));
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.text();
}

/**
 * @param {Playground} playground
 * @param {HTMLElement} button
 */
export async function act(playground, { dataset }) {
  const { preset, axes, zoom, latent, image, beta } = dataset;
  if (axes === "sigma" || axes === "phi") {
    playground.plane.axes = axes;
    playground.plane.resetView();
    if (zoom) playground.plane.zoom(Number(zoom), 0.5, 0.5);
    playground.dispatchEvent(new Event("plane"));
  }
  if (preset) await playground.loadPreset(preset);
  if (beta) playground.updateSettings({ beta: Number(beta) });
  if (image) playground.select(Number(image));
  if (latent) {
    const [z1, z2] = latent.split(" ").map(Number);
    playground.setLatent([z1, z2], "lesson");
  }
}
