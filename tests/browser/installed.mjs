// The npm package in a project of somebody's: a copy of a sample outside of the repository, with
// what its lock file names and the packed package in its node_modules.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PLANE, dragMovesDigit, look } from "./page.mjs";
import { Site } from "./site.mjs";
import { visiting } from "./visit.mjs";

/** @typedef {import("./visit.mjs").Visit} Visit */
/** @typedef {{ folder: string, npm: (...words: string[]) => Promise<string> }} Project */

const run = promisify(execFile);

/**
 * The sample's copy, removed afterwards.
 *
 * @param {string} repository
 * @param {string} sample its folder in samples/
 * @param {(project: Project) => Promise<void>} act
 */
export async function inProject(repository, sample, act) {
  const folder = await mkdtemp(join(tmpdir(), "vae-playground-project-"));
  const npm = async (/** @type {string[]} */ ...words) =>
    (await run("npm", words, { cwd: folder })).stdout.trim();
  try {
    const source = join(repository, "package/npm");
    await access(source).catch(() => assert.fail("no package/. Run `cargo xtask package` first"));
    await cp(join(repository, "samples", sample), folder, { recursive: true });
    const tarball = await npm("pack", "--silent", source);
    await npm("ci", "--no-audit", "--no-fund");
    await npm("install", "--no-save", "--no-audit", "--no-fund", `./${tarball}`);
    await act({ folder, npm });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Serves a folder and opens a page of it.
 *
 * @param {import("./visit.mjs").Stage} stage
 * @param {string} folder
 * @param {string} page
 * @param {(visit: Visit) => Promise<void>} act
 */
export async function visitingFolder({ browsers }, folder, page, act) {
  const path = "/lectures/week 7/";
  const site = new Site({ [path]: folder });
  await site.open();
  const place = { origin: site.origin, address: () => encodeURI(site.origin + path) + page };
  try {
    await visiting({ browsers, site: place }, {}, act);
  } finally {
    site.close();
  }
}

/** The plane is drawn, and the digit follows a drag. @param {Visit} visit */
export async function drags(visit) {
  assert((await look(visit, PLANE)).colours > 100);
  await dragMovesDigit(visit);
}
