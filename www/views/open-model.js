// A model file into the page: from the file picker, or dropped on it. The file is checked as a
// whole before anything changes; what is wrong with it is shown like every other failure.
import { PlaygroundError, describe } from "../errors.js";
import { LARGEST_MODEL } from "../settings.js";
import { make, say } from "./dom.js";

/** @import { Playground } from "../playground.js" */

/** @returns {Promise<File | null>} null where the reader thinks better of it */
export function pickModel() {
  const input = make("input", { type: "file", accept: ".safetensors,.gz" });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

/**
 * @param {Playground} playground
 * @param {File} file
 * @returns {Promise<string | undefined>} the key of what there is to say, where it went well
 */
export async function openModel(playground, file) {
  if (file.size > LARGEST_MODEL) {
    const values = { got: file.size, expected: LARGEST_MODEL };
    const message = `${file.name}: ${file.size} bytes are more than a model has`;
    throw new PlaygroundError("weights-size", message, values);
  }
  const bytes = await file.arrayBuffer();
  try {
    await playground.importWeights(bytes);
    return "share.model.opened";
  } catch {
    return undefined; // the playground has told
  }
}

/**
 * Opens a file that is dropped anywhere on the area, and says so while one is over it.
 *
 * @param {Playground} playground
 * @param {HTMLElement} area
 */
export function createDropHint(playground, area) {
  const hint = say(
    playground,
    make("div", { class: "drop-hint", "aria-hidden": "true" }),
    "share.model.drop",
  );
  /** @param {DragEvent} event */
  const brings = (event) => event.dataTransfer?.types.includes("Files") && playground.ready;
  area.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => {
    const inside = area.contains(/** @type {Node | null} */ (event.relatedTarget));
    if (!inside) area.classList.remove("dropping");
  });
  area.addEventListener("drop", async (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    area.classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    try {
      await openModel(playground, file);
    } catch (error) {
      playground.dispatchEvent(new CustomEvent("error", { detail: describe(error) }));
    }
  });
  return hint;
}
