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

test("each failure that a reader may meet has a sentence of its own", () => {
  const chunks = ["chunk-fetch", "chunk-short", "chunk-checksum", "chunk-format", "manifest"];
  const weights = ["format", "size", "shape", "nonfinite", "fetch"].map(
    (what) => `weights-${what}`,
  );
  const engines = ["engine-lost", "engine-replaced", "engine-failed", "webgpu-missing"];
  const workers = ["worker-replaced", "worker-failed", "core-failed"];
  const requests = [
    "bad-setting",
    "bad-attribute",
    "bad-address",
    "weights-fetch.unanswered",
    "needs-reset",
    "busy",
    "unexpected",
  ];
  const en = words("en");
  for (const code of [chunks, weights, engines, workers, requests].flat()) {
    assert.ok(`error.${code}` in en, `lang/en.json has no error.${code}`);
  }
});
