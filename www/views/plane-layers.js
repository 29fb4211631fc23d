// The layers of the latent plane, each on a canvas. All coordinates come from core.Plane in units of
// the square: x to the right, y down, 0 to 1; a layer only multiplies them by the side.
import { contextOf } from "./dom.js";

/** @import { Playground } from "../playground.js" */
/** @import { Theme } from "../theme.js" */
/** @import { palette } from "./dom.js" */

/**
 * How large a layer is drawn, and in which colours.
 * @typedef {object} Look
 * @property {number} side of the square, in the canvas's pixels
 * @property {number} scale of lines and letters: those pixels a CSS pixel
 * @property {ReturnType<typeof palette>} colours
 */

/** Tiles along one side of the manifold: the tutorial's figure. */
export const TILES = 15;
const TURNS = [1, 2, 3];
/** Under codes the tiles step back, so that both can be read. Tuned by eye on both themes. */
const TILES_UNDER_CODES = 0.6;

/**
 * Decodes the 15×15 manifold into a canvas of its own size, one pixel a pixel.
 * @param {Playground} playground
 * @param {HTMLCanvasElement} canvas
 * @param {Theme} theme
 */
export function decodeTiles(playground, canvas, theme) {
  const side = TILES * 28;
  canvas.width = canvas.height = side;
  const rgba = playground.model.manifold(playground.plane, TILES, theme);
  contextOf(canvas).putImageData(new ImageData(new Uint8ClampedArray(rgba), side, side), 0, 0);
}

/**
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} tiles as `decodeTiles` makes them
 * @param {number} side
 */
export function drawTiles({ layers, codes, plane }, context, tiles, side) {
  const [left, top, right, bottom] = plane.gridExtent(TILES);
  context.imageSmoothingEnabled = false;
  context.globalAlpha = layers.codes && codes.count > 0 ? TILES_UNDER_CODES : 1;
  context.drawImage(tiles, left * side, top * side, (right - left) * side, (bottom - top) * side);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} points unit pairs
 * @param {number} side
 */
function trace(context, points, side) {
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) context.lineTo(points[i] * side, points[i + 1] * side);
}

/**
 * A line that reads on ink and on paper: a wide one of paper under a narrow one of colour.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {string} paper
 * @param {number} width
 */
function strokeTwice(context, colour, paper, width) {
  context.strokeStyle = paper;
  context.lineWidth = width * 2.4;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** Pushed in from the edge, so that all of a label is seen. @param {number} at @param {number} side @param {number} margin */
const inside = (at, side, margin) => Math.min(Math.max(at, margin), side - margin);

/**
 * The prior's contours |z| = 1, 2, 3, each with its number.
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
export function drawPrior(playground, context, { side, scale, colours }) {
  const { ink, paper, font } = colours;
  context.font = `600 ${12 * scale}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const turn of TURNS) {
    const points = playground.plane.contour(turn);
    trace(context, points, side);
    context.setLineDash([5 * scale, 4 * scale]);
    strokeTwice(context, ink, paper, 1.25 * scale);
    context.setLineDash([]);
    // Each on a ray of its own, so that no two meet where Φ presses the circles together.
    const at = 2 * Math.round((turn * points.length) / 32);
    const spot = [points[at], points[at + 1]];
    if (spot.some((unit) => unit < 0 || unit > 1)) continue;
    const [x, y] = spot.map((unit) => inside(unit * side, side, 14 * scale));
    context.strokeStyle = paper;
    context.lineWidth = 4 * scale;
    context.strokeText(`${turn}σ`, x, y);
    context.fillStyle = ink;
    context.fillText(`${turn}σ`, x, y);
  }
}

/**
 * The chosen image's posterior: its mean, and its 1σ and 2σ ellipses at true scale.
 * @param {Playground} playground
 * @param {CanvasRenderingContext2D} context
 * @param {Look} look
 */
export function drawPosterior(playground, context, { side, scale, colours }) {
  const { posterior, plane } = playground;
  if (!posterior) return;
  const { accent, paper } = colours;
  const { mean, logVar } = posterior;
  for (const turn of [2, 1]) {
    trace(context, plane.ellipse(mean[0], mean[1], logVar[0], logVar[1], turn), side);
    context.closePath();
    strokeTwice(context, accent, paper, (turn === 1 ? 2.25 : 1.5) * scale);
  }
  const [x, y] = plane.toUnit(mean[0], mean[1]);
  const arm = 5 * scale;
  context.beginPath();
  context.moveTo(x * side - arm, y * side);
  context.lineTo(x * side + arm, y * side);
  context.moveTo(x * side, y * side - arm);
  context.lineTo(x * side, y * side + arm);
  strokeTwice(context, accent, paper, 2 * scale);
}
