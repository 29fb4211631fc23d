// TensorFlow outside the browser: an epoch of the tutorial's own program, where it is installed.

import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** @typedef {{ tensorflow: string, threads: number, millisecondsPerStep: number, secondsPerEpoch: number, cost: number }} Native */

/**
 * Measures and prints.
 *
 * @param {string} repository
 * @returns {Promise<Native[] | null>} null where it is not installed
 */
export async function native(repository) {
  console.log("\nTensorFlow, native\n");
  const python = process.env.PYTHON ?? "python3";
  const found = spawnSync(python, ["-c", "import tensorflow"]);
  if (found.status !== 0) {
    console.log(`${python} has no TensorFlow; PYTHON names another Python.`);
    return null;
  }
  const run = spawnSync(python, [join(repository, "bench/native.py")], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`bench/native.py failed:\n${run.stderr}`);
  const results = run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { tensorflow, threads, millisecondsPerStep, secondsPerEpoch } of results) {
    console.log(
      `TensorFlow ${tensorflow}, ${threads ? `${threads} thread` : "all threads"}: ` +
        `${millisecondsPerStep.toFixed(2)} ms a step, ${secondsPerEpoch.toFixed(1)} s an epoch`,
    );
  }
  return results;
}
