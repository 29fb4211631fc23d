// The layers of the latent plane, each on a canvas. All coordinates come from core.Plane in units of
// the square: x to the right, y down, 0 to 1; a layer only multiplies them by the side.
import { contextOf, palette } from "./dom.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {{tiles: boolean, codes: boolean, prior: boolean, posterior: boolean, numerals: boolean, label: number}} LayerOptions */

/** Tiles along one side of the manifold: the tutorial's figure. */
export const TILES = 15;
const TURNS = [1, 2, 3];

/**
 * Decodes the 15×15 manifold into a canvas of its own size, one pixel a pixel.
 * @param {Playground} playground
 * @param {HTMLCanvasElement} canvas
 */
export function decodeTiles(playground, canvas) {
  const side = TILES * 28;
  canvas.width = canvas.height = side;
  const rgba = playground.model.manifold(playground.plane, TILES, playground.theme);
  contextOf(canvas).putImageData(new ImageData(new Uint8ClampedArray(rgba), side, side), 0, 0);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} points unit pairs
 */
function trace(context, points) {
  const side = context.canvas.width;
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
 * @param {Element} root
 * @param {number} scale
 */
export function drawPrior(playground, context, root, scale) {
  const { ink, paper, font } = palette(root);
  const side = context.canvas.width;
  context.font = `600 ${12 * scale}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const turn of TURNS) {
    const points = playground.plane.contour(turn);
    trace(context, points);
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
 * @param {Element} root
 * @param {number} scale
 */
export function drawPosterior(playground, context, root, scale) {
  const { posterior, plane } = playground;
  if (!posterior) return;
  const { accent, paper } = palette(root);
  const side = context.canvas.width;
  const { mean, logVar } = posterior;
  for (const turn of [2, 1]) {
    trace(context, plane.ellipse(mean[0], mean[1], logVar[0], logVar[1], turn));
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
