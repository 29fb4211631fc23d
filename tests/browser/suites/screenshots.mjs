// Pictures of the page at three widths, in both themes; none of them scrolls sideways.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { claim } from "../harness.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

const VIEWPORTS = [
  { width: 1440, height: 1000 },
  { width: 768, height: 1024 },
  { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
];
const THEMES = /** @type {const} */ (["light", "dark"]);

/** @param {string} theme @returns {(page: import("puppeteer-core").Page) => Promise<unknown>} */
const inTheme = (theme) => (page) =>
  page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);

/** @param {Stage} stage @param {Visit} visit @param {string} name */
async function picture({ repository }, { page, element }, name) {
  const folder = join(repository, "tests/browser/screenshots");
  await mkdir(folder, { recursive: true });
  await page.waitForFunction((el) => el.playground.codes.count, {}, element);
  await page.waitForSelector("#lesson h2");
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await new Promise((resolve) => setTimeout(resolve, 300)); // transitions
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.screenshot({ path: join(folder, `${name}-whole.png`), fullPage: true });
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  assert(wide.scrollWidth <= wide.clientWidth, `${name} scrolls sideways: ${JSON.stringify(wide)}`);
}

/** @param {Stage} stage */
export function screenshots(stage) {
  return [
    ...VIEWPORTS.flatMap((viewport) =>
      THEMES.map((theme) =>
        claim(
          `${viewport.width} wide, ${theme}: nothing scrolls sideways, the theme is the reader's`,
          () =>
            visiting(stage, { viewport, before: inTheme(theme) }, async (visit) => {
              await picture(stage, visit, `${viewport.width}-${theme}`);
              assert.equal(await visit.element.evaluate((el) => el.playground.theme), theme);
            }),
        ),
      ),
    ),
    claim("1440 and 390 wide, Chinese", async () => {
      for (const viewport of [VIEWPORTS[0], VIEWPORTS[2]]) {
        await visiting(stage, { viewport, query: "?lang=zh" }, (visit) =>
          picture(stage, visit, `${viewport.width}-zh`),
        );
      }
    }),
    claim("1440 wide, while training", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        await visit.element.evaluate(async (el) => {
          await el.train({ steps: 100 });
          void el.train({ epochs: 1 });
        });
        await picture(stage, visit, "1440-training");
        await visit.element.evaluate((el) => el.pause());
      }),
    ),
  ];
}

/** docs/screenshot.png: the page as a visitor first sees it. @param {Stage} stage */
export async function takeReadmePicture(stage) {
  const viewport = { width: 1440, height: 960, deviceScaleFactor: 1.5 };
  const path = join(stage.repository, "docs/screenshot.png");
  await mkdir(join(path, ".."), { recursive: true });
  await visiting(stage, { viewport, query: "?lang=en" }, async (visit) => {
    const { page, element } = visit;
    await page.waitForFunction((el) => el.playground.codes.count, {}, element);
    await page.mouse.move(0, 0);
    await visit.frames(4);
    await page.screenshot({ path: /** @type {`${string}.png`} */ (path) });
  });
  console.log(`${path} was written`);
}
