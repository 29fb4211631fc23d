// Hands on the latent plane: mouse, touch, keys and wheel move the point and the digit follows.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { DIGIT, PLANE, POINT, look, readout } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Visit} Visit */

/** Words and numbers follow a moving point eight times a second. */
const WORDS_MS = 200;

/** @param {Visit} visit the latent point, as the script has it */
const latent = (visit) => visit.element.evaluate((playground) => playground.latent);

/**
 * @param {Visit} visit
 * @param {() => Promise<unknown>} act
 * @returns {Promise<{ from: number[], to: number[] }>}
 */
async function moves(visit, act) {
  const before = await look(visit, DIGIT);
  const from = await latent(visit);
  await act();
  await visit.frames();
  const to = await latent(visit);
  assert.notDeepEqual(to, from, "the point did not move");
  await new Promise((resolve) => setTimeout(resolve, WORDS_MS));
  const shown = await readout(visit);
  to.forEach((z, i) => assert(Math.abs(shown[i] - z) <= 0.0051, `shows ${shown}, is at ${to}`));
  assert.notEqual((await look(visit, DIGIT)).print, before.print, "the digit did not change");
  return { from, to };
}

/** @param {Visit} visit */
async function dragWithMouse({ page }, { x = 0, y = 0 }) {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y - 40, { steps: 8 });
  await page.mouse.up();
}

/** @param {Visit} visit @param {"sigma" | "phi"} kind */
async function chooseAxes(visit, kind) {
  const radio = await visit.find(`.axes-switch input[value=${kind}]`);
  await radio.evaluate((node) => node.closest("label")?.click());
  await visit.frames();
  assert.equal(await visit.element.evaluate((el) => el.playground.plane.axes), kind);
}

/** @param {import("../visit.mjs").Stage} stage */
export function plane(stage) {
  return [
    claim("a mouse drags the point, and the digit and the numbers follow", () =>
      visiting(stage, {}, async (visit) => {
        const { middle } = await visit.place(PLANE);
        await moves(visit, () => dragWithMouse(visit, middle));
      }),
    ),
    claim("a finger drags the point", () =>
      visiting(
        stage,
        {
          viewport: {
            width: 390,
            height: 844,
            hasTouch: true,
            isMobile: true,
            deviceScaleFactor: 2,
          },
        },
        async (visit) => {
          const { x, y } = (await visit.place(PLANE)).middle;
          await moves(visit, async () => {
            const finger = await visit.page.touchscreen.touchStart(x, y);
            for (let i = 1; i <= 5; i++) await finger.move(x + 10 * i, y - 8 * i);
            await finger.end();
          });
        },
      ),
    ),
    claim("arrow keys move the point by 0.1, with Shift by 0.01, and Home takes it to 0", () =>
      visiting(stage, {}, async (visit) => {
        const { page } = visit;
        await (await visit.find(POINT)).focus();
        await moves(visit, () =>
          page.keyboard.press("Home").then(() => page.keyboard.press("ArrowUp")),
        );
        assertNear(await latent(visit), [0, 0.1]);
        for (const key of /** @type {const} */ (["ArrowRight", "ArrowRight", "ArrowDown"])) {
          await page.keyboard.press(key);
        }
        assertNear(await latent(visit), [0.2, 0]);
        await page.keyboard.down("Shift");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.up("Shift");
        assertNear(await latent(visit), [0.19, 0]);
      }),
    ),
    claim("σ and Φ axes show the same point elsewhere, and σ zooms under the wheel", () =>
      visiting(stage, {}, async (visit) => {
        const { middle } = await visit.place(PLANE);
        await dragWithMouse(visit, middle);
        const before = await latent(visit);
        const phi = await look(visit, PLANE);
        await chooseAxes(visit, "sigma");
        const sigma = await look(visit, PLANE);
        assert.notEqual(sigma.print, phi.print);
        await (await visit.find(POINT)).focus(); // untouched, the plane leaves the wheel alone
        await visit.page.mouse.wheel({ deltaY: -120 });
        await visit.frames(4);
        const zoomed = await look(visit, PLANE);
        assert.notEqual(zoomed.print, sigma.print, "the wheel did not zoom");
        await visit.page.keyboard.press("0");
        await visit.frames(4);
        assert.equal((await look(visit, PLANE)).print, sigma.print, "0 did not undo the zoom");
        await chooseAxes(visit, "phi");
        assert.deepEqual(await latent(visit), before, "the axes moved the point");
        assert.equal((await look(visit, PLANE)).print, phi.print);
      }),
    ),
    claim("the plane lets the page scroll until it has been touched", () =>
      visiting(stage, {}, async (visit) => {
        await chooseAxes(visit, "sigma");
        await visit.page.evaluate(() =>
          /** @type {HTMLElement | null} */ (document.activeElement)?.blur(),
        );
        const { middle } = await visit.place(PLANE);
        await visit.page.mouse.move(middle.x, middle.y);
        const before = await look(visit, PLANE);
        const from = await visit.page.evaluate(() => scrollY);
        await visit.page.mouse.wheel({ deltaY: 200 });
        await visit.page.waitForFunction((y) => scrollY > y, {}, from);
        assert.equal((await look(visit, PLANE)).print, before.print);
      }),
    ),
  ];
}

/** @param {number[]} ours @param {number[]} wanted */
function assertNear(ours, wanted) {
  wanted.forEach((z, i) => assert(Math.abs(ours[i] - z) < 1e-6, `at ${ours}, not ${wanted}`));
}
