// Training for long costs no more memory than training for a while.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { memoryAfter, serveOneChunk, sum } from "../memory.mjs";
import { visiting } from "../visit.mjs";

/** Of all that is held after the second epoch. */
const MOST_GROWTH = 0.01;
const EPOCHS = [2, 20];

/** @param {import("../visit.mjs").Stage} stage */
export function memory(stage) {
  return [
    claim("from epoch 2 to epoch 20 the page and its worker grow by 1 % at most", async () => {
      await serveOneChunk(stage);
      await visiting(stage, { query: "?engine=cpu&weights=none" }, async (visit) => {
        const [early, late] = await memoryAfter(visit, EPOCHS);
        const growth = sum(late) / sum(early) - 1;
        const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
        figure(
          `memory while the CPU engine trains: ${megabytes(late.wasm)} of wasm, ` +
            `${megabytes(late.js)} of JS after epoch 20, ${(100 * growth).toFixed(2)} % more ` +
            `than after epoch 2 (limit ${100 * MOST_GROWTH} %)`,
        );
        // Both threads have an instance of core, and one of them the images.
        assert(early.wasm > 10e6 && early.js > 1e6, "it was not all measured");
        assert(growth <= MOST_GROWTH, `${growth}`);
      });
    }),
  ];
}
