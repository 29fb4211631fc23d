// The loss per image, in nats, against the step: while training, and on the validation images.
import { contextOf, listen, make, number, oncePerFrame, palette, say, write } from "./dom.js";
import { createHelp, createPanel } from "./help.js";
import { TERMS, drawChart } from "./loss-chart.js";
import { createScale } from "./loss-scale.js";
import { createTable, createVoice, placeText, summary } from "./loss-words.js";

/** @import { Playground } from "../playground.js" */
/** @import { ChartData, Point, Term } from "./loss-scale.js" */

/** @param {Playground} playground */
export function createLossView(playground) {
  const canvas = make("canvas", {
    class: "chart",
    role: "slider",
    tabindex: 0,
    "aria-valuemin": 0,
  });
  say(playground, canvas, "loss.chart", "aria-label");
  const legend = createLegend(playground);
  const place = make("span", { class: "loss-place figure" });
  const state = { hover: /** @type {Point | null} */ (null) };

  const draw = oncePerFrame(() => {
    if (!canvas.width) return;
    const context = contextOf(canvas);
    const scale = devicePixelRatio;
    const size = { width: canvas.width / scale, height: canvas.height / scale };
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    drawChart(context, size, chartData(playground, state.hover), palette(canvas));
    const { last, step } = playground.metrics;
    const shown = state.hover ?? (last && { ...last, step });
    legend.draw(shown);
    write(place, shown ? placeText(playground, shown.step) : playground.t("loss.none"));
    const { history } = playground.metrics;
    canvas.setAttribute("aria-valuemax", String(Math.max(history.length - 1, 0)));
    canvas.setAttribute(
      "aria-valuenow",
      String(state.hover ? history.indexOf(state.hover) : history.length - 1),
    );
    canvas.setAttribute("aria-valuetext", shown ? summary(playground, shown) : place.textContent);
  });
  listen(playground, "ready metrics theme language logarithmic", draw);
  new ResizeObserver(() => {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    draw();
  }).observe(canvas);
  listenToHover(playground, canvas, state, draw);

  const log = make("input", { type: "checkbox" });
  log.addEventListener("change", () => playground.setLogarithmic(log.checked));
  const mark = () => (log.checked = playground.logarithmic);
  mark();
  listen(playground, "logarithmic", mark);
  const logName = say(playground, make("span"), "loss.logarithmic");
  const foot = make("div", { class: "loss-foot" }, place, make("label", {}, log, logName));
  const stage = make("div", { class: "chart-stage" }, canvas);
  return createPanel(
    playground,
    "loss",
    legend.node,
    stage,
    foot,
    createTable(playground),
    createVoice(playground),
  );
}

/**
 * @param {Playground} playground
 * @param {Point | null} hover
 * @returns {ChartData}
 */
export function chartData(playground, hover) {
  const { history, validation } = playground.metrics;
  const { logarithmic } = playground;
  const names = /** @type {Record<Term, string>} */ ({});
  for (const { term } of TERMS) names[term] = playground.t(`loss.${term}.short`);
  return { history, validation, logarithmic, hover, names, step: playground.t("loss.step") };
}

/**
 * A row a term: its line, its name, its value in training and on the validation images.
 * @param {Playground} playground
 */
function createLegend(playground) {
  const body = make("tbody");
  const entries = TERMS.map(({ term, mark }) => {
    const [value, checked] = [
      make("td", { class: "figure" }, "–"),
      make("td", { class: "figure" }, "–"),
    ];
    const name = say(playground, make("span"), `loss.${term}`);
    const help = createHelp(playground, `help.loss.${term}`);
    const head = make("th", { scope: "row" }, make("i", { class: "dash" }), name, help);
    body.append(make("tr", { class: `term ${term}` }, head, value, checked));
    return { term, mark, value, checked };
  });
  const head = make("tr", {}, say(playground, make("th"), "loss.unit"));
  for (const key of ["loss.training", "loss.validation"])
    head.append(say(playground, make("th", { scope: "col" }), key));
  const node = make("table", { class: "loss-legend" }, make("thead", {}, head), body);
  /** @param {Point | null} point */
  const draw = (point) => {
    const last = playground.metrics.validation.at(-1);
    for (const { term, mark, value, checked } of entries) {
      write(value, point ? number(point[term], 2) : "–");
      write(checked, last ? `${mark} ${number(last[term], 2)}` : "–");
    }
  };
  return { node, draw };
}

/**
 * Pointer or arrow keys choose a step to read off.
 * @param {Playground} playground
 * @param {HTMLCanvasElement} canvas
 * @param {{hover: Point | null}} state
 * @param {() => void} draw
 */
function listenToHover(playground, canvas, state, draw) {
  /** @param {Point | null | undefined} point */
  const hover = (point) => {
    state.hover = point ?? null;
    draw();
  };
  canvas.addEventListener("pointermove", (event) => {
    const data = chartData(playground, state.hover);
    const scale = createScale({ width: canvas.clientWidth, height: canvas.clientHeight }, data);
    const step = scale.step(event.offsetX);
    hover(data.history.find((point) => point.step >= step) ?? data.history.at(-1));
  });
  canvas.addEventListener("pointerleave", () => hover(null));
  canvas.addEventListener("blur", () => hover(null));
  canvas.addEventListener("keydown", (event) => {
    const { history } = playground.metrics;
    const way = { ArrowLeft: -1, ArrowRight: 1, PageDown: -20, PageUp: 20 }[event.key];
    if (!way || !history.length) return;
    event.preventDefault();
    const at = state.hover ? history.indexOf(state.hover) : history.length;
    hover(history[Math.min(Math.max(at + way, 0), history.length - 1)]);
  });
}
