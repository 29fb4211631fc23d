// docs/embedding.md quotes files. What an author copies from there is what the tests run.

import assert from "node:assert/strict";
import { access, readFile, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { FITTING } from "../../www/embed-code.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const guide = await readFile(`${root}docs/embedding.md`, "utf8");

/** Not for reading: what npm and Vite take as it is. */
const UNQUOTED = /package(-lock)?\.json$|^samples\/react\/(index\.html|vite\.config\.js)$/;

/** A fenced block, with the comment before it. */
const BLOCK =
  /(?:^<!-- (?<source>.*) -->\n)?^(?<fence>`{3,})(?<language>.*)\n(?<text>[^]*?)^\k<fence>$/gm;
const blocks = [...guide.matchAll(BLOCK)].map(({ groups = {} }) => groups);

/** @param {string} source as the guide names it */
async function quoted(source) {
  if (source === "FITTING of www/embed-code.js") return `${FITTING}\n`;
  const text = await readFile(root + source, "utf8");
  if (!source.endsWith(".ipynb")) return text;
  /** @type {{ cells: { cell_type: string, source: string[] }[] }} */
  const { cells } = JSON.parse(text);
  return `${cells.findLast((cell) => cell.cell_type === "code")?.source.join("")}\n`;
}

for (const { source, text } of blocks) {
  if (source)
    test(`the guide quotes ${source}`, async () => assert.equal(text, await quoted(source)));
}

test("every block of the guide that is not a command names its file", () => {
  const unnamed = blocks.filter(({ source, language }) => !source && language !== "sh");
  assert.deepEqual(unnamed, []);
});

test("every sample is in the guide", async () => {
  const files = await readdir(`${root}samples`, { recursive: true, withFileTypes: true });
  const samples = files
    .filter((entry) => entry.isFile() && !/node_modules|\/dist\b/.test(entry.parentPath))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length))
    .filter((path) => !UNQUOTED.test(path));
  const named = blocks.map(({ source }) => source).filter((source) => /^samples/.test(source));
  assert.deepEqual(named.sort(), samples.sort());
});

test("every link of the guide leads to a file of the repository, or to a heading", async () => {
  const prose = guide.replace(BLOCK, "");
  const anchors = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
  for (const [, target] of prose.matchAll(/\]\(([^)]+)\)/g)) {
    const [path, anchor] = target.split("#");
    if (!path) assert(anchors.includes(anchor), `no heading is #${anchor}`);
    else await assert.doesNotReject(access(new URL(path, `file://${root}docs/`)), target);
  }
});

/** As GitHub makes them. @param {string} heading */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
