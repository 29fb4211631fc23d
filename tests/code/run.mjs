// "Show the code": the PyTorch program of each preset, as the page renders it, runs and comes to
// the losses that this project's own engine comes to. `node tests/code/run.mjs`
//
//   --pkg FOLDER   the built modules, default pkg/
//
// PYTHON names the interpreter that has torch, default Debian's /usr/bin/python3.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { render, valuesOf } from "../../www/exports/program.js";
import { PRESETS } from "../../www/settings.js";
import { openCore, trainOneEpoch } from "./trainer.mjs";

/** @typedef {import("./trainer.mjs").Losses} Losses */

const { PYTHON = "/usr/bin/python3" } = process.env;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TEMPLATE = join(ROOT, "www/code/pytorch.py.txt");
const DATA = join(ROOT, "www/data/mnist");

/**
 * How far the two may lie apart after an epoch, relative: their random numbers are others. Over
 * seeds 1 to 4 of both (`autoencoder`: 1 and 2), torch 1.13, the reconstruction came to within 4 %
 * of each other, the KL of `elbo` to 9 %; where the KL weighs next to nothing or nothing, as in the other two, to a factor
 * of 2. One preset's program is off another's losses by 8 % of the reconstruction or more.
 *
 * @type {Record<string, Losses>}
 */
const APART = {
  elbo: { reconstruction: 0.05, kl: 0.2 },
  tutorial: { reconstruction: 0.05, kl: 1 },
  autoencoder: { reconstruction: 0.05, kl: 1 },
};

const { values } = parseArgs({
  options: { pkg: { type: "string", default: join(ROOT, "pkg") } },
});
const core = await openCore(pathToFileURL(`${resolve(values.pkg)}/core/`));
const folder = await mkdtemp(join(tmpdir(), "vae-code-"));
try {
  for (const preset of PRESETS) await check(preset);
} finally {
  await rm(folder, { recursive: true });
}

/** @param {string} preset */
async function check(preset) {
  const settings = { ...JSON.parse(core.presetSettings(preset)), epochs: 1 };
  const program = join(folder, `${preset}.py`);
  await writeFile(program, render(await readFile(TEMPLATE, "utf8"), valuesOf(settings, DATA)));
  const { stdout } = await promisify(execFile)(PYTHON, [program]);
  const theirs = { epoch: lossesOf(stdout, "epoch 1"), test: lossesOf(stdout, "test") };
  const ours = await trainOneEpoch(core, settings);
  for (const moment of /** @type {const} */ (["epoch", "test"])) {
    const [torch, own] = [theirs[moment], ours[moment]];
    console.log(`${preset}, ${moment}: PyTorch ${told(torch)}, ours ${told(own)} nats an image`);
    for (const term of /** @type {const} */ (["reconstruction", "kl"])) {
      const apart = Math.max(torch[term], own[term]) / Math.min(torch[term], own[term]) - 1;
      const most = APART[preset][term];
      assert(apart <= most, `${preset}, ${moment}, ${term}: ${apart} apart, at most ${most}`);
    }
  }
}

/** @param {string} output @param {string} line how it begins @returns {Losses} */
function lossesOf(output, line) {
  const figures = new RegExp(`^${line}: reconstruction ([\\d.]+), KL ([\\d.]+)`, "m").exec(output);
  assert(figures, `no line "${line}: …" in what the program printed:\n${output}`);
  return { reconstruction: Number(figures[1]), kl: Number(figures[2]) };
}

/** @param {Losses} losses */
function told({ reconstruction, kl }) {
  return `${reconstruction.toFixed(2)} + ${kl.toFixed(2)} KL`;
}
