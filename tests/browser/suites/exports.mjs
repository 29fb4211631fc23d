// Taken home: figures, metrics, the model, the program. And brought back: a model file.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloading } from "../downloads.mjs";
import { claim } from "../harness.mjs";
import { hearErrors, loadEverything } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Visit} Visit */

const MENU = ".menu-button";
/** The sizes that figures.js and sheet.js come to, in a PNG's pixels. */
const SIZES = {
  plane: [1880, 1996],
  digit: [1216, 1420],
  encoder: [1216, 1532],
  reconstructions: [1880, 716],
  loss: [1880, 1220],
};
/** Groups of the menu, by their places; the page's own comes first. */
const [PNG, SVG, MODEL, DATA] = [1, 2, 3, 4];
const FIGURES = ["plane", "digit", "encoder", "reconstructions", "loss"];
const CHARTS = ["plane", "loss"];

/** @param {import("../visit.mjs").Stage} stage */
export function exports(stage) {
  return [
    claim("each figure is saved as a PNG on light paper, captioned, named after its model", () =>
      visiting(stage, { query: "?weights=none&seed=7&lang=en", before: inTheDark }, (visit) =>
        downloading(visit, async (download) => {
          await visit.element.evaluate((el) => el.train({ steps: 3 }));
          for (const [place, name] of FIGURES.entries()) {
            const file = await download(() => choose(visit, PNG, place));
            assert.equal(file.name, `vae-elbo-seed7-step3-${name}.png`);
            const seen = await look(visit, file.bytes);
            const [width, height] = SIZES[/** @type {keyof typeof SIZES} */ (name)];
            assert.deepEqual([seen.width, seen.height], [width, height], name);
            assert.deepEqual(seen.corner, [255, 255, 255, 255], `${name}: its paper`);
            assert(seen.figure > 20, `${name}: ${seen.figure} colours in the figure`);
            assert(seen.caption > 100, `${name}: ${seen.caption} dark pixels in the caption`);
          }
        }),
      ),
    ),
    claim(
      "charts are saved as SVG: whole, self-contained, captioned in the reader's language",
      () =>
        visiting(stage, { query: "?weights=none&lang=zh" }, (visit) =>
          downloading(visit, async (download) => {
            await loadEverything(visit);
            await visit.element.evaluate((el) => el.train({ steps: 19 }));
            const haveCodes = (/** @type {any} */ el) => el.playground.codes.count === 10_000;
            await visit.page.waitForFunction(haveCodes, { polling: 100 }, visit.element);
            for (const [place, name] of CHARTS.entries()) {
              const file = await download(() => choose(visit, SVG, place));
              assert.equal(file.name, `vae-elbo-seed1-step20-${name}.svg`);
              const seen = await visit.page.evaluate(readSvg, file.bytes.toString("utf8"));
              assert.equal(seen.error, null);
              assert.equal(seen.caption, "ELBO · 随机种子 1 · 第 20 步（0 轮） · CPU");
              assert(seen.texts.includes(seen.caption), "the caption is not drawn");
              assert.deepEqual(
                seen.links.filter((link) => !link.startsWith("data:image/png")),
                [],
              );
              assert.equal(seen.foreign, 0, "a style sheet or a script");
              if (name === "loss") assert(seen.lines >= 3, `${seen.lines} lines`);
              else assert(seen.circles > 1000, `${seen.circles} codes`);
            }
          }),
        ),
    ),
    claim(
      "a caption and a file's name tell what the model was made with, not what is to come",
      () =>
        visiting(stage, { query: "?seed=7&lang=en" }, (visit) =>
          downloading(visit, async (download) => {
            const saved = async () => {
              const file = await download(() => choose(visit, SVG, 0));
              const { caption } = await visit.page.evaluate(readSvg, file.bytes.toString("utf8"));
              return [file.name, caption.replace(/ · step.*/, "")];
            };
            const pretrained = [
              "vae-elbo-seed1-step21450-plane.svg",
              "ELBO · seed 1 · trained weights",
            ];
            assert.deepEqual(await saved(), pretrained, "the link's seed is that of the next run");
            await visit.element.evaluate((el) => (el.settings = { beta: 4, seed: 99 }));
            assert.deepEqual(await saved(), pretrained, "β and seed did nothing yet");
            await visit.element.evaluate(async (el) => {
              el.settings = { beta: 1, seed: 5 };
              await el.reset({ weights: "none" });
              await el.train({ steps: 3 });
              el.settings = { seed: 99 };
            });
            assert.deepEqual(await saved(), ["vae-elbo-seed5-step3-plane.svg", "ELBO · seed 5"]);
            await visit.element.evaluate(async (el) => {
              el.settings = { beta: 4 };
              await el.train({ steps: 1 });
            });
            assert.deepEqual(await saved(), ["vae-own-seed5-step4-plane.svg", "your own · seed 5"]);
          }),
        ),
    ),
    claim("the metrics are a CSV: a row for each reading, and one for the epoch", () =>
      visiting(stage, { query: "?weights=none" }, (visit) =>
        downloading(visit, async (download) => {
          await visit.element.evaluate((el) => el.train({ epochs: 1 }));
          const file = await download(() => choose(visit, DATA, 0));
          assert.equal(file.name, "vae-elbo-seed1-step429-metrics.csv");
          const lines = file.bytes.toString("utf8").split("\r\n");
          assert.equal(lines.pop(), "");
          const [head, ...rows] = lines.map((line) => line.split(","));
          assert.deepEqual(head.slice(0, 4), ["set", "step", "epoch", "total (nats/image)"]);
          assert(rows.every((row) => row.length === head.length));
          const { history, validation } = await visit.element.evaluate((el) => el.metrics);
          const of = (/** @type {string} */ set) => rows.filter((row) => row[0] === set);
          assert.deepEqual(
            of("training").map((row) => [Number(row[1]), Number(row[3])]),
            history.map(({ step, total }) => [step, total]),
          );
          assert.deepEqual(
            of("validation").map((row) => Number(row[3])),
            validation.map(({ total }) => total),
          );
          assert.equal(of("validation").length, 1);
        }),
      ),
    ),
    claim("a saved model, opened again, decodes the same pixels and tells its history", () =>
      visiting(stage, { query: "?weights=none" }, (visit) =>
        downloading(visit, async (download) => {
          await visit.element.evaluate((el) => el.train({ steps: 10 }));
          const pixels = () => visit.element.evaluate((el) => el.decode([0.5, -1]).join());
          const trained = await pixels();
          const [full, half] = [
            await download(() => choose(visit, MODEL, 1)),
            await download(() => choose(visit, MODEL, 2)),
          ];
          assert.equal(full.name, "vae-elbo-seed1-step10-float32.safetensors");
          const saved = full.bytes.length - half.bytes.length;
          assert(Math.abs(saved - 2 * 404_244) < 100, "float16 has two bytes less a number");
          const metadata = metadataOf(full.bytes);
          const history = JSON.parse(metadata.history);
          assert.equal(history.training.step.at(-1), 10);
          assert.equal(history.training.total.length, history.training.step.length);
          assert.equal(JSON.parse(metadata.metrics).engine, "cpu");

          await visit.element.evaluate((el) => el.reset({ preset: "tutorial" }));
          assert.notEqual(await pixels(), trained);
          await openFile(visit, full.bytes);
          assert.equal(await pixels(), trained);
          const again = await download(() => choose(visit, MODEL, 1));
          assert.deepEqual(metadataOf(again.bytes), metadata, "what the file says of itself");
        }),
      ),
    ),
    claim("a file that is dropped is opened if it is a model, and else changes nothing", () =>
      visiting(stage, {}, async (visit) => {
        const errors = await hearErrors(visit);
        const outcome = await visit.element.evaluate(async (el) => {
          const good = el.exportWeights();
          const layout = /** @type {Element} */ (el.shadowRoot?.querySelector(".playground"));
          const drop = (/** @type {BlobPart} */ content) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([content], "model.safetensors"));
            for (const type of ["dragover", "drop"]) {
              const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
              layout.dispatchEvent(event);
            }
          };
          const pixels = () => el.decode([1, -1]).join();
          const before = pixels();
          const refused = new Promise((resolve) => el.addEventListener("error", resolve));
          drop(new Uint8Array(good, 0, 5000));
          await refused;
          const kept = pixels() === before;
          await el.reset({ preset: "autoencoder" });
          const changed = pixels() !== before;
          const taken = new Promise((resolve) => el.playground.addEventListener("model", resolve));
          drop(good);
          await taken;
          return { kept, changed, back: pixels() === before };
        });
        assert.deepEqual(outcome, { kept: true, changed: true, back: true });
        assert.deepEqual(await errors(), ["weights-format"]);
        await visit.find(".alert [role=alert]");
      }),
    ),
    claim("a file that is dropped before there is a model is opened once there is one", () =>
      visiting(stage, { before: dropEarly }, async (visit) => {
        const told = await visit.element.evaluate(async () => {
          const { prevented, code } = await /** @type {any} */ (window).early;
          return { prevented, code: await code };
        });
        assert.deepEqual(told, { prevented: [true, true], code: "weights-format" });
        await visit.find(".alert [role=alert]");
      }),
    ),
    claim("the menu is worked by keys: arrows, End, a letter, Escape, Tab", () =>
      visiting(stage, { query: "?lang=en" }, async (visit) => {
        const { keyboard } = visit.page;
        const focused = () =>
          visit.element.evaluate((el) => el.shadowRoot?.activeElement?.textContent);
        await (await visit.find(MENU)).focus();
        await keyboard.press("ArrowDown");
        assert.equal(await focused(), "Copy link");
        await keyboard.press("End");
        assert.equal(await focused(), "Show the code …");
        await keyboard.press("ArrowDown");
        assert.equal(await focused(), "Copy link");
        await keyboard.press("r");
        assert.equal(await focused(), "Reconstructions");
        await keyboard.press("Escape");
        assert.equal(await focused(), "Share");
        assert.equal(await expanded(visit), "false");
        await keyboard.press("Enter");
        assert.equal(await expanded(visit), "true");
        await keyboard.press("Tab");
        assert.equal(await expanded(visit), "false");
      }),
    ),
    claim("the code shown is that of the settings on screen, in PyTorch and in burn", () =>
      visiting(stage, { query: "?preset=tutorial&lang=en" }, async (visit) => {
        await visit.element.evaluate(async (el) => {
          await el.playground.updateSettings({ beta: 0.25, batchSize: 64 });
        });
        await choose(visit, DATA, 1);
        const text = async () =>
          (await visit.find(".code-dialog pre")).evaluate((n) => n.textContent);
        const python = await text();
        assert.match(python ?? "", /^BETA = 0\.25 /m);
        assert.match(python ?? "", /^BATCH_SIZE = 64$/m);
        assert.match(python ?? "", /trunc_normal_.*std=0\.001/);
        assert.match(python ?? "", /reconstruction\.sum\(\) \+ BETA \* kl\.mean\(\)/);
        assert(python?.includes(stage.site.address("www/data/mnist/")), "where the images are");
        await (
          await visit.find(".code-dialog input[type=radio]:not(:checked)")
        ).evaluate((node) => /** @type {HTMLElement} */ (node).click());
        assert.match((await text()) ?? "", /^const BETA: f64 = 0\.25;$/m);
        await downloading(visit, async (download) => {
          const file = await download(async () =>
            (await visit.find(".code-dialog footer button:not(.primary)")).click(),
          );
          assert.equal(file.name, "main.rs");
          assert.equal(file.bytes.toString("utf8"), await text());
        });
        await visit.page.keyboard.press("Escape");
        assert.equal(await visit.page.$("vae-playground >>> .code-dialog"), null);
      }),
    ),
  ];
}

/** @param {import("puppeteer-core").Page} page */
const inTheDark = (page) =>
  page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);

/**
 * Drops a file that is no model as soon as one can be, and keeps the page's own model away until then.
 *
 * @param {import("puppeteer-core").Page} page
 */
const dropEarly = (page) =>
  page.evaluateOnNewDocument(() => {
    const { fetch } = window;
    const area = async () => {
      for (;;) {
        const root = document.querySelector("vae-playground")?.shadowRoot;
        const found = root?.querySelector(".playground:has(.drop-hint)");
        if (found) return found;
        await new Promise(requestAnimationFrame);
      }
    };
    const drop = async () => {
      const target = await area();
      const code = new Promise((resolve) =>
        document.addEventListener("error", (event) =>
          resolve(/** @type {any} */ (event).detail.code),
        ),
      );
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["no model"], "model.safetensors"));
      const prevented = ["dragover", "drop"].map((type) => {
        const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        return !target.dispatchEvent(event);
      });
      return { prevented, code };
    };
    const early = drop();
    /** @type {any} */ (window).early = early;
    window.fetch = async (...request) => {
      if (/weights\/.*safetensors/.test(String(request[0]))) await early;
      return fetch(...request);
    };
  });

/** @param {Visit} visit @param {number} group @param {number} place the item's in it */
async function choose(visit, group, place) {
  await (await visit.find(MENU)).click();
  const groups = await visit.page.$$("vae-playground >>> .menu [role=group]");
  const items = await groups[group].$$("[role=menuitem]");
  await items[place].click();
}

/** @param {Visit} visit */
async function expanded(visit) {
  return (await visit.find(MENU)).evaluate((node) => node.getAttribute("aria-expanded"));
}

/** Through the file picker. @param {Visit} visit @param {Buffer} bytes */
async function openFile(visit, bytes) {
  const folder = await mkdtemp(join(tmpdir(), "vae-model-"));
  try {
    const path = join(folder, "model.safetensors");
    await writeFile(path, bytes);
    const [chooser] = await Promise.all([visit.page.waitForFileChooser(), choose(visit, MODEL, 0)]);
    const taken = visit.element.evaluate(
      (el) => new Promise((resolve) => el.playground.addEventListener("model", () => resolve(0))),
    );
    await chooser.accept([path]);
    await taken;
    await visit.find(".told");
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {Buffer} bytes safetensors @returns {Record<string, string>} */
function metadataOf(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  return JSON.parse(bytes.toString("utf8", 8, 8 + length)).__metadata__;
}

/** @param {Visit} visit @param {Buffer} png */
function look({ page }, png) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = image;
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    });
    if (!context) throw new Error("no canvas");
    context.drawImage(image, 0, 0);
    const inside = (/** @type {number} */ y, /** @type {number} */ tall) =>
      context.getImageData(48, y, width - 96, tall).data;
    const colours = new Set(new Uint32Array(inside(140, height - 260).buffer));
    const caption = new Uint32Array(inside(height - 80, 40).buffer);
    const dark = caption.filter((pixel) => (pixel & 0xff) < 160).length;
    const corner = [...context.getImageData(0, 0, 1, 1).data];
    return { width, height, corner, figure: colours.size, caption: dark };
  }, png.toString("base64"));
}

/** In the page. @param {string} text */
function readSvg(text) {
  const { documentElement: svg } = new DOMParser().parseFromString(text, "image/svg+xml");
  const all = (/** @type {string} */ selector) => [...svg.querySelectorAll(selector)];
  return {
    error: svg.querySelector("parsererror")?.textContent ?? null,
    caption: svg.querySelector("desc")?.textContent ?? "",
    texts: all("text").map((node) => node.textContent),
    links: all("[href]").map((node) => node.getAttribute("href") ?? ""),
    foreign: all("style, script, foreignObject").length,
    circles: all("circle").length,
    lines: all("path").length,
  };
}
