// Another build of the site: a copy with other files, listed as `cargo xtask dist` lists them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** @typedef {{ id: string, files: Record<string, string[]>, later: Record<string, string[]> }} Build */

const LIST = /^const BUILD = (.*);$/m;
const NAME = /(<meta name="build" content=")\w+/;

/**
 * @param {string} root the built site
 * @param {string} folder the copy's
 * @param {string} id the other build's
 * @param {Record<string, (text: string) => string>} changes path → what it becomes
 */
export async function writeOtherBuild(root, folder, id, changes) {
  await cp(root, folder, { recursive: true });
  const build = await readBuild(folder);
  build.id = id;
  /** @param {string} page */
  const named = (page) => page.replace(NAME, `$1${id}`);
  const pages = Object.keys(build.files).filter((path) => /^[^/]*\.html$/.test(path));
  const all = { ...changes, ...Object.fromEntries(pages.map((page) => [page, named])) };
  for (const [path, change] of Object.entries(all)) {
    const text = change(await readFile(join(folder, path), "utf8"));
    await writeFile(join(folder, path), text);
    const list = path in build.later ? build.later : build.files;
    list[path] = [createHash("sha256").update(text).digest("hex")];
  }
  const worker = await readFile(join(folder, "sw.js"), "utf8");
  const line = `const BUILD = ${JSON.stringify(build)};`;
  await writeFile(
    join(folder, "sw.js"),
    worker.replace(LIST, () => line),
  );
}

/** @param {string} root @returns {Promise<Build>} */
export async function readBuild(root) {
  const worker = await readFile(join(root, "sw.js"), "utf8");
  return JSON.parse(worker.match(LIST)?.[1] ?? assert.fail("sw.js has no list"));
}
