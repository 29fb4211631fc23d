// Draws the loss curves: a line a term while it trains, a mark a term for each epoch's validation.
//
//   nats │•                          x: step, linear or logarithmic
//        │ ╲___•____•____•  total    y: nats per image, from 0
//        └────────────────  step
import { MARGIN, createScale, niceStep } from "./loss-scale.js";

/** @import { palette } from "./dom.js" */
/** @import { ChartData, Point, Term } from "./loss-scale.js" */

/** Told apart by dash and by mark as well as by colour. @type {readonly {term: Term, dash: number[], corners: number, mark: string}[]} */
export const TERMS = [
  { term: "total", dash: [], corners: 24, mark: "○" },
  { term: "reconstruction", dash: [8, 4], corners: 4, mark: "□" },
  { term: "kl", dash: [2, 3], corners: 3, mark: "△" },
];

/** @typedef {ReturnType<typeof createScale>} Scale */

/**
 * On a clean canvas, in CSS pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {ChartData} data
 * @param {ReturnType<typeof palette>} colours
 */
export function drawChart(context, size, data, colours) {
  const scale = createScale(size, data);
  context.font = `12px ${colours.font}`;
  drawAxes(context, scale, data, colours);
  context.lineJoin = "round";
  for (const { term, dash } of TERMS) drawLine(context, scale, data.history, term, dash, colours);
  for (const { term, corners } of TERMS)
    for (const point of data.validation) drawMark(context, scale, point, term, corners, colours);
  if (data.hover) drawHover(context, scale, data.hover, colours);
  else drawNames(context, scale, data, colours);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {ChartData} data
 * @param {ReturnType<typeof palette>} colours
 */
function drawAxes(context, scale, data, colours) {
  context.setLineDash([]);
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.fillStyle = colours.quiet;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const nats = niceStep(scale.highest, 5);
  for (let value = 0; value <= scale.highest; value += nats) {
    const y = Math.round(scale.y(value)) + 0.5;
    context.beginPath();
    context.moveTo(MARGIN.left, y);
    context.lineTo(scale.right, y);
    context.stroke();
    context.fillText(String(value), MARGIN.left - 6, y);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const step of stepTicks(scale.last, data.logarithmic))
    context.fillText(shortNumber(step), scale.x(step), scale.floor + 6);
  context.textAlign = "right";
  context.fillText(data.step, scale.right, scale.floor + 6);
}

/**
 * @param {number} last
 * @param {boolean} logarithmic
 */
function stepTicks(last, logarithmic) {
  const ticks = [];
  if (logarithmic) for (let step = 1; step < last * 0.7; step *= 10) ticks.push(step);
  else for (let step = 0; step < last * 0.85; step += niceStep(last, 4)) ticks.push(step);
  return ticks;
}

/** @param {number} value 12000 as 12k */
const shortNumber = (value) => (value >= 1000 ? `${value / 1000}k` : String(value));

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {Point[]} points
 * @param {Term} term
 * @param {number[]} dash
 * @param {ReturnType<typeof palette>} colours
 */
function drawLine(context, scale, points, term, dash, colours) {
  context.beginPath();
  for (const point of points)
    if (Number.isFinite(point[term])) context.lineTo(scale.x(point.step), scale.y(point[term]));
  context.setLineDash(dash);
  context.strokeStyle = colours[term];
  context.lineWidth = term === "total" ? 2.5 : 2;
  context.stroke();
  context.setLineDash([]);
}

/**
 * A regular polygon, point upwards for three corners, flat for four: circle, square, triangle.
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {Point} point
 * @param {Term} term
 * @param {number} corners
 * @param {ReturnType<typeof palette>} colours
 */
function drawMark(context, scale, point, term, corners, colours) {
  if (!Number.isFinite(point[term])) return;
  const [x, y] = [scale.x(point.step), scale.y(point[term])];
  const start = corners === 4 ? Math.PI / 4 : -Math.PI / 2;
  context.beginPath();
  for (let i = 0; i < corners; i++) {
    const turn = start + (i / corners) * 2 * Math.PI;
    context.lineTo(x + 4 * Math.cos(turn), y + 4 * Math.sin(turn));
  }
  context.closePath();
  context.fillStyle = colours.paper;
  context.fill();
  context.strokeStyle = colours[term];
  context.lineWidth = 1.5;
  context.stroke();
}

/**
 * The term's name over its line, at the right end: no need to match a colour to a legend.
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {ChartData} data
 * @param {ReturnType<typeof palette>} colours
 */
function drawNames(context, scale, data, colours) {
  const end = data.history.at(-1);
  if (!end) return;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.font = `600 13px ${colours.font}`;
  context.lineWidth = 4;
  context.strokeStyle = colours.paper;
  for (const { term } of TERMS) {
    if (!Number.isFinite(end[term])) continue;
    // The total lies above the reconstruction, sometimes by little: their names keep apart.
    const below = term === "reconstruction";
    const y = Math.max(scale.y(end[term]) + (below ? 20 : -7), MARGIN.top + 12);
    context.strokeText(data.names[term], scale.right, y);
    context.fillStyle = colours[term];
    context.fillText(data.names[term], scale.right, y);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {Point} point
 * @param {ReturnType<typeof palette>} colours
 */
function drawHover(context, scale, point, colours) {
  const x = Math.round(scale.x(point.step)) + 0.5;
  context.strokeStyle = colours.quiet;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, MARGIN.top);
  context.lineTo(x, scale.floor);
  context.stroke();
  for (const { term } of TERMS) {
    context.beginPath();
    context.arc(x, scale.y(point[term]), 4, 0, 2 * Math.PI);
    context.fillStyle = colours[term];
    context.fill();
  }
}
