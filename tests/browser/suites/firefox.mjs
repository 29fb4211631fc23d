// The same page in Firefox, which has no WebGPU here: a second engine for JavaScript and wasm.

import assert from "node:assert/strict";
import { claim, figure } from "../harness.mjs";
import { DIGIT, PLANE, look } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @param {import("../visit.mjs").Stage} stage */
export function firefox(stage) {
  const kind = /** @type {const} */ ("firefox");
  return [
    claim("Firefox paints the manifold and drags the point", () =>
      visiting(stage, { kind }, async (visit) => {
        const { page, element } = visit;
        assert((await look(visit, PLANE)).colours > 100);
        const before = await look(visit, DIGIT);
        const { middle } = await visit.place(PLANE);
        await page.mouse.move(middle.x, middle.y);
        await page.mouse.down();
        await page.mouse.move(middle.x + 50, middle.y - 50, { steps: 5 });
        await page.mouse.up();
        await visit.frames();
        const [z1, z2] = await element.evaluate((el) => el.latent);
        assert(z1 > 0.1 && z2 > 0.1, `${z1}, ${z2}`);
        assert.notEqual((await look(visit, DIGIT)).print, before.print);
      }),
    ),
    claim("Firefox trains 20 steps of MNIST on the CPU", () =>
      visiting(stage, { kind, query: "?weights=none" }, async ({ element }) => {
        const { first, last, info } = await element.evaluate(async (el) => ({
          first: (await el.train({ steps: 2 })).loss.total,
          last: await el.train({ steps: 18 }),
          info: el.engineInfo,
        }));
        figure(`Firefox: ${last.millisecondsPerStep.toFixed(1)} ms a step`);
        assert.equal(info?.kind, "cpu");
        assert(last.loss.total < first, `${first} → ${last.loss.total}`);
      }),
    ),
  ];
}
