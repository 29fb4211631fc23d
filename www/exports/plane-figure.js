// The latent plane as a figure, with what the reader has on it: tiles, codes, prior, posterior and
// the point, with the axes and, for the codes, a legend.
//
//   ticks ┌────────┐
//         │ square │
//         └────────┘
//           ticks
//           legend
import { make } from "../views/dom.js";
import { DOT_OPACITY, dotRadius } from "../views/plane-codes.js";
import { decodeTiles, drawPosterior, drawPrior, drawTiles } from "../views/plane-layers.js";
import { within } from "./sheet.js";

/** @import { Playground } from "../playground.js" */
/** @import { Look } from "../views/plane-layers.js" */
/** @import { Figure } from "./figures.js" */
/** @import { Palette } from "./sheet.js" */

const SIDE = 800;
const [LEFT, TOP] = [52, 8];

/** @type {Figure["draw"]} */
export function drawPlane(playground, context, colours) {
  const look = { side: SIDE, scale: 1.25, colours };
  within(context, LEFT, TOP, SIDE, SIDE, () => drawLayers(playground, context, look));
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.beginPath();
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ])
    // prettier-ignore
    context.lineTo(LEFT + x * SIDE, TOP + y * SIDE);
  context.closePath();
  context.stroke();
  drawTicks(playground, context, colours);
  if (playground.layers.codes) drawLegend(playground, context, colours);
}

/**
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
function drawLayers(playground, context, look) {
  const { layers } = playground;
  if (layers.tiles) {
    const tiles = make("canvas");
    decodeTiles(playground, tiles, "light");
    drawTiles(playground, context, tiles, SIDE);
  }
  if (layers.codes) drawCodes(playground, context, look);
  if (layers.prior) drawPrior(playground, context, look);
  if (layers.posterior) drawPosterior(playground, context, look);
  drawPoint(playground, context, look);
}

/**
 * One by one, so that they are shapes in an SVG too; on the page that would be too slow.
 *
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
function drawCodes({ codes, plane, layers }, context, { scale, colours }) {
  const at = plane.place(codes.codes());
  const radius = dotRadius(codes.count, SIDE);
  context.font = `700 ${10 * scale}px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 2 * scale;
  context.lineJoin = "round";
  context.strokeStyle = colours.paper;
  context.globalAlpha = layers.numerals ? 1 : DOT_OPACITY;
  codes.labels().forEach((/** @type {number} */ label, /** @type {number} */ i) => {
    if (layers.label >= 0 && label !== layers.label) return;
    const [x, y] = [at[2 * i] * SIDE, at[2 * i + 1] * SIDE];
    if (x < 0 || x > SIDE || y < 0 || y > SIDE) return;
    context.fillStyle = colours.labels[label];
    if (layers.numerals) {
      context.strokeText(String(label), x, y);
      context.fillText(String(label), x, y);
      return;
    }
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  });
  context.globalAlpha = 1;
}

/**
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
function drawPoint({ plane, latent }, context, { colours, scale }) {
  const [x, y] = plane.toUnit(latent[0], latent[1]);
  context.beginPath();
  context.arc(x * SIDE, y * SIDE, 9 * scale, 0, 2 * Math.PI);
  for (const [colour, width] of /** @type {const} */ ([
    [colours.paper, 6],
    [colours.action, 3],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = width * scale;
    context.stroke();
  }
}

/**
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Palette} colours
 */
function drawTicks(playground, context, colours) {
  context.fillStyle = colours.quiet;
  context.font = `14px ${colours.font}`;
  context.textBaseline = "middle";
  /** @param {0 | 1} axis @returns {{ value: string, at: number }[]} */
  const ticks = (axis) => JSON.parse(playground.plane.ticks(axis));
  context.textAlign = "right";
  for (const { value, at } of ticks(1)) context.fillText(value, LEFT - 8, TOP + at * SIDE);
  context.textAlign = "center";
  const below = TOP + SIDE + 16;
  for (const { value, at } of ticks(0)) context.fillText(value, LEFT + at * SIDE, below);
  context.fillStyle = colours.ink;
  context.font = `600 15px ${colours.font}`;
  context.textAlign = "left";
  context.fillText(playground.t("plane.axis.z2"), 0, TOP + 8);
  context.textAlign = "right";
  context.fillText(playground.t("plane.axis.z1"), LEFT + SIDE + 34, below);
}

/**
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Palette} colours
 */
function drawLegend(playground, context, colours) {
  const y = TOP + SIDE + 50;
  context.font = `600 15px ${colours.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  colours.labels.forEach((colour, label) => {
    const x = LEFT + 8 + label * 46;
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.fillStyle = colours.ink;
    context.fillText(String(label), x + 11, y);
  });
  context.fillStyle = colours.quiet;
  context.font = `14px ${colours.font}`;
  context.textAlign = "right";
  context.fillText(playground.t("figure.plane.note"), LEFT + SIDE, y);
}
