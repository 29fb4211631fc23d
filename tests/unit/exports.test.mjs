// What the page hands out: a table, a history, SVG, programs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { captionOf, fileName } from "../../www/exports/caption.js";
import { PROGRAMS, dataFolder, render, valuesOf } from "../../www/exports/program.js";
import { metricsCsv } from "../../www/exports/csv.js";
import { metricsOfFile } from "../../www/file-metrics.js";
import { historyJson } from "../../www/exports/history.js";
import { SvgContext, escapeXml } from "../../www/exports/svg-context.js";

const point = { step: 215, total: 30, reconstruction: 28.5, kl: 1.5 };
const validation = {
  ...{ epoch: 1, step: 430, total: 25, reconstruction: 22, reconstructionAtMean: 21, kl: 3 },
  ...{ elbo: -25, cost: 25 },
};
const readings = {
  ...{ step: 430, epoch: 1, stepsPerEpoch: 430 },
  ...{ history: [point], validation: [validation], result: null },
};

test("a caption and a file's name are of the model's own settings, not of those to come", () => {
  /** @param {object} own @param {object} [training] */
  const playground = (own, training) => ({
    settings: { preset: undefined, seed: 99 },
    model: {
      settings: () => JSON.stringify(own),
      metadata: () => '{"metrics":"{\\"step\\":21450}"}',
    },
    ...{ fromFile: true, metrics: { step: 0, epoch: 0 }, engineInfo: null, ...training },
    t: (/** @type {string} */ key, values = {}) => [key, ...Object.values(values)].join(" "),
  });
  const trained = /** @type {any} */ (playground({ preset: "elbo", seed: 1 }));
  assert.equal(fileName(trained, "plane.png"), "vae-elbo-seed1-step21450-plane.png");
  assert.match(
    captionOf(trained),
    /^setting\.preset\.elbo · caption\.seed 1 · status\.pretrained · /,
  );
  const training = { fromFile: false, metrics: { step: 3, epoch: 0 }, engineInfo: { kind: "cpu" } };
  const own = /** @type {any} */ (playground({ preset: null, seed: 7 }, training));
  assert.equal(fileName(own, "loss.svg"), "vae-own-seed7-step3-loss.svg");
  assert.equal(
    captionOf(own),
    "setting.preset.own · caption.seed 7 · caption.step 3 0 · engine.cpu",
  );
});

test("the CSV has a head with units, a row a reading, and CRLF at every line's end", () => {
  const text = metricsCsv({ ...readings, result: validation });
  assert(text.endsWith("\r\n") && !text.replaceAll("\r\n", "").includes("\n"));
  const [head, ...rows] = text.trimEnd().split("\r\n");
  assert.match(head, /^set,step,epoch,total \(nats\/image\),/);
  assert.deepEqual(rows, [
    "training,215,0.5,30,28.5,1.5,,",
    "validation,430,1,25,22,3,21,25",
    "test,430,1,25,22,3,21,25",
  ]);
});

test("what is not a number is an empty field", () => {
  const diverged = { ...point, total: NaN, kl: Infinity };
  const row = metricsCsv({ ...readings, history: [diverged], validation: [] }).split("\r\n")[1];
  assert.equal(row, "training,215,0.5,,28.5,,,");
});

test("a history is columns of six digits", () => {
  const { training, validation: seen } = JSON.parse(
    historyJson({ history: [point, { ...point, total: 1 / 3 }], validation: [validation] }),
  );
  assert.deepEqual(training.total, [30, 0.333333]);
  assert.deepEqual(training.step, [215, 215]);
  assert.deepEqual([seen.epoch, seen.reconstructionAtMean], [[1], [21]]);
});

test("what a file says of itself is taken only where it can be right", () => {
  /** @param {unknown} metrics */
  const read = (metrics) => metricsOfFile({ metadata: () => JSON.stringify({ metrics }) });
  const none = { step: undefined, epoch: undefined, engine: undefined, test: undefined };
  for (const text of [undefined, "garbage", "null", "[]", "7", '{"step":-1,"test":{"kl":1}}'])
    assert.deepEqual(read(text), none, String(text));
  const good = { step: 430, epoch: 1, engine: "cpu", test: { ...validation } };
  assert.deepEqual(read(JSON.stringify(good)), good);
});

test("a drawing becomes SVG: lines, circles, letters", () => {
  const context = new SvgContext();
  context.beginPath();
  context.moveTo(1, 2);
  context.lineTo(3.14159, 4);
  context.setLineDash([8, 4]);
  context.stroke();
  context.beginPath();
  context.arc(5, 6, 7);
  context.globalAlpha = 0.5;
  context.fillStyle = "#123456";
  context.fill();
  context.font = '600 20px "A & B", sans-serif';
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText("x < 1", 10, 10);
  const [line, circle, text] = context.content.split("\n");
  assert.match(line, /^<path d="M1 2L3.14 4" fill="none" .*stroke-dasharray="8 4"/);
  assert.equal(circle, '<circle cx="5" cy="6" r="7" fill="#123456" opacity="0.5"/>');
  assert.match(text, /x="10" y="17" text-anchor="end" .*font-weight="600".*>x &lt; 1<\/text>$/);
  assert(text.includes("&quot;A &amp; B&quot;"));
});

test("what stands in XML is escaped", () => {
  assert.equal(escapeXml(`<&">`), "&lt;&amp;&quot;&gt;");
});

test("a template keeps the lines that its values ask for", () => {
  const template = "a\n%if kind=x,y\n{{n}}\n%else\nno\n%end\nb";
  assert.equal(render(template, { kind: "y", n: 3 }), "a\n3\nb");
  assert.equal(render(template, { kind: "z", n: 3 }), "a\nno\nb");
  assert.throws(() => render(template, { kind: "x" }), /wants n/);
});

test("a program finds the images beside their manifest, unless a bundler moved it", () => {
  const folder = "https://host/vae/www/data/mnist/";
  assert.equal(dataFolder(`${folder}manifest.json`), folder);
  assert.equal(dataFolder("https://host/assets/manifest-3f.json"), "www/data/mnist");
});

test("each program has every setting's lines and no mark of a template", () => {
  const base = {
    ...{ preset: /** @type {const} */ ("elbo"), beta: 1, learningRate: 0.0010000000475 },
    ...{ batchSize: 64, epochs: 3, hidden: 128, seed: 7 },
  };
  for (const { template } of PROGRAMS) {
    const text = readFileSync(new URL(`../../www/${template}`, import.meta.url), "utf8");
    const seen = new Set();
    for (const objective of /** @type {const} */ (["elbo", "tutorial", "autoencoder"]))
      for (const reconstruction of /** @type {const} */ (["squared-error", "bernoulli"]))
        for (const initialisation of /** @type {const} */ (["kaiming", "tutorial"])) {
          const settings = { ...base, objective, reconstruction, initialisation };
          const program = render(text, valuesOf(settings, "https://host/data/"));
          assert(!/^%|\{\{/m.test(program), `${template}: a mark is left`);
          assert.match(program, /LEARNING_RATE(: f64)? = 0\.001\b/);
          seen.add(program);
        }
    assert.equal(seen.size, 12, `${template}: settings that change nothing`);
  }
});
