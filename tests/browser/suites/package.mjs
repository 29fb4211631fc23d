// The npm package on pages of others: built by Vite, and plain. Packed and installed in a folder
// outside of the repository; served from another path.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { claim } from "../harness.mjs";
import { DIGIT, PLANE, look } from "../page.mjs";
import { Site } from "../site.mjs";
import { visiting } from "../visit.mjs";

const run = promisify(execFile);

/**
 * A folder with the samples and the package, removed afterwards.
 *
 * @param {string} repository
 * @param {(folder: string) => Promise<void>} act
 */
async function inProject(repository, act) {
  const folder = await mkdtemp(join(tmpdir(), "vae-playground-package-"));
  /** @param {string[]} words */
  const npm = async (...words) => (await run("npm", words, { cwd: folder })).stdout.trim();
  try {
    const source = join(repository, "package/npm");
    await access(source).catch(() => assert.fail("no package/. Run `cargo xtask package` first"));
    await cp(join(repository, "samples/vite"), folder, { recursive: true });
    await cp(join(repository, "samples/html/index.html"), join(folder, "plain.html"));
    const tarball = await npm("pack", "--silent", source);
    await npm("ci", "--no-audit", "--no-fund");
    await npm("install", "--no-save", "--no-audit", "--no-fund", `./${tarball}`);
    await npm("run", "build");
    await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Serves a folder and has the element on its page dragged and trained.
 *
 * @param {import("../visit.mjs").Stage} stage
 * @param {string} folder
 * @param {string} [page]
 */
async function isAlive({ browsers }, folder, page = "") {
  const path = "/lectures/week 7/";
  const site = new Site({ [path]: folder });
  await site.open();
  const place = { origin: site.origin, address: () => encodeURI(site.origin + path + page) };
  try {
    await visiting({ browsers, site: place }, {}, async (visit) => {
      assert((await look(visit, PLANE)).colours > 100);
      const before = await look(visit, DIGIT);
      const { middle } = await visit.place(PLANE);
      await visit.page.mouse.move(middle.x, middle.y);
      await visit.page.mouse.down();
      await visit.page.mouse.move(middle.x + 60, middle.y - 60, { steps: 5 });
      await visit.page.mouse.up();
      await visit.frames();
      assert.notEqual((await look(visit, DIGIT)).print, before.print);
      const { first, last } = await visit.element.evaluate(async (el) => {
        await el.reset({ preset: "tutorial" });
        await el.reset({ preset: "elbo", weights: "none" });
        await el.playground.setLanguage("zh");
        const first = (await el.train({ steps: 2 })).loss.total;
        return { first, last: (await el.train({ steps: 10 })).loss.total };
      });
      assert(last < first, `${first} → ${last}`);
    });
  } finally {
    site.close();
  }
}

/** @param {import("../visit.mjs").Stage} stage */
export function npmPackage(stage) {
  return [
    claim("the npm package drags and trains: built by Vite, and plain from node_modules", () =>
      inProject(stage.repository, async (folder) => {
        await isAlive(stage, join(folder, "dist"));
        await isAlive(stage, folder, "plain.html");
      }),
    ),
  ];
}
