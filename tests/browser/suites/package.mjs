// The npm package on pages of others: built by Vite, and plain. Packed and installed in a folder
// outside of the repository; served from another path.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { claim } from "../harness.mjs";
import { drags, inProject, visitingFolder } from "../installed.mjs";

/**
 * Serves a folder and has the element on its page dragged and trained.
 *
 * @param {import("../visit.mjs").Stage} stage
 * @param {string} folder
 * @param {string} [page]
 */
function isAlive(stage, folder, page = "") {
  return visitingFolder(stage, folder, page, async (visit) => {
    await drags(visit);
    const { first, last } = await visit.element.evaluate(async (el) => {
      await el.reset({ preset: "tutorial" });
      await el.reset({ preset: "elbo", weights: "none" });
      await el.playground.setLanguage("zh");
      const first = (await el.train({ steps: 2 })).loss.total;
      return { first, last: (await el.train({ steps: 10 })).loss.total };
    });
    assert(last < first, `${first} → ${last}`);
  });
}

/**
 * A course's TypeScript finds the declarations by the package's name, as its manifest exports them.
 *
 * @param {string} repository
 * @param {string} folder with the package in its node_modules
 */
async function compiles(repository, folder) {
  const sample = join(repository, "tests/types-sample");
  await cp(join(sample, "course.ts"), join(folder, "course.ts"));
  const config = JSON.parse(await readFile(join(sample, "tsconfig.json"), "utf8"));
  delete config.compilerOptions.paths; // to the declarations in the repository
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const compiling = promisify(execFile)(process.execPath, [tsc, "-p", folder]);
  await compiling.catch(({ stdout }) => assert.fail(stdout));
}

/** @param {import("../visit.mjs").Stage} stage */
export function npmPackage(stage) {
  const { repository } = stage;
  return [
    claim("the npm package drags and trains: built by Vite, and plain from node_modules", () =>
      inProject(repository, "vite", async ({ folder, npm }) => {
        await compiles(repository, folder);
        await npm("run", "build");
        await isAlive(stage, join(folder, "dist"));
        await cp(join(repository, "samples/html/index.html"), join(folder, "plain.html"));
        await isAlive(stage, folder, "plain.html");
      }),
    ),
  ];
}
