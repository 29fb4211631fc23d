import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import test from "node:test";
import { PATHS, locate } from "../../www/files.js";

const WWW = new URL("../../www/", import.meta.url);

/** Data, not code: what is fetched by its address. */
const FOLDERS = ["code", "data", "data/mnist", "lang", "weights"];

test("files.js lists what the folders hold, no less and no more", async () => {
  const found = [];
  for (const folder of FOLDERS) {
    for (const entry of await readdir(new URL(folder, WWW), { withFileTypes: true })) {
      if (entry.isFile() && !entry.name.endsWith(".md")) found.push(`${folder}/${entry.name}`);
    }
  }
  assert.deepEqual(PATHS.toSorted(), found.sort());
});

test("every path leads to its own file", () => {
  for (const path of PATHS) assert.equal(locate(path).href, new URL(path, WWW).href);
  assert.throws(() => locate("lang/eo.json"), /lang\/eo\.json/);
});

test("each address is written as bundlers know it", async () => {
  const source = await readFile(new URL("files.js", WWW), "utf8");
  const literals = source.matchAll(
    /"([^"]+)": new URL\(\s*"\.\/([^"]+)",\s*import\.meta\.url,?\s*\)/g,
  );
  const written = [...literals].map(([, path, literal]) => [path, literal]);
  assert.deepEqual(
    written,
    PATHS.map((path) => [path, path]),
  );
});
