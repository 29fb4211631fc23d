// The element's manifest, www/custom-elements.json, which claims of attributes, methods and events are
// held to.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** @param {{ repository: string }} stage */
export function declaredElement({ repository }) {
  const text = readFileSync(join(repository, "www/custom-elements.json"), "utf8");
  const [{ declarations }] = JSON.parse(text).modules;
  return declarations[0];
}

/** @param {{ name: string }[]} items */
export function namesOf(items) {
  return items.map(({ name }) => name).sort();
}
