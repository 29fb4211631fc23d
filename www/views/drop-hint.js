// A model file dropped on the playground. It listens from the first moment on, for what nobody takes
// the browser opens in the page's stead; how a file is opened is fetched when one comes.
import { describe } from "../errors.js";
import { make, say } from "./dom.js";

/** @import { Playground } from "../playground.js" */

/**
 * Opens a file that is dropped anywhere on the area, and says so while one is over it.
 *
 * @param {Playground} playground
 * @param {HTMLElement} area
 */
export function createDropHint(playground, area) {
  area.addEventListener("dragover", (event) => {
    if (!bringsFile(event)) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => {
    const inside = area.contains(/** @type {Node | null} */ (event.relatedTarget));
    if (!inside) area.classList.remove("dropping");
  });
  area.addEventListener("drop", (event) => {
    if (!bringsFile(event)) return;
    event.preventDefault();
    area.classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (file) take(playground, file);
  });
  const hint = make("div", { class: "drop-hint", "aria-hidden": "true" });
  return say(playground, hint, "share.model.drop");
}

/** @param {DragEvent} event */
function bringsFile({ dataTransfer }) {
  return dataTransfer?.types.includes("Files");
}

/** As soon as there is a model that it can replace. @param {Playground} playground @param {File} file */
async function take(playground, file) {
  const ready = new Promise((resolve) =>
    playground.addEventListener("ready", resolve, { once: true }),
  );
  try {
    const { openModel } = await import("./open-model.js");
    if (!playground.ready) await ready;
    await openModel(playground, file);
  } catch (error) {
    playground.dispatchEvent(new CustomEvent("error", { detail: describe(error) }));
  }
}
