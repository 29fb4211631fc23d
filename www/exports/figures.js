// The figures as they are exported, each drawn with the functions that draw it on the page.
import { digitCanvas, number, paintDigits } from "../views/dom.js";
import { chartData } from "../views/loss.js";
import { drawChart } from "../views/loss-chart.js";
import { drawPlane } from "./plane-figure.js";

/** @import { Playground } from "../playground.js" */
/** @import { Palette } from "./sheet.js" */

/**
 * @typedef {object} Figure
 * @property {string} name of the view; its title is at `${name}.title`
 * @property {number} width in CSS pixels
 * @property {number} height
 * @property {boolean} vector whether it is lines and letters, and so worth an SVG
 * @property {(playground: Playground) => boolean} can whether there is anything to show
 * @property {(playground: Playground, context: CanvasRenderingContext2D, colours: Palette) => void} draw
 *   in its own box
 */

const PIXELS = 28 * 28;
const always = () => true;

/** @type {Figure[]} */
export const FIGURES = [
  { name: "plane", width: 892, height: 880, vector: true, can: always, draw: drawPlane },
  { name: "digit", width: 560, height: 592, vector: false, can: always, draw: drawDigit },
  {
    ...{ name: "encoder", width: 560, height: 648, vector: false, draw: drawEncoder },
    can: ({ posterior }) => posterior !== null,
  },
  {
    ...{ name: "reconstructions", width: 892, height: 240, vector: false },
    ...{ can: always, draw: drawReconstructions },
  },
  {
    ...{ name: "loss", width: 892, height: 492, vector: true, draw: drawLoss },
    can: ({ metrics }) => metrics.history.length > 0,
  },
];

/** @type {Figure["draw"]} */
function drawDigit({ latent, model }, context, colours) {
  const canvas = digitCanvas();
  paintDigits(canvas, model.digit(latent[0], latent[1], "light"));
  drawPixels(context, canvas, 0, 560, colours);
  const point = latent.map((value) => number(value, 2)).join(", ");
  write(context, colours, `z = (${point})`, 0, 584);
}

/** @type {Figure["draw"]} */
function drawEncoder({ core, drawn, selected, figure, posterior }, context, colours) {
  const canvas = digitCanvas();
  const pixels = drawn ?? figure.pixels.subarray(selected * PIXELS, (selected + 1) * PIXELS);
  paintDigits(canvas, core.tiles(pixels, "light"));
  drawPixels(context, canvas, 0, 560, colours);
  if (!posterior) return;
  const mean = posterior.mean.map((value) => number(value, 2)).join(", ");
  const sigma = posterior.logVar.map((value) => number(Math.exp(value / 2), 3)).join(", ");
  write(context, colours, `μ = (${mean})`, 0, 588);
  write(context, colours, `σ = (${sigma})`, 0, 616);
}

/** @type {Figure["draw"]} */
function drawReconstructions(playground, context, colours) {
  const { core, figure, model } = playground;
  const result = model.reconstruct(figure.pixels, "light");
  const [above, below] = [digitCanvas(10), digitCanvas(10)];
  paintDigits(above, core.tiles(figure.pixels, "light"));
  paintDigits(below, result.rgba());
  const errors = result.squaredErrors();
  result.free();
  drawPixels(context, above, 0, 892, colours);
  drawPixels(context, below, 94, 892, colours);
  context.textAlign = "center";
  errors.forEach((error, i) => write(context, colours, number(error, 1), (i + 0.5) * 89.2, 202));
  context.textAlign = "left";
  write(context, colours, playground.t("reconstructions.error"), 0, 228);
}

/** @type {Figure["draw"]} */
function drawLoss(playground, context, colours) {
  drawChart(context, { width: 892, height: 450 }, chartData(playground, null), colours);
  context.textAlign = "left";
  write(context, colours, playground.t("figure.loss.note"), 0, 476);
}

/**
 * A strip of digits, every pixel a square.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} canvas
 * @param {number} y
 * @param {number} width
 * @param {Palette} colours
 */
function drawPixels(context, canvas, y, width, colours) {
  const height = (width * canvas.height) / canvas.width;
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, y, width, height);
  context.fillStyle = colours.line;
  context.fillRect(0, y, width, 1);
  context.fillRect(0, y + height - 1, width, 1);
  context.fillRect(0, y, 1, height);
  context.fillRect(width - 1, y, 1, height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Palette} colours
 * @param {string} text
 * @param {number} x
 * @param {number} y its middle
 */
function write(context, colours, text, x, y) {
  context.font = `16px ${colours.font}`;
  context.textBaseline = "middle";
  context.fillStyle = colours.ink;
  context.fillText(text, x, y);
}
