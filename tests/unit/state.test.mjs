// The text of a link and what it says: there and back, and whatever somebody else wrote.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linkTo } from "../../www/address.js";
import { FITTING, elementCode, frameCode } from "../../www/embed-code.js";
import { KEYS, parseState, writeState } from "../../www/state.js";

/** @typedef {import("../../www/state.js").State} State */

const words = JSON.parse(readFileSync(new URL("../../www/lang/en.json", import.meta.url), "utf8"));

/** @param {string} text */
const valuesOf = (text) => parseState(text).values;

test("what is as usual leaves no text, and no text says nothing", () => {
  assert.equal(writeState({}), "");
  assert.equal(writeState({ engine: "auto", axes: "phi", autoplay: false }), "");
  for (const text of ["", "#", "?"])
    assert.deepEqual(parseState(text), { values: {}, problems: [] });
});

test("keys stand in one order, whatever order they are given in", () => {
  const text = "preset=tutorial&seed=7&learning-rate=0.003&axes=sigma&views=plane,digit&z=0.4,-1.1";
  const backwards = text.split("&").reverse().join("&");
  assert.equal(writeState(valuesOf(`#${backwards}`)), text);
});

test("every key is read as attributes write it", () => {
  const text =
    "?preset=autoencoder&weights=none&seed=4294967295&beta=0.5&learning-rate=1e-3&batch-size=64" +
    "&epochs=3&reconstruction=bernoulli&initialisation=tutorial&hidden=32&engine=cpu&axes=sigma" +
    "&extent=0.5,-1,2&layers=codes,label:3&log-steps" +
    "&views=plane+digit&hide=log&data=/mnist/manifest.json&model=left&autoplay&image=3" +
    "&z=0.4,-1.1&lang=zh&theme=dark";
  const { values, problems } = parseState(text);
  assert.deepEqual(problems, []);
  assert.equal(Object.keys(values).length, KEYS.length);
  assert.equal(values.learningRate, 0.001);
  assert.deepEqual(values.views, ["plane", "digit"]);
  assert.deepEqual(values.z, [0.4, -1.1]);
  assert.deepEqual(values.extent, [0.5, -1, 2]);
  assert.deepEqual(values.layers, ["codes", "label:3"]);
  assert.equal(values.autoplay, true);
  assert.equal(values.logSteps, true);
});

test("a link of another version opens: what is not known is passed over", () => {
  const { values, problems } = parseState(
    "#v=9&seed=7&colour=red&lesson&=&&views=plane,3d:x%20video&layers=heat,prior&hide=",
  );
  assert.deepEqual(values, { seed: 7, views: ["plane"], layers: ["prior"] });
  assert.deepEqual(problems, []);
});

test("a value that cannot be used is told, and the others count", () => {
  for (const [text, key] of [
    ["seed=-1", "seed"],
    ["seed=4294967296", "seed"],
    ["seed=7.5", "seed"],
    ["seed=0x10", "seed"],
    ["seed=", "seed"],
    ["beta=NaN", "beta"],
    ["beta=Infinity", "beta"],
    ["beta=1e999", "beta"],
    ["beta=101", "beta"],
    ["learning-rate=0", "learning-rate"],
    ["batch-size=0", "batch-size"],
    ["epochs=1001", "epochs"],
    ["hidden=8", "hidden"],
    ["preset=best", "preset"],
    ["preset=__proto__", "preset"],
    ["weights=a b", "weights"],
    ["weights=%3Cscript%3E", "weights"],
    ["model=%22%3E", "model"],
    ["z=1", "z"],
    ["z=1,2,3", "z"],
    ["z=1,Infinity", "z"],
    ["z=,", "z"],
    ["z=1e300,0", "z"],
    ["z=0,-1000.1", "z"],
    ["extent=1,2", "extent"],
    ["extent=0,0,0", "extent"],
    ["extent=0,0,1e9", "extent"],
    ["extent=1e4,0,3", "extent"],
    ["layers=heat", "layers"],
    ["layers=label:x", "layers"],
    ["log-steps=2", "log-steps"],
    ["views=lesson:nosuch", "views"],
    ["views=%00,1", "views"],
    ["lang=fr", "lang"],
    ["autoplay=maybe", "autoplay"],
    ["image=10", "image"],
  ]) {
    const { values, problems } = parseState(`#${text}&axes=sigma`);
    assert.deepEqual(values, { axes: "sigma" }, text);
    assert.deepEqual(
      problems.map(({ code, values }) => [code, values.attribute]),
      [["bad-attribute", key]],
      text,
    );
    assert(`takes.${problems[0].values.takes}` in words, text);
  }
});

test("nothing that stands in an address is thrown at, or runs away", () => {
  const { values } = parseState("#__proto__=1&constructor=2&toString=3&seed=1&seed=2&%E0%A4%A=%");
  assert.deepEqual(values, { seed: 1 });
  assert.equal(Object.getPrototypeOf(values), Object.prototype);
  const long = parseState(`#seed=1&x=${"9".repeat(1e6)}`);
  assert.deepEqual(long.values, {});
  assert.deepEqual(
    long.problems.map(({ code, values }) => [code, values]),
    [["bad-address", { length: 1_000_010, most: 8192 }]],
  );
  assert.deepEqual(valuesOf(`#views=${"plane,".repeat(1_000)}`), { views: ["plane"] });
  const random = numbers(3);
  for (let i = 0; i < 2_000; i++) {
    const bytes = Array.from({ length: 60 }, () => String.fromCharCode(random() * 0x180));
    parseState(`#${bytes.join("")}&z=${bytes[0]}&seed=${bytes[1]}`);
  }
});

test("two thousand random states come back as they went, and their text too", () => {
  const random = numbers(1);
  for (let i = 0; i < 2_000; i++) {
    const state = randomState(random);
    const text = writeState(state);
    const { values, problems } = parseState(`#${text}`);
    assert.deepEqual([values, problems], [state, []], text);
    assert.equal(writeState(values), text);
    assert.match(text, /^[\w=&,.:%/@+*~-]*$/); // no address has to be escaped again
    assert.deepEqual(
      valuesOf(`?${text.replaceAll(",", "%2C")}`),
      state,
      "a mail program escaped it",
    );
  }
});

test("no layers at all are said, and read", () => {
  assert.equal(writeState({ layers: [] }), "layers=none");
  assert.deepEqual(valuesOf("layers=none"), { layers: [] });
  assert.deepEqual(valuesOf("layers="), { layers: [] });
});

test("a point is kept to four decimals, and nought has no sign", () => {
  assert.equal(writeState({ z: [0.123456, -1e-9] }), "z=0.1235,0");
  assert.equal(writeState({ extent: [0.123456, -1e-9, 3] }), "extent=0.1235,0,3");
  assert.equal(writeState({ z: [1e21, -3] }), "z=1000,-3", "a link holds what it can say");
  assert.deepEqual(valuesOf("z=1e%2B2,-3").z, [100, -3]);
});

const PAGE = new URL("https://example.org/a%20course/vae/index.html?from=mail#lesson");
/** @type {State} */
const STATE = {
  preset: "tutorial",
  seed: 7,
  reconstruction: "bernoulli",
  z: [0.4, -1.1],
  lang: "zh",
};

test("a link is the page with the state alone", () => {
  assert.equal(
    linkTo(STATE, PAGE),
    "https://example.org/a%20course/vae/index.html" +
      "#preset=tutorial&seed=7&reconstruction=bernoulli&z=0.4,-1.1&lang=zh",
  );
  assert.equal(linkTo({}, PAGE), "https://example.org/a%20course/vae/index.html");
});

test("a frame's code is HTML whatever stands in it", () => {
  const code = frameCode(STATE, new URL("embed.html", PAGE), { title: 'A "<b>" & c', fits: false });
  assert.match(code, /^<iframe src="[^"<>]*embed\.html\?preset=tutorial&amp;seed=7[^"<>]*" /);
  assert.match(code, / title="A &quot;&lt;b>&quot; &amp; c" width="100%" height="\d+" /);
  assert.match(code, / loading="lazy"[^<>]*><\/iframe>$/);
  const fitting = frameCode({}, PAGE, { title: "", fits: true });
  assert(fitting.endsWith(`</iframe>\n${FITTING}`));
});

test("fewer views make a lower frame", () => {
  const height = (/** @type {State} */ state) =>
    Number(frameCode(state, PAGE, { title: "", fits: false }).match(/height="(\d+)"/)?.[1]);
  assert(height({ views: ["plane"] }) < height({ hide: ["loss", "log"] }));
  assert.equal(height({ hide: ["log"] }), height({}));
});

test("an element's code has attributes for what has one, and a script for the rest", () => {
  const code = elementCode(STATE, new URL("www/vae-playground.js", PAGE));
  assert.equal(
    code,
    `<script type="module" src="https://example.org/a%20course/vae/www/vae-playground.js"></script>
<vae-playground preset="tutorial" seed="7" lang="zh"></vae-playground>
<script type="module">
  const vae = document.querySelector("vae-playground");
  await vae.ready;
  vae.settings = { reconstruction: "bernoulli" };
  vae.latent = [0.4, -1.1];
</script>`,
  );
  assert.doesNotMatch(elementCode({ seed: 7 }, PAGE), /vae\.ready/);
  /** @type {State} */
  const window = { axes: "sigma", extent: [0.5, -1, 2], layers: ["codes"], logSteps: true };
  assert.match(
    elementCode(window, PAGE),
    /^<vae-playground axes="sigma" extent="0.5,-1,2" layers="codes" log-steps><\/vae-playground>$/m,
  );
  // Choosing an image may move the window, so that it is set afterwards.
  const chosen = elementCode({ ...window, image: 0, z: [0.12345, -0] }, PAGE);
  assert.match(chosen, /^<vae-playground axes="sigma" layers="codes" log-steps>/m);
  assert.match(
    chosen,
    /vae\.image = 0;\n  vae\.extent = \[0\.5, -1, 2\];\n  vae\.latent = \[0\.1235, 0\];/,
  );
  assert.match(
    elementCode({ weights: "none", hidden: 32 }, PAGE),
    /reset\(\{ weights: "none" \}\)/,
  );
});

/** Uniform numbers in [0, 1): the same for the same seed (mulberry32). @param {number} seed */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of each key a usable value or none, never the usual one. @param {() => number} random @returns {State} */
function randomState(random) {
  const below = (/** @type {number} */ most) => Math.floor(random() * most);
  const z = () => Number(((random() - 0.5) * 8).toFixed(4)) + 0;
  const some = (/** @type {string[]} */ names) => {
    const chosen = names.filter(() => random() < 0.5);
    return chosen.length ? chosen : names.slice(0, 1);
  };
  /** @type {Record<string, () => unknown>} */
  const values = {
    preset: () => ["tutorial", "autoencoder"][below(2)],
    weights: () => ["elbo", "none", "https://example.org/w.safetensors?a=1&b=%20#x"][below(3)],
    seed: () => below(2 ** 32),
    beta: () => random() * 100,
    learningRate: () => 10 ** (-random() * 12),
    batchSize: () => 1 + below(1024),
    epochs: () => 1 + below(1000),
    reconstruction: () => ["squared-error", "bernoulli"][below(2)],
    initialisation: () => ["kaiming", "tutorial"][below(2)],
    hidden: () => 16 + below(1009),
    engine: () => ["webgpu", "cpu"][below(2)],
    axes: () => "sigma",
    extent: () => [z(), z(), Number((0.05 + random() * 49).toFixed(4))],
    layers: () => some(["tiles", "codes", "prior", "numerals", "label:7"]),
    logSteps: () => true,
    views: () => some(["plane", "digit", "lesson:kl", "loss"]),
    hide: () => some(["log", "status"]),
    data: () => "../my data/清单.json".replace(" ", "-"),
    model: () => `m${below(99)}`,
    autoplay: () => true,
    image: () => below(10),
    z: () => [z(), z()],
    lang: () => ["en", "zh"][below(2)],
    theme: () => ["light", "dark"][below(2)],
  };
  const chosen = Object.entries(values).filter(() => random() < 0.5);
  return Object.fromEntries(chosen.map(([key, value]) => [key, value()]));
}
