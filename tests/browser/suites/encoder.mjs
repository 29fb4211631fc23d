// The encoder's side: each of the ten digits by keyboard, and one drawn by hand.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { visiting } from "../visit.mjs";

/** The first ten test images, as in the tutorial's figure. */
const FIGURE = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9];

/** @param {import("../visit.mjs").Stage} stage */
export function encoder(stage) {
  return [
    claim("each of the ten digits is chosen by keyboard and sends its posterior to the plane", () =>
      visiting(stage, {}, async (visit) => {
        await (await visit.find(".choices input[value='9']")).focus();
        for (const [index, label] of FIGURE.entries()) {
          // From the last one, right wraps round the eleven to the pen, then to the first.
          if (index === 0) await (await visit.find(".choices input[value='0']")).press("Space");
          else await visit.page.keyboard.press("ArrowRight");
          const chosen = await visit.element.evaluate(({ playground }) => ({
            selected: playground.selected,
            label: playground.figure.labels[playground.selected],
            latent: playground.latent,
            mean: playground.posterior?.mean,
            logVar: playground.posterior?.logVar,
          }));
          assert.equal(chosen.selected, index);
          assert.equal(chosen.label, label);
          assert.deepEqual(chosen.latent, chosen.mean);
          assert(
            chosen.logVar?.every((value) => value < 0 && value > -15),
            `${chosen.logVar}`,
          );
        }
      }),
    ),
    claim("a digit drawn by hand is encoded, and clearing forgets it", () =>
      visiting(stage, {}, async (visit) => {
        const { page, element } = visit;
        await (await visit.find(".choices input[value=drawn]")).press("Space");
        const { middle, height } = await visit.place("canvas.sheet");
        // A "1": straight down.
        await page.mouse.move(middle.x, middle.y - height / 3);
        await page.mouse.down();
        await page.mouse.move(middle.x, middle.y + height / 3, { steps: 10 });
        await page.mouse.up();
        await visit.frames();
        const drawn = await element.evaluate(({ playground }) => ({
          ink: playground.drawn?.reduce((sum, pixel) => sum + pixel, 0) ?? 0,
          atItsMean: playground.latent.join() === playground.posterior?.mean.join(),
          votes: [...playground.codes.vote(...playground.latent, 15)],
        }));
        assert(drawn.ink > 255 * 15, `ink ${drawn.ink}`);
        assert(drawn.atItsMean);
        assert.equal(drawn.votes.indexOf(Math.max(...drawn.votes)), 1, "a bar looks like a 1");
        await (await visit.find("button.clear")).press("Enter");
        await visit.frames();
        assert.equal(await element.evaluate((el) => el.playground.drawn), null);
      }),
    ),
    claim("encode and decode agree with the figures", () =>
      visiting(stage, {}, async ({ element }) => {
        const { mean, pixels, refused } = await element.evaluate((playground) => {
          const { figure } = playground.playground;
          const image = Float32Array.from(figure.pixels.subarray(0, 784), (v) => v / 255);
          const { mean } = playground.encode(image);
          const refused = [() => playground.encode([1, 2]), () => playground.decode([NaN, 0])];
          return {
            mean,
            pixels: [...playground.decode(mean)],
            refused: refused.map((attempt) => {
              try {
                attempt();
                return "nothing";
              } catch (error) {
                return /** @type {{ code: string }} */ (error).code;
              }
            }),
          };
        });
        assert.equal(pixels.length, 784);
        assert(pixels.every(Number.isFinite) && Math.max(...pixels) > 0.5);
        assert(mean.every(Number.isFinite));
        assert.deepEqual(refused, ["image-size", "bad-latent"]);
      }),
    ),
  ];
}
