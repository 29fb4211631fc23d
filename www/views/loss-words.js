// The loss in words and in a table, for those who do not read it off the curve.
import { listen, make, number, oncePerFrame, say } from "./dom.js";
import { TERMS } from "./loss-chart.js";

/** @import { Playground } from "../playground.js" */
/** @import { Point } from "./loss-scale.js" */

/** A screen reader hears of the loss no oftener than this. */
const SPOKEN_EVERY_MS = 15_000;

/** @param {Playground} playground @param {number} step */
export function placeText(playground, step) {
  const epoch = number(step / Math.max(playground.metrics.stepsPerEpoch, 1), 1);
  return playground.t("loss.place", { step, epoch });
}

/** @param {Playground} playground @param {Point} point */
export function summary(playground, point) {
  const values = {
    total: number(point.total, 1),
    reconstruction: number(point.reconstruction, 1),
    kl: number(point.kl, 1),
  };
  return `${placeText(playground, point.step)}: ${playground.t("loss.summary", values)}`;
}

/**
 * The validation figures as a table, filled only while it is open.
 * @param {Playground} playground
 */
export function createTable(playground) {
  const head = make("tr", {}, say(playground, make("th", { scope: "col" }), "loss.epoch"));
  for (const { term } of TERMS)
    head.append(say(playground, make("th", { scope: "col" }), `loss.${term}`));
  const body = make("tbody");
  const table = make("table", {}, make("thead", {}, head), body);
  const title = say(playground, make("summary"), "loss.table");
  const details = make(
    "details",
    { class: "loss-table" },
    title,
    make("div", { class: "scroll" }, table),
  );
  const draw = oncePerFrame(() => {
    const { validation } = playground.metrics;
    if (!details.open || body.rows.length === validation.length) return;
    body.replaceChildren(
      ...validation.map((point) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, String(point.epoch)),
          ...TERMS.map(({ term }) => make("td", { class: "figure" }, number(point[term], 2))),
        ),
      ),
    );
  });
  details.addEventListener("toggle", draw);
  listen(playground, "metrics", draw);
  return details;
}

/** @param {Playground} playground */
export function createVoice(playground) {
  const voice = make("p", { class: "unseen", "aria-live": "polite" });
  let spoken = 0;
  listen(playground, "metrics", () => {
    const { last, step } = playground.metrics;
    if (!last || performance.now() - spoken < SPOKEN_EVERY_MS) return;
    spoken = performance.now();
    voice.textContent = summary(playground, { ...last, step });
  });
  return voice;
}
