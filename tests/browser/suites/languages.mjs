// English and Chinese: both whole, both on the page, and no key where a word should be.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { claim } from "../harness.mjs";
import { visiting } from "../visit.mjs";

const LANGUAGES = /** @type {const} */ (["en", "zh"]);
/** What both languages write alike. */
const SAME = /^([^a-z]*|z[₁₂]|Kaiming|PyTorch|WebGPU)$/;

/** @param {string} repository @param {string} language @returns {Promise<Record<string, string>>} */
async function words(repository, language) {
  const text = await readFile(join(repository, `www/lang/${language}.json`), "utf8");
  return JSON.parse(text);
}

/** @param {string} sentence */
const holes = (sentence) => (sentence.match(/\{\w+\}/g) ?? []).sort();

/** @param {import("../visit.mjs").Visit} visit every word on the page, shown or told */
function wordsOnPage({ page }) {
  return page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    const read = (/** @type {Document | ShadowRoot} */ root) => {
      for (const node of root.querySelectorAll("*")) {
        if (/^(SCRIPT|STYLE|NOSCRIPT)$/.test(node.tagName) || node.closest("noscript")) continue;
        for (const child of node.childNodes) {
          if (child.nodeType === Node.TEXT_NODE) found.push(child.textContent?.trim() ?? "");
        }
        for (const name of ["aria-label", "aria-description", "aria-valuetext", "title"]) {
          found.push(node.getAttribute(name) ?? "");
        }
        if (node.shadowRoot) read(node.shadowRoot);
      }
    };
    read(document);
    return found.filter(Boolean);
  });
}

/** @param {import("../visit.mjs").Stage} stage */
export function languages(stage) {
  const { repository } = stage;
  return [
    claim(
      "both languages have every key, the same values in each sentence, and differ",
      async () => {
        const [en, zh] = await Promise.all(LANGUAGES.map((name) => words(repository, name)));
        assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
        for (const [key, sentence] of Object.entries(en)) {
          assert.deepEqual(holes(zh[key]), holes(sentence), key);
          if (zh[key] === sentence) assert.match(sentence, SAME, `${key} is not translated`);
        }
      },
    ),
    ...LANGUAGES.map((language) =>
      claim(`?lang=${language}: no key is shown, and the lesson with its formulas is there`, () =>
        visiting(stage, { query: `?lang=${language}` }, async (visit) => {
          await visit.page.waitForSelector("#lesson h2");
          const keys = Object.keys(await words(repository, language));
          const shown = await wordsOnPage(visit);
          assert(shown.length > 100, `${shown.length} words`);
          const untranslated = shown.filter((text) => keys.includes(text) || /\{\w+\}/.test(text));
          assert.deepEqual(untranslated, []);
          const { tag, formulas, chinese } = await visit.page.evaluate(() => ({
            tag: document.documentElement.lang,
            formulas: document.querySelectorAll("#lesson math").length,
            chinese: /[\u4e00-\u9fff]/.test(document.getElementById("lesson")?.textContent ?? ""),
          }));
          assert.equal(tag, language === "zh" ? "zh-Hans" : "en");
          assert(formulas >= 3, `${formulas} formulas`);
          assert.equal(chinese, language === "zh");
        }),
      ),
    ),
    claim("the switch on the page changes every word, there and back", () =>
      visiting(stage, { query: "?lang=en" }, async (visit) => {
        const english = await wordsOnPage(visit);
        for (const [value, tag] of [
          ["zh", "zh-Hans"],
          ["en", "en"],
        ]) {
          await visit.page.$eval(`input[name=language][value=${value}]`, (radio) =>
            /** @type {HTMLInputElement} */ (radio).click(),
          );
          await visit.page.waitForFunction(
            (lang) => document.documentElement.lang === lang,
            {},
            tag,
          );
        }
        await visit.page.waitForSelector("#lesson h2");
        await visit.frames(4);
        const again = await wordsOnPage(visit);
        assert.deepEqual(again.filter((text) => /[\u4e00-\u9fff]/.test(text)).sort(), ["中文"]);
        assert(again.length >= english.length * 0.9);
      }),
    ),
    claim("the buttons of the lesson set the figures", () =>
      visiting(stage, { query: "?lang=en" }, async (visit) => {
        const buttons = await visit.page.waitForSelector("#lesson button[data-preset]");
        const preset = await buttons?.evaluate((node) => {
          /** @type {HTMLElement} */ (node).click();
          return /** @type {HTMLElement} */ (node).dataset.preset;
        });
        await visit.page.waitForFunction(
          (el, preset) => el.settings.preset === preset,
          {},
          visit.element,
          preset,
        );
      }),
    ),
  ];
}
