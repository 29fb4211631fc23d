// Attributes as text: what is taken, what is refused, and that the manifest of the element and its
// style sheet say the same as the code, and its documentation no less.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ATTRIBUTES, SECTIONS, defaults, propertyOf, refused } from "../../www/attributes.js";
import { Translator } from "../../www/i18n.js";
import { LAYERS, layersOf, namesOf } from "../../www/plane-look.js";

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
  extent: [
    ["0.5 -1 2", [0.5, -1, 2]],
    ["-1000,1e3, 50", [-1000, 1000, 50]],
  ],
  layers: [
    ["tiles,codes label:3", ["tiles", "codes", "label:3"]],
    ["none", []],
    ["", []],
  ],
  "log-steps": [["log-steps", true]],
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
  views: ["plain", "lesson:", "lesson:nosuch", "plane;digit"],
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
  extent: ["", "0 0", "0 0 3 3", "0 0 0.01", "0 0 51", "0 1001 3", "0 x 3", "0 0 Infinity"],
  layers: ["digits", "label:10", "label", "none,tiles"],
  "log-steps": ["log"],
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

/** @param {AttributeName} name @param {string} text */
function refusalOf(name, text) {
  try {
    ATTRIBUTES[name].parse(text);
  } catch (error) {
    return refused(name, text, error);
  }
  return assert.fail(`${name}="${text}" was taken`);
}

test("a refusal is told in the reader's words alone, and the value once and no longer than a line", async () => {
  for (const language of /** @type {const} */ (["en", "zh"])) {
    const translator = new Translator(async () => JSON.parse(read(`lang/${language}.json`)));
    await translator.load(language);
    for (const [name, texts] of Object.entries(REFUSED)) {
      const long = refusalOf(/** @type {AttributeName} */ (name), "€".repeat(10_000));
      assert.equal(long.values.value, "€".repeat(100));
      assert(long.message.length < 400, long.message);
      for (const text of texts) {
        const { code, values } = refusalOf(/** @type {AttributeName} */ (name), text);
        assert.equal(code, "bad-attribute");
        assert(translator.has(`takes.${values.takes}`), `takes.${values.takes}`);
        const takes = translator.translate(`takes.${values.takes}`, values);
        assert.doesNotMatch(takes, /[{}“”]/);
        if (language === "zh") assert.match(takes, /[一-鿿]/);
      }
    }
  }
  const { values } = refusalOf("beta", "many");
  assert.deepEqual(values, {
    attribute: "beta",
    value: "many",
    takes: "number",
    least: 0,
    most: 100,
  });
});

test("the sections that a view names are the lesson's, in either language", () => {
  for (const language of ["en", "zh"]) {
    const headings = read(`lang/lesson.${language}.html`).matchAll(/<h2 id="([^"]+)"/g);
    assert.deepEqual(
      [...headings].map(([, id]) => id),
      [...SECTIONS],
    );
  }
});

test("any choice of layers comes back from its names as it went", () => {
  for (let bits = 0; bits < 2 ** LAYERS.length; bits++) {
    const names = LAYERS.filter((_, i) => bits & (1 << i));
    for (const label of [-1, 0, 9]) {
      const layers = { ...layersOf(names), label };
      assert.deepEqual(layersOf(namesOf(layers)), layers);
      assert.deepEqual(ATTRIBUTES.layers.parse(namesOf(layers).join(" ")), namesOf(layers));
    }
  }
});

test("what is absent has a value of its own", () => {
  const { engine, axes, autoplay, "log-steps": logSteps, ...rest } = defaults();
  assert.deepEqual({ engine, axes }, { engine: "auto", axes: "phi" });
  assert.deepEqual({ autoplay, logSteps }, { autoplay: false, logSteps: false });
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

test("a name that reads like nothing is a name all the same", async () => {
  Object.assign(globalThis, { HTMLElement: class {} });
  const { ReflectedElement } = await import("../../www/reflected-element.js");
  const element = new ReflectedElement();
  /** @type {string[]} */
  const changed = [];
  element.valueChanged = (name) => changed.push(name);
  for (const [name, text] of /** @type {[AttributeName, string | null][]} */ ([
    ["model", "null"],
    ["model", "null"],
    ["views", "plane digit"],
    ["views", "plane,digit"],
    ["views", null],
    ["model", null],
  ]))
    // prettier-ignore
    element.readValue(name, text);
  assert.deepEqual(changed, ["model", "views", "views", "model"]);
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
