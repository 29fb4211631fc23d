// A hand that drags the point while the page trains, and how long it waits to see it move.

import assert from "node:assert/strict";
import { PLANE, loadEverything } from "./page.mjs";

/** Of one drag. */
export const MOVES = 200;
/** Steps that an engine must take meanwhile: a software adapter's take 90 ms, and a hand goes first. */
export const FEWEST = { cpu: 10, webgpu: 0 };

/** @typedef {import("./visit.mjs").Visit} Visit */

/**
 * Trains in the background while `act` is measured.
 *
 * @param {Visit} visit
 * @param {() => Promise<void>} act
 * @param {number} [fewest] steps that must have been trained meanwhile
 */
export async function whileTraining(visit, act, fewest = FEWEST.cpu) {
  const { element } = visit;
  await loadEverything(visit);
  await element.evaluate((el) => void el.train({ epochs: 50 }).catch(() => {}));
  const before = await element.evaluate((el) => el.metrics.step);
  await act();
  const after = await element.evaluate(async (el) => {
    await el.pause();
    return el.metrics.step;
  });
  assert(after > before + fewest, `only ${after - before} steps were trained meanwhile`);
}

/**
 * In the page: for each move, the wait until the page's thread takes it, and the time its views
 * take to draw, which they do inside the event. Chromium itself holds moves back to the next
 * frame, up to 16 ms whatever the page does, but tells of each at once as `pointerrawupdate`.
 *
 * @param {Visit} visit
 */
export async function timeMoves({ page }) {
  const times = await page.evaluateHandle(() => {
    /** @type {{ waits: number[], draws: number[] }} */
    const times = { waits: [], draws: [] };
    let began = 0;
    addEventListener("pointerrawupdate", (event) => {
      if (/** @type {PointerEvent} */ (event).buttons)
        times.waits.push(performance.now() - event.timeStamp);
    });
    // The window hears a move first on its way down and last on its way up.
    addEventListener("pointermove", () => (began = performance.now()), true);
    addEventListener("pointermove", ({ buttons }) => {
      if (buttons) times.draws.push(performance.now() - began);
    });
    return times;
  });
  return () =>
    times.evaluate(({ waits, draws }) => ({ waits: waits.splice(0), draws: draws.splice(0) }));
}

/** Real moves, outwards on a spiral. @param {Visit} visit */
export async function dragAbout(visit) {
  const { mouse } = visit.page;
  const { middle, width } = await visit.place(PLANE);
  await mouse.move(middle.x, middle.y);
  await mouse.down();
  for (let i = 0; i < MOVES; i++) {
    const [angle, radius] = [i / 9, (i / MOVES) * 0.4 * width];
    await mouse.move(middle.x + radius * Math.cos(angle), middle.y + radius * Math.sin(angle));
  }
  await mouse.up();
}
