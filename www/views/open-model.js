// A model file into the page, from the file picker or from drop-hint.js. The file is checked as a
// whole before anything changes; what is wrong with it is shown like every other failure.
import { PlaygroundError } from "../errors.js";
import { LARGEST_MODEL } from "../settings.js";
import { make } from "./dom.js";

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
