// Where things stand: in one row, inside the window, and within reach, whatever the width.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { chooseFromMenu } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

/** @param {number} width @param {number} height */
const phone = (width, height) => ({ width, height, isMobile: true, hasTouch: true });

/** @param {Visit} visit @param {string} selector inside the element @returns {Promise<DOMRect>} */
async function boxOf(visit, selector) {
  const found = await visit.page.waitForSelector(`vae-playground >>> ${selector}`, {
    visible: true,
  });
  assert(found, `nothing is ${selector}`);
  return found.evaluate((node) => node.getBoundingClientRect().toJSON());
}

/** @param {Visit} visit @param {...string} selectors what stands in one row */
async function assertOneRow(visit, ...selectors) {
  const boxes = await Promise.all(selectors.map((selector) => boxOf(visit, selector)));
  const middles = boxes.map(({ top, height }) => Math.round(top + height / 2));
  const apart = Math.max(...middles) - Math.min(...middles);
  assert(apart <= 12, `${selectors} are at ${middles}`);
}

/** @param {Stage} stage */
export function layout(stage) {
  return [
    claim("a laptop's window has the controls in one row, beside a scroll bar too", async () => {
      for (const [width, height] of [
        [1440, 900],
        [1366, 768],
      ]) {
        const wishes = { kind: /** @type {const} */ ("scroll-bars"), viewport: { width, height } };
        await visiting(stage, { ...wishes, query: "?lang=en" }, (visit) =>
          assertOneRow(visit, ".train", ".trained", ".more", ".menu-button", ".status"),
        );
      }
    }),
    claim("Share and the status stay where they are when Settings opens", () =>
      visiting(stage, { viewport: { width: 1440, height: 900 } }, async (visit) => {
        const before = await boxOf(visit, ".menu-button");
        await (await visit.find(".more")).click();
        await boxOf(visit, ".more-fields");
        assert.deepEqual(await boxOf(visit, ".menu-button"), before);
      }),
    ),
    claim("menu and notes end before the window's scroll bar", async () => {
      for (const viewport of [
        { width: 768, height: 900 },
        { width: 360, height: 640 },
      ]) {
        await visiting(stage, { kind: "scroll-bars", viewport }, async (visit) => {
          const right = await visit.page.evaluate(() => document.documentElement.clientWidth);
          assert(right < viewport.width, "there is no scroll bar");
          for (const [button, opened] of [
            [".menu-button", ".menu:popover-open"],
            [".axes-switch .help", ".note:popover-open"],
          ]) {
            await (await visit.find(button)).click();
            const box = await boxOf(visit, opened);
            assert(box.right <= right && box.left >= 0, `${opened} ends at ${box.right}`);
            await visit.page.keyboard.press("Escape");
          }
        });
      }
    }),
    claim("a phone has the bar of a few figures in one row, and the lesson in reach", () =>
      visiting(
        stage,
        { viewport: phone(390, 844), query: "?lang=en&views=plane%20digit%20controls" },
        async (visit) => {
          await assertOneRow(visit, ".train", ".step", ".reset", ".more", ".menu-button");
          const at = await visit.page.evaluate(() => scrollY);
          await visit.page.click(".page-choices a");
          await visit.page.waitForFunction((y) => scrollY > y, {}, at);
        },
      ),
    ),
    claim("in a column of 300 px nothing sticks out", () =>
      visiting(stage, { viewport: { width: 300, height: 700 } }, async ({ element }) => {
        const out = await element.evaluate((el) =>
          [...(el.shadowRoot?.querySelectorAll(".playground *") ?? [])]
            .filter((node) => node.checkVisibility() && node.closest(".lines") === null)
            .filter((node) => node.getBoundingClientRect().right > el.clientWidth + 1)
            .map((node) => node.closest("[class]")?.className),
        );
        assert.deepEqual(out, []);
      }),
    ),
    claim("a message goes when what it tells of was put right", () =>
      visiting(stage, {}, async (visit) => {
        const { element, page } = visit;
        const isOpen = () =>
          page.$eval("vae-playground >>> .alert", (node) => node.matches(":popover-open"));
        await element.evaluate((el) => el.setAttribute("beta", "many"));
        await boxOf(visit, ".alert");
        await element.evaluate((el) => (el.settings = { learningRate: 0.01 }));
        await visit.frames();
        assert(await isOpen(), "another setting was changed");
        await element.evaluate((el) => el.setAttribute("beta", "2"));
        await visit.frames();
        assert(!(await isOpen()), "it stays");
      }),
    ),
    claim("dialogs bring their looks along when the first is opened, and are not seen before", () =>
      visiting(stage, {}, async (visit) => {
        const sheet = /dialogs\.css$/;
        const already = stage.site.requests(sheet).length;
        await visit.page.evaluate(() => {
          const show = HTMLDialogElement.prototype.showModal;
          HTMLDialogElement.prototype.showModal = function () {
            show.call(this);
            this.dataset.corner = getComputedStyle(this).borderTopLeftRadius;
          };
        });
        await chooseFromMenu(visit, "share.embed");
        const dialog = await visit.find(".share-dialog[open]");
        assert.equal(await dialog.evaluate((node) => node.getAttribute("data-corner")), "9.6px");
        assert.equal(stage.site.requests(sheet).length, already + 1);
      }),
    ),
  ];
}
