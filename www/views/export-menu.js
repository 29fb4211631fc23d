// What a reader takes home or brings along, as groups of the menu: figures, metrics, the model, a
// program. What makes a file is fetched when a file is wanted.

/** @import { Playground } from "../playground.js" */
/** @import { Figure } from "../exports/figures.js" */
/** @import { MenuGroup, MenuItem } from "./menu.js" */

/** By view; the vector ones are lines and letters, and so worth an SVG. */
const FIGURES = ["plane", "digit", "encoder", "reconstructions", "loss"];
const CHARTS = ["plane", "loss"];

/**
 * @param {Playground} playground
 * @param {HTMLElement} layout where the style sheet holds
 * @returns {MenuGroup[]}
 */
export function createExports(playground, layout) {
  const ready = () => playground.ready;
  return [
    { key: "share.figures", items: FIGURES.map((name) => pngItem(playground, name, layout)) },
    { key: "share.charts", items: CHARTS.map((name) => svgItem(playground, name, layout)) },
    modelGroup(playground),
    {
      key: "share.data",
      items: [
        { key: "share.metrics", can: () => hasHistory(playground), act: () => csv(playground) },
        { key: "share.code", can: ready, act: () => showCode(playground, layout) },
      ],
    },
  ];
}

/** @param {Playground} playground */
const hasHistory = ({ metrics }) => metrics.history.length > 0;

/** What there is to draw. @param {Playground} playground @param {string} name */
function canDraw(playground, name) {
  if (!playground.ready) return false;
  if (name === "encoder") return playground.posterior !== null;
  return name !== "loss" || hasHistory(playground);
}

/** @param {Playground} playground @param {string} name @param {Node} root @returns {MenuItem} */
function pngItem(playground, name, root) {
  return {
    key: `${name}.title`,
    can: () => canDraw(playground, name),
    async act() {
      const { drawPng, figure, save } = await drawing(name);
      save(await drawPng(playground, figure, root), playground, `${name}.png`);
    },
  };
}

/** @param {Playground} playground @param {string} name @param {Node} root @returns {MenuItem} */
function svgItem(playground, name, root) {
  return {
    key: `${name}.title`,
    can: () => canDraw(playground, name),
    async act() {
      const { drawSvg, figure, save } = await drawing(name);
      save(drawSvg(playground, figure, root), playground, `${name}.svg`);
    },
  };
}

/** @param {string} name */
async function drawing(name) {
  const [{ FIGURES }, sheet, save] = await Promise.all([
    import("../exports/figures.js"),
    import("../exports/sheet.js"),
    saving(),
  ]);
  const figure = /** @type {Figure} */ (FIGURES.find((figure) => figure.name === name));
  return { ...sheet, figure, save };
}

async function saving() {
  const [{ saveFile }, { fileName }] = await Promise.all([
    import("../exports/save.js"),
    import("../exports/caption.js"),
  ]);
  /** @param {Blob} file @param {Playground} playground @param {string} what */
  return (file, playground, what) => saveFile(file, fileName(playground, what));
}

/** @param {Playground} playground @returns {MenuGroup} */
function modelGroup(playground) {
  const precisions = /** @type {const} */ (["float32", "float16"]);
  return {
    key: "share.model",
    items: [
      {
        key: "share.model.open",
        can: () => playground.ready,
        async act() {
          const { openModel, pickModel } = await import("./open-model.js");
          const file = await pickModel();
          return file && openModel(playground, file);
        },
      },
      ...precisions.map((precision) => ({
        key: `share.model.${precision}`,
        can: () => playground.ready,
        async act() {
          const save = await saving();
          const file = new Blob([playground.exportWeights(precision)]);
          save(file, playground, `${precision}.safetensors`);
        },
      })),
    ],
  };
}

/** @param {Playground} playground */
async function csv(playground) {
  const [{ metricsCsv }, save] = await Promise.all([import("../exports/csv.js"), saving()]);
  const file = new Blob([metricsCsv(playground.metrics)], { type: "text/csv" });
  save(file, playground, "metrics.csv");
}

/** @param {Playground} playground @param {HTMLElement} layout */
async function showCode(playground, layout) {
  const { showCode } = await import("./code-dialog.js");
  await showCode(playground, layout);
}
