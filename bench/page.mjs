// The page itself: what a first visit costs, how soon a drag is seen while it trains, what it
// holds in memory.

import { megabytes, table } from "./table.mjs";
import { memoryAfter, serveOneChunk, sum } from "../tests/browser/memory.mjs";
import { countAtReady, median, quantile, timeManifold } from "../tests/browser/page.mjs";
import { FEWEST, dragAbout, timeMoves, whileTraining } from "../tests/browser/pointer.mjs";
import { visiting } from "../tests/browser/visit.mjs";

/** @typedef {import("../tests/browser/visit.mjs").Stage} Stage */
/** @typedef {import("../tests/browser/visit.mjs").Visit} Visit */
/** @typedef {import("../tests/browser/browsers.mjs").Kind} Kind */

const VISITS = 3;
const DRAGS = 3;
const ENGINES = /** @type {const} */ (["cpu", "webgpu"]);
/** The memory that the last two differ by is what training costs by the epoch. */
const EPOCHS = [1, 2, 20];

/**
 * Measures and prints.
 *
 * @param {Stage} stage
 * @param {Kind} kind of browser
 */
export async function page(stage, kind) {
  console.log("\nThe page\n");
  const visits = [];
  for (let i = 0; i < VISITS; i++) visits.push(await coldVisit(stage, kind));
  const manifold = await measured(stage, { kind }, timeManifold);
  const first = visits.map(({ at }) => at);
  console.log(`bytes to the first drag, compressed   ${visits[0].bytes}`);
  console.log(`time to the first drag, ms            ${told(first, 0)}`);
  console.log(`15 × 15 manifold, ms                  ${told(manifold, 1)}\n`);

  /** @type {Record<string, number[]>} */
  const drags = {};
  for (const engine of ENGINES) drags[engine] = await drag(stage, kind, engine);
  const shares = [0.5, 0.95, 0.99];
  const latencies = ENGINES.map((engine) => [
    `${engine} engine`,
    ...shares.map((share) => quantile(drags[engine], share).toFixed(1)),
  ]);
  const head = ["pointer to pixels while it trains, ms", "50 %", "95 %", "99 %"];
  console.log(`${table(head, latencies)}\n`);

  await serveOneChunk(stage);
  /** @type {Record<string, import("../tests/browser/memory.mjs").Memory[]>} */
  const memory = {};
  for (const engine of ENGINES) {
    const query = `?engine=${engine}&weights=none&seed=1`;
    memory[engine] = await measured(stage, { kind, query }, (visit) => memoryAfter(visit, EPOCHS));
  }
  stage.site.rewrites.clear();
  console.log(memoryTable(memory));
  return { visits, manifold, drags, memory: { epochs: EPOCHS, ...memory } };
}

/** What was moved, and when, until a point can be dragged. @param {Stage} stage @param {Kind} kind */
function coldVisit(stage, kind) {
  return measured(stage, { kind, before: countAtReady }, ({ page }) =>
    page.evaluate(() => /** @type {any} */ (window).atReady),
  );
}

/**
 * From each move to its pixels, in milliseconds.
 *
 * @param {Stage} stage
 * @param {Kind} kind
 * @param {keyof typeof FEWEST} engine
 */
function drag(stage, kind, engine) {
  const query = `?engine=${engine}&weights=none`;
  return measured(stage, { kind, query }, async (visit) => {
    /** @type {number[]} */
    const all = [];
    const drags = async () => {
      const times = await timeMoves(visit);
      for (let i = 0; i < DRAGS; i++) {
        await dragAbout(visit);
        const { waits, draws } = await times();
        all.push(...draws.map((draw, move) => draw + waits[move]));
      }
    };
    await whileTraining(visit, drags, FEWEST[engine]);
    return all;
  });
}

/** @param {Record<string, import("../tests/browser/memory.mjs").Memory[]>} memory */
function memoryTable(memory) {
  const [, second, last] = EPOCHS;
  const head = [
    "memory after epochs of 5,000 images, MB",
    ...EPOCHS.map((epoch) => `${epoch}`),
    `growth ${second} to ${last}`,
    `after ${last}: wasm`,
    "JS",
    "GPU",
  ];
  const rows = ENGINES.map((engine) => {
    const sums = memory[engine].map(sum);
    const end = memory[engine][EPOCHS.indexOf(last)];
    const growth = sums[EPOCHS.indexOf(last)] / sums[EPOCHS.indexOf(second)] - 1;
    const parts = [end.wasm, end.js, end.gpu].map(megabytes);
    return [`${engine} engine`, ...sums.map(megabytes), `${(100 * growth).toFixed(2)} %`, ...parts];
  });
  return table(head, rows);
}

/**
 * A visit that ends in a value.
 *
 * @template T
 * @param {Stage} stage
 * @param {import("../tests/browser/visit.mjs").Wishes} wishes
 * @param {(visit: Visit) => Promise<T>} measure
 * @returns {Promise<T>}
 */
async function measured(stage, wishes, measure) {
  /** @type {{ value: T } | undefined} */
  let result;
  await visiting(stage, wishes, async (visit) => {
    result = { value: await measure(visit) };
  });
  return /** @type {{ value: T }} */ (result).value;
}

/** @param {number[]} values @param {number} digits */
function told(values, digits) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return (
    [middle, least, most].map((value) => value.toFixed(digits)).join(", ") + " (median, min, max)"
  );
}
