// A training step of every contestant, in turns, in one browser.

import { openContestant } from "./contestants.mjs";
import { figure, table } from "./table.mjs";
import { median } from "../tests/browser/page.mjs";

/** @typedef {import("./contestants.mjs").Entry} Entry */
/** @typedef {import("./contestants.mjs").Opened} Opened */
/** @typedef {import("./contestants.mjs").Turn} Turn */
/** @typedef {import("./contestants/counts.mjs").Counts} Counts */
/** @typedef {import("./contestants.mjs").Case & { rounds: number, checked: number }} Case */

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {"cpu" | "webgpu"} device
 * @property {Turn} firstStep
 * @property {number} loss mean an image over the first `checked` steps, in nats
 * @property {number} steps a round
 * @property {Turn[]} rounds
 */

/** The tutorial's own first. `checked`: the steps whose losses are compared. @type {Case[]} */
export const CASES = [
  { batch: 128, hidden: 256, rounds: 5, checked: 8 },
  { batch: 32, hidden: 256, rounds: 3, checked: 8 },
  { batch: 512, hidden: 256, rounds: 3, checked: 5 },
  { batch: 128, hidden: 512, rounds: 3, checked: 5 },
];
/** A round's length: long enough for the clock, short enough for a machine's moods to hit all alike. */
const ROUND_MS = 2_000;
const [FEWEST_STEPS, MOST_STEPS] = [2, 400];
/** What the playground's WebGPU engine hands to the device at a time, where a round has that many. */
const WHOLE = 16;
/** Of the contestants' median: other noise and another order of the images, nothing else. */
const STRAY = 0.1;

/**
 * Measures and prints one case.
 *
 * @param {import("../tests/browser/site.mjs").Site} site
 * @param {import("puppeteer-core").Browser} browser
 * @param {Case} problem
 * @param {Entry[]} entries
 */
export async function steps(site, browser, problem, entries) {
  console.log(`\nA training step: batch ${problem.batch}, hidden ${problem.hidden}\n`);
  const profile = await browser.createBrowserContext();
  try {
    const opened = [];
    for (const entry of entries) {
      const page = await profile.newPage();
      opened.push(await warmUp(await openContestant(site, page, entry, problem), entry, problem));
    }
    for (let round = 0; round < problem.rounds; round++) {
      for (const { page, turn, result } of opened) {
        await page.bringToFront();
        result.rounds.push(await turn(result.steps));
      }
    }
    const results = opened.map(({ result }) => result);
    console.log(told(results));
    checkLosses(results, problem);
    return { ...problem, contestants: results };
  } finally {
    await profile.close();
  }
}

/**
 * Takes the steps whose losses are compared, then one round that does not count.
 *
 * @param {Opened} contestant
 * @param {Entry} entry
 * @param {Case} problem
 */
async function warmUp({ page, firstStep, turn }, { name, device }, { checked }) {
  const first = await turn(checked - 1);
  const loss = (firstStep.loss + (checked - 1) * first.loss) / checked;
  const steps = stepsOfRound((ROUND_MS * (checked - 1)) / first.milliseconds);
  await turn(steps);
  /** @type {Result} */
  const result = { name, device, firstStep, loss, steps, rounds: [] };
  return { page, turn, result };
}

/** @param {number} wanted */
function stepsOfRound(wanted) {
  const whole = Math.min(MOST_STEPS, WHOLE * Math.round(wanted / WHOLE));
  return whole || Math.max(FEWEST_STEPS, Math.round(wanted));
}

/** @param {Result[]} results */
function told(results) {
  const counted = /** @type {(keyof Counts)[]} */ (Object.keys(results[0].firstStep.counts));
  const head = ["", "ms a step", "min–max", "ours/it", "first step, ms"];
  const rows = results.map((result) => {
    const times = perStep(result, ({ milliseconds }) => milliseconds);
    const counts = counted.map((name) =>
      result.device === "cpu" ? "–" : figure(median(perStep(result, ({ counts }) => counts[name]))),
    );
    return [
      result.name,
      figure(median(times)),
      `${figure(Math.min(...times))}–${figure(Math.max(...times))}`,
      ratio(results, result),
      result.firstStep.milliseconds.toFixed(0),
      ...counts,
      result.loss.toFixed(2),
    ];
  });
  return table([...head, ...counted, "loss"], rows);
}

/**
 * Our engine's time over this one's on the same device, the median over the rounds.
 *
 * @param {Result[]} results
 * @param {Result} result
 */
function ratio(results, result) {
  const ours = results.find(({ name, device }) => device === result.device && isOurs(name));
  if (!ours || ours === result) return "";
  const [our, their] = [ours, result].map((of) => perStep(of, ({ milliseconds }) => milliseconds));
  return median(our.map((ms, round) => ms / their[round])).toFixed(3);
}

/** @param {string} name */
const isOurs = (name) => name.startsWith("playground");

/** @param {Result} result @param {(turn: Turn) => number} quantity of a round */
function perStep({ rounds, steps }, quantity) {
  return rounds.map((turn) => quantity(turn) / steps);
}

/** Whoever computes less does not come down alike. @param {Result[]} results @param {Case} problem */
function checkLosses(results, { checked }) {
  const middle = median(results.map(({ loss }) => loss));
  for (const { name, loss } of results) {
    if (Math.abs(loss / middle - 1) <= STRAY) continue;
    throw new Error(
      `${name} came to a loss of ${loss} over its first ${checked} steps, where the median of all ` +
        `is ${middle}: it does not compute the same. Its figures stand for nothing`,
    );
  }
}
