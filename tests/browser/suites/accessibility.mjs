// Without a mouse and without sight: every control is reached by Tab and says what it is.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { visiting } from "../visit.mjs";

const CONTROLS = new Set([
  "button",
  "checkbox",
  "combobox",
  "link",
  "radio",
  "slider",
  "spinbutton",
  "switch",
  "textbox",
]);

/** @param {import("../visit.mjs").Visit} visit what the browser tells a screen reader */
async function accessibilityTree({ page }) {
  const session = await page.createCDPSession();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes.filter(({ ignored }) => !ignored);
}

/** @param {import("../visit.mjs").Stage} stage */
export function accessibility(stage) {
  return [
    ...["en", "zh"].map((language) =>
      claim(`every control has a name (${language})`, () =>
        visiting(stage, { query: `?lang=${language}` }, async (visit) => {
          const controls = (await accessibilityTree(visit)).filter(({ role }) =>
            CONTROLS.has(role?.value),
          );
          assert(controls.length > 40, `${controls.length} controls`);
          const nameless = controls.filter(({ name }) => !name?.value?.trim());
          assert.deepEqual(
            nameless.map(({ role, properties }) => [role?.value, properties]),
            [],
          );
        }),
      ),
    ),
    claim("pictures have names, and the page one main heading", () =>
      visiting(stage, {}, async (visit) => {
        const tree = await accessibilityTree(visit);
        const pictures = tree.filter(({ role }) => /^(image|img|graphics)/.test(role?.value ?? ""));
        assert(pictures.length > 0);
        assert.deepEqual(
          pictures.filter(({ name }) => !name?.value),
          [],
        );
        const headings = tree.filter(
          ({ role, properties }) =>
            role?.value === "heading" &&
            properties?.some(({ name, value }) => name === "level" && value.value === 1),
        );
        assert.equal(headings.length, 1);
      }),
    ),
    claim("Tab reaches every control that can be used, and leaves none of them stuck", () =>
      visiting(stage, {}, async (visit) => {
        await visit.page.waitForSelector("#lesson button");
        const wanted = await visit.page.evaluate(collectControls);
        const reached = new Set();
        for (let i = 0; i < 3 * wanted.length; i++) {
          await visit.page.keyboard.press("Tab");
          const at = await visit.page.evaluate(nameOfFocus);
          if (at !== null) reached.add(at);
          else if (reached.size >= wanted.length) break;
        }
        assert(wanted.length > 30, `${wanted.length} controls`);
        assert.deepEqual(
          wanted.filter((id) => !reached.has(id)),
          [],
        );
      }),
    ),
    claim("the focus is seen: a focused control looks different", () =>
      visiting(stage, {}, async (visit) => {
        await visit.page.keyboard.press("Tab");
        const outlined = await visit.page.evaluate(() => {
          let node = document.activeElement;
          while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
          const style = node && getComputedStyle(node);
          return style && (style.outlineStyle !== "none" || style.boxShadow !== "none");
        });
        assert(outlined);
      }),
    ),
  ];
}

/** In the page: numbers the controls that Tab should reach; of a group of radios, one. */
function collectControls() {
  const selector = "button, input, select, textarea, a[href], summary, [tabindex='0']";
  /** @type {string[]} */
  const ids = [];
  const groups = new Set();
  const collect = (/** @type {Document | ShadowRoot} */ root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) collect(node.shadowRoot);
      if (!node.matches(selector) || node.matches(":disabled, [tabindex='-1']")) continue;
      if (!node.checkVisibility({ visibilityProperty: true })) continue;
      const radio = node instanceof HTMLInputElement && node.type === "radio" ? node : null;
      // Tab stops at the chosen one of a group, or at any where none is chosen.
      const group = radio && [...root.querySelectorAll(`input[name="${radio.name}"]`)];
      if (
        group?.some((other) => /** @type {HTMLInputElement} */ (other).checked) &&
        !radio?.checked
      ) {
        continue;
      }
      if (radio && groups.has(radio.name)) continue;
      if (radio) groups.add(radio.name);
      const id = radio ? `radio ${radio.name}` : `${node.tagName} ${ids.length} ${node.className}`;
      node.setAttribute("data-tab", id);
      if (group) for (const other of group) other.setAttribute("data-tab", id);
      ids.push(id);
    }
  };
  collect(document);
  return ids;
}

/** In the page. */
function nameOfFocus() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.getAttribute("data-tab") ?? null;
}
