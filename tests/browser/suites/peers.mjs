// Our step against jax-js's, in turns, in one browser on one machine.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { CONTESTANTS, openContestant } from "../../../bench/contestants.mjs";
import { loadEverything, median } from "../page.mjs";
import { visiting } from "../visit.mjs";

const MOST_OF_JAX = 0.4;
/** Long enough that the snapshot which every run ends with does not tell. */
const STEPS = 150;
const ROUNDS = 3;

/** @param {import("../visit.mjs").Stage} stage */
export function peers(stage) {
  return [
    claim("a step takes at most 0.4 of jax-js's on wasm, for the same loss", () =>
      visiting(stage, { query: "?engine=cpu&weights=none&seed=1" }, async (visit) => {
        const { page, element } = visit;
        const rounds = [];
        await loadEverything(visit); // while it is in front: a hidden page has no frames to wait on
        await element.evaluate((el) => el.reset({ weights: "none" }));
        const peer = await page.browserContext().newPage();
        const jax = await openContestant(stage.site, peer, CONTESTANTS.jaxWasm);
        for (let round = 0; round < ROUNDS; round++) {
          await page.bringToFront();
          const ours = await element.evaluate((el, steps) => el.train({ steps }), STEPS);
          await peer.bringToFront();
          const { milliseconds, loss } = await jax.turn(STEPS);
          const theirs = { millisecondsPerStep: milliseconds / STEPS, loss };
          rounds.push({
            ours,
            theirs,
            ratio: ours.millisecondsPerStep / theirs.millisecondsPerStep,
          });
        }
        const ours = median(rounds.map((round) => round.ours.millisecondsPerStep));
        const theirs = median(rounds.map((round) => round.theirs.millisecondsPerStep));
        const ratio = median(rounds.map((round) => round.ratio));
        figure(
          `a step: ours ${ours.toFixed(1)} ms, jax-js wasm ${theirs.toFixed(1)} ms, ` +
            `ratio ${ratio.toFixed(2)} (limit ${MOST_OF_JAX}; median of ${ROUNDS} × ${STEPS} steps)`,
        );
        for (const { ours, theirs } of rounds) {
          const apart = Math.abs(ours.loss.total / theirs.loss - 1);
          // Other batches and other noise; whoever computed less would not come down alike.
          assert(apart < 0.05, `ours came to ${ours.loss.total}, jax-js to ${theirs.loss}`);
        }
        assert(ratio <= MOST_OF_JAX, `${ratio}`);
      }),
    ),
  ];
}
