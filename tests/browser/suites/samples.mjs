// The samples that docs/embedding.md quotes, each made into a page as its readers' tools make one.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { marked } from "marked";
import { dragInFrame, elementIn, visitingElsewhere } from "../elsewhere.mjs";
import { claim } from "../harness.mjs";
import { becomes } from "../hosting.mjs";
import { drags, inProject, visitingFolder } from "../installed.mjs";
import { DIGIT, PLANE, POINT, pixelsOf } from "../page.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

/** Where the samples say that the site is. */
const PLACE = "https://example.org/vae/";
/** A course page's column, in px: the frames' heights are chosen for it. */
const COLUMN = 800;

/** Quarto's block of HTML that it passes on as it is. @param {string} text */
function rawBlock(text) {
  const [, html] = text.match(/^```\{=html\}\n(.*?)^```$/ms) ?? [];
  return html ?? assert.fail("there is no raw block");
}

/** What the notebook's last cell displays, run by IPython. @param {string} file */
async function runNotebook(file) {
  const script = new URL("../run_notebook.py", import.meta.url).pathname;
  const home = await mkdtemp(join(tmpdir(), "vae-playground-notebook-"));
  try {
    const python = process.env.NOTEBOOK_PYTHON ?? "python3";
    const env = { ...process.env, IPYTHONDIR: home };
    return (await promisify(execFile)(python, ["-B", script, file], { env })).stdout;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Runs in the frame. @param {import("../visit.mjs").VaePlayground} element */
function planeIsDrawn(element) {
  const plane = element.shadowRoot?.querySelector(".panel.plane canvas.layer");
  const { width, height } = /** @type {HTMLCanvasElement} */ (plane);
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context?.drawImage(/** @type {HTMLCanvasElement} */ (plane), 0, 0);
  const pixels = context?.getImageData(0, 0, width, height).data;
  return new Set(new Uint32Array(pixels?.buffer ?? [])).size > 100; // colours
}

/**
 * The sample's frame, in a page of another site.
 *
 * @param {Stage} stage
 * @param {string} html
 */
async function showsAndDrags(stage, html) {
  assert(html.includes(PLACE), `no frame of ${PLACE} in ${html}`);
  const here = html.replaceAll(PLACE, stage.site.address());
  const column = `<body style="max-width: ${COLUMN}px; margin: auto">${here}`;
  await visitingElsewhere(stage, column, async (visit, frame) => {
    const title = await visit.page.$eval("iframe", (node) => node.title);
    assert(title, "the frame has no title");
    const element = await elementIn(frame);
    await frame.waitForFunction(planeIsDrawn, { polling: 100 }, element);
    const before = await pixelsOf(element, DIGIT);
    await dragInFrame(visit, frame);
    assert.notDeepEqual(await pixelsOf(element, DIGIT), before);
    const hidden = await frame.evaluate(
      () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
    );
    assert(hidden <= 0, `${hidden} px do not fit into the frame`);
  });
}

/** @param {Visit} visit */
async function reactFollows(visit) {
  const { page, element } = visit;
  const output = () => document.querySelector("output")?.textContent;
  assert.equal(await page.evaluate(output), "0.00, 0.00");
  assert.deepEqual(await element.evaluate((el) => el.views), ["plane", "digit"]);
  await drags(visit);
  const shown = await element.evaluate((el) => el.latent.map((z) => z.toFixed(2)).join(", "));
  await becomes(page, "what React shows", output, shown);
  await (await page.$("button"))?.click();
  await page.waitForFunction(() => /Loss: \d+\.\d\d nats/.test(document.body.textContent ?? ""));
  assert.equal(await element.evaluate((el) => el.metrics.step), 100);
}

/** Which slide is up, from 0. @param {Visit} visit @param {number} wanted */
async function slideIs({ page }, wanted) {
  const slide = () =>
    [...document.querySelectorAll(".slides > section")].findIndex((section) =>
      section.classList.contains("present"),
    );
  await becomes(page, "the slide", slide, wanted);
}

/** @param {Visit} visit opened at the slide with the element */
async function slidesKeepApart(visit) {
  const { page, element } = visit;
  const all = await element.evaluate((el) => el.getBoundingClientRect().bottom <= innerHeight);
  assert(all, "the element is higher than the slide");
  await drags(visit);
  const [before] = await element.evaluate((el) => el.latent);
  await (await visit.find(POINT)).focus();
  await page.keyboard.press("ArrowRight");
  const [after] = await element.evaluate((el) => el.latent);
  assert(Math.abs(after - before - 0.1) < 1e-6, `${before} → ${after}`);
  await slideIs(visit, 1);

  const { middle } = await visit.place(PLANE);
  const finger = await page.touchscreen.touchStart(middle.x, middle.y);
  await finger.move(middle.x - 150, middle.y);
  await finger.end();
  assert((await element.evaluate((el) => el.latent[0])) < 0, "the point did not follow the finger");
  await slideIs(visit, 1);

  const { steps } = await element.evaluate((el) => el.train({ steps: 1 }));
  assert.equal(steps, 1);
  await element.evaluate((el) => void el.train({ epochs: 50 }).catch(() => {}));
  const state = (/** @type {any} */ el) => el.playground.status.state;
  const trainsOn = async () => {
    const from = await element.evaluate((el) => el.metrics.step);
    await page.waitForFunction((el, from) => el.metrics.step > from, {}, element, from);
  };
  await trainsOn();
  await page.keyboard.press("PageDown");
  await slideIs(visit, 2);
  await becomes(page, "training on a slide that has gone", state, "held", element);
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
  await page.keyboard.press("ArrowLeft");
  await slideIs(visit, 1);
  await trainsOn();

  // A transition that leaves the slides where they are.
  await page.evaluate(() => {
    for (const section of document.querySelectorAll("section")) section.dataset.transition = "none";
  });
  await page.keyboard.press("ArrowRight");
  await becomes(page, "training under another slide", state, "held", element);
  await element.evaluate((el) => el.pause());
}

/** @param {Stage} stage */
export function samples(stage) {
  const { repository } = stage;
  const file = (/** @type {string} */ name) => join(repository, "samples/frame", name);
  const text = (/** @type {string} */ name) => readFile(file(name), "utf8");
  /** @type {Record<string, () => Promise<string>>} */
  const frames = {
    "in Markdown": async () => marked.parse(await text("markdown.md")),
    "in Quarto's raw block": async () => rawBlock(await text("quarto.qmd")),
    "from a notebook that IPython ran": () => runNotebook(file("jupyter.ipynb")),
    "in the HTML for Moodle and Canvas": () => text("moodle-canvas.html"),
  };
  return [
    ...Object.entries(frames).map(([where, html]) =>
      claim(`the frame ${where} shows the plane, and a drag moves the digit`, async () =>
        showsAndDrags(stage, await html()),
      ),
    ),
    claim(
      "in reveal.js keys and fingers move point or slides, and training rests with its slide",
      () =>
        inProject(repository, "reveal", ({ folder }) =>
          visitingFolder(stage, folder, "#/1", slidesKeepApart),
        ),
    ),
    claim("in React the element takes properties, tells its point to the state, and trains", () =>
      inProject(repository, "react", async ({ folder, npm }) => {
        await npm("run", "build");
        await visitingFolder(stage, join(folder, "dist"), "", reactFollows);
      }),
    ),
  ];
}
