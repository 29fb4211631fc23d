// Attributes as text: what is taken, what is refused, and that the manifest of the element and its
// style sheet say the same as the code, and its documentation no less.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ATTRIBUTES, defaults, propertyOf } from "../../www/attributes.js";

const www = new URL("../../www/", import.meta.url);
/** @param {string} path below www/ */
const read = (path) => readFileSync(new URL(path, www), "utf8");
const [module] = JSON.parse(read("custom-elements.json")).modules;
const [element] = module.declarations;

/** @typedef {import("../../www/attributes.js").AttributeName} AttributeName */

/** @type {Record<AttributeName, [text: string, value: unknown][]>} */
const TAKEN = {
  views: [
    ["plane digit", ["plane", "digit"]],
    ["plane,digit, plane", ["plane", "digit"]],
    ["lesson:kl", ["lesson:kl"]],
    ["", null],
  ],
  hide: [["log", ["log"]]],
  weights: [
    ["none", "none"],
    ["tutorial", "tutorial"],
    ["../mine.safetensors", "../mine.safetensors"],
    ["https://example.org/a", "https://example.org/a"],
  ],
  preset: [["autoencoder", "autoencoder"]],
  seed: [
    ["0", 0],
    ["4294967295", 4294967295],
  ],
  beta: [
    ["0", 0],
    ["1e-2", 0.01],
    ["100", 100],
  ],
  "learning-rate": [
    [".001", 0.001],
    ["1", 1],
  ],
  "batch-size": [["1024", 1024]],
  epochs: [["50", 50]],
  engine: [["webgpu", "webgpu"]],
  axes: [["sigma", "sigma"]],
  data: [["/fashion/manifest.json", "/fashion/manifest.json"]],
  model: [["week-7.a", "week-7.a"]],
  lang: [["zh-CN", "zh"]],
  autoplay: [
    ["", true],
    ["false", false],
  ],
};

/** @type {Record<AttributeName, string[]>} */
const REFUSED = {
  views: ["plain", "lesson:", "plane;digit"],
  hide: ["all"],
  weights: ["tutorail", "", "javascript:alert(1)", "file:///etc/passwd"],
  preset: ["ELBO", ""],
  seed: ["-1", "4294967296", "1.5", "one", ""],
  beta: ["-0.1", "100.1", "0x10", "Infinity", "NaN", ""],
  "learning-rate": ["0", "1.01"],
  "batch-size": ["0", "1025"],
  epochs: ["0", "1001"],
  engine: ["gpu"],
  axes: ["linear"],
  data: ["mnist", "javascript:0/0"],
  model: ["", "a b", "a".repeat(101)],
  lang: ["fr", ""],
  autoplay: ["yes"],
};

test("each attribute takes what it says it takes, and nothing else", () => {
  for (const [name, { parse }] of Object.entries(ATTRIBUTES)) {
    for (const [text, value] of TAKEN[/** @type {AttributeName} */ (name)]) {
      assert.deepEqual(parse(text), value, `${name}="${text}"`);
    }
    for (const text of REFUSED[/** @type {AttributeName} */ (name)]) {
      assert.throws(() => parse(text), RangeError, `${name}="${text}"`);
    }
  }
});

test("a refusal says what is taken, and repeats no more than a line of what was said", () => {
  assert.throws(() => ATTRIBUTES.beta.parse("many"), /number from 0 to 100, not “many”/);
  assert.throws(
    () => ATTRIBUTES.engine.parse("x".repeat(10_000)),
    (error) => /** @type {Error} */ (error).message.length < 200,
  );
});

test("what is absent has a value of its own", () => {
  const { engine, axes, autoplay, ...rest } = defaults();
  assert.deepEqual({ engine, axes, autoplay }, { engine: "auto", axes: "phi", autoplay: false });
  assert.deepEqual([...new Set(Object.values(rest))], [null]);
});

test("the manifest has every attribute, as the table has it", () => {
  const said = element.attributes.map(
    (/** @type {any} */ { name, fieldName, type, default: standard }) => ({
      name,
      fieldName,
      type: type.text,
      standard: standard ?? "null",
    }),
  );
  const meant = Object.entries(ATTRIBUTES).map(([name, attribute]) => ({
    name,
    fieldName: propertyOf(name),
    type: attribute.type,
    standard: String(attribute.default),
  }));
  assert.deepEqual(said, meant);
});

test("the manifest has every property, method and event of the element", async () => {
  const stand = { HTMLElement: class {}, CSSStyleSheet: class {} };
  Object.assign(stand.CSSStyleSheet.prototype, { replaceSync() {} });
  Object.assign(globalThis, stand, { customElements: { define() {} } });
  const { EVENTS, VaePlaygroundElement } = await import("../../www/vae-playground.js");
  const [base, own] = [Object.getPrototypeOf(VaePlaygroundElement), VaePlaygroundElement].map(
    ({ prototype }) => Object.getOwnPropertyNames(prototype),
  );
  const reactions = /^(constructor|.*Callback|value(s|Changed|Refused)|playground)$/;
  const inner = ["readValue", "adoptEarlyProperties", "loaded"];
  const meant = [...base, ...own, "ready", "lang"].filter(
    (name) => !reactions.test(name) && !inner.includes(name),
  );
  const said = element.members.map((/** @type {{ name: string }} */ { name }) => name);
  assert.deepEqual(said.sort(), meant.sort());
  const events = element.events.map((/** @type {{ name: string }} */ { name }) => name);
  assert.deepEqual(events.sort(), [...Object.values(EVENTS), "error"].sort());
});

test("the manifest has every custom property and part, and each is there", () => {
  const styles = read("vae-playground.css");
  const host = styles.slice(styles.indexOf(":host {"), styles.indexOf("}"));
  const declared = [...host.matchAll(/^\s*(--vae-[\w-]+):/gm)].map(([, name]) => name);
  /** @param {{ name: string }[]} items */
  const names = (items) => items.map(({ name }) => name).sort();
  assert.deepEqual(names(element.cssProperties), [...declared, "--vae-color-scheme"].sort());

  const views = readdirSync(new URL("views/", www)).map((file) => read(`views/${file}`));
  const panels = views.flatMap((text) =>
    [...text.matchAll(/createPanel\(\s*playground,\s*"(\w+)"/g)].map(([, name]) => name),
  );
  const parts = views.flatMap((text) =>
    [...text.matchAll(/part(?:: |", )"([\w-]+)"/g)].map(([, name]) => name),
  );
  const groups = [...read("views/layout.js").matchAll(/group\(\s*"(?:side )?(\w+)"/g)].map(
    ([, name]) => name,
  );
  const meant = new Set([...panels, ...parts, ...groups, "panel"]);
  assert.deepEqual(names(element.cssParts), [...meant].sort());
});

test("docs/element.md names everything in the manifest", () => {
  const text = read("../docs/element.md");
  const { attributes, members, events, cssProperties, cssParts } = element;
  for (const { name } of [attributes, members, events, cssProperties, cssParts].flat()) {
    assert.ok(new RegExp(`\`${name}[\`(:]`).test(text), `docs/element.md does not name ${name}`);
  }
});
