// Words and their holes; the two languages say the same things.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Translator, pickLanguage } from "../../www/i18n.js";

/** @param {string} language @returns {Record<string, string>} */
const words = (language) =>
  JSON.parse(readFileSync(new URL(`../../www/lang/${language}.json`, import.meta.url), "utf8"));

test("the first wish that names a language is taken, English where none does", () => {
  assert.equal(pickLanguage(null, "de-DE", "zh-CN", "en-US"), "zh");
  assert.equal(pickLanguage("ZH_hant"), "zh");
  assert.equal(pickLanguage("fr", undefined), "en");
});

test("values fill the holes, numbers as the language writes them", async () => {
  const translator = new Translator(async () => ({ short: "{file}: {got} of {expected}" }));
  await translator.load("en");
  const values = { file: "train-07", got: 812_004, expected: "all" };
  assert.equal(translator.translate("short", values), "train-07: 812,004 of all");
});

test("both languages have the same keys and the same holes", () => {
  const [en, zh] = [words("en"), words("zh")];
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  /** @param {string} text */
  const holes = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();
  for (const key of Object.keys(en)) assert.deepEqual(holes(zh[key]), holes(en[key]), key);
});
