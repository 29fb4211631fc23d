// Tests as claims: a name, and a function that throws where the claim does not hold.

import { AssertionError } from "node:assert/strict";

/** What a claim that hangs costs, where it does not ask for more. */
const PATIENCE_MS = 120_000;

/** @typedef {{ name: string, body: () => Promise<void>, patience: number }} Claim */
/** @typedef {{ name: string, claims: Claim[] }} Suite */

/** @type {string[]} figures worth keeping, as measured */
const figures = [];

/**
 * Notes a measured figure: printed where it was taken and again at the end.
 *
 * @param {string} text
 */
export function figure(text) {
  figures.push(text);
  console.log(`       ${text}`);
}

/** @param {string} name @param {Claim["body"]} body @param {number} [patience] @returns {Claim} */
export function claim(name, body, patience = PATIENCE_MS) {
  return { name, body, patience };
}

/**
 * Runs every claim, one after another, and ends with a line that counts them.
 *
 * @param {Suite[]} suites
 * @param {RegExp} only claims and suites to run
 * @param {() => unknown} tidy called after each claim
 * @returns {Promise<number>} how many failed
 */
export async function run(suites, only, tidy) {
  let passed = 0;
  /** @type {string[]} */
  const failed = [];
  for (const { name: suite, claims } of suites) {
    const chosen = claims.filter(({ name }) => only.test(`${suite}: ${name}`));
    if (chosen.length) console.log(`\n${suite}`);
    for (const { name, body, patience } of chosen) {
      const began = performance.now();
      const failure = await attempt(body, patience);
      await tidy();
      const took = `${((performance.now() - began) / 1000).toFixed(1)} s`;
      console.log(`${failure ? "  FAIL" : "  ok  "} ${name} (${took})`);
      if (failure) console.log(indent(failure));
      if (failure) failed.push(`${suite}: ${name}`);
      else passed++;
    }
  }
  if (figures.length) console.log(`\nMeasured\n${figures.map((text) => `  ${text}`).join("\n")}`);
  if (failed.length) console.log(`\nFailed\n${failed.map((name) => `  ${name}`).join("\n")}`);
  // Nothing chosen is nothing shown to hold.
  if (passed + failed.length === 0) failed.push("no claim was checked");
  console.log(`\n${passed} passed, ${failed.length} failed`);
  return failed.length;
}

/** @param {Claim["body"]} body @param {number} patience @returns {Promise<string | null>} what went wrong */
async function attempt(body, patience) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${patience} ms`)), patience);
  });
  try {
    await Promise.race([body(), late]);
    return null;
  } catch (error) {
    if (error instanceof AssertionError && !error.generatedMessage) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, "       ");
}
