// The last message, over the page rather than in it, so that nothing moves when it comes. It goes when
// the reader closes it, or when what it tells of was put right.
import { listen, make, say } from "./dom.js";
import { icon } from "./icons.js";
import { partInSight } from "./in-sight.js";

/** @import { Failure } from "../errors.js" */
/** @import { Playground } from "../playground.js" */

/**
 * @param {Playground} playground
 * @param {HTMLElement} layout it lies over
 */
export function createAlert(playground, layout) {
  const text = make("p", { role: "alert" });
  const close = make("button", { type: "button", class: "close" }, icon("close"));
  say(playground, close, "alert.close", "aria-label");
  const alert = make("div", { class: "alert", part: "alert", popover: "manual" }, text, close);
  let isRight = () => false;
  close.addEventListener("click", () => alert.hidePopover());
  listen(playground, "error", async (event) => {
    const failure = /** @type {CustomEvent<Failure>} */ (event).detail;
    text.textContent = playground.explain(failure);
    isRight = whenRight(playground, failure);
    await partInSight(layout);
    if (alert.isConnected && !alert.matches(":popover-open")) alert.showPopover();
  });
  listen(playground, "settings step", () => {
    if (isRight() && alert.matches(":popover-open")) alert.hidePopover();
  });
  return alert;
}

/**
 * Whether what failed went well since: a setting has another value, or images came and it trains.
 *
 * @param {Playground} playground
 * @param {Failure} failure
 * @returns {() => boolean}
 */
function whenRight(playground, { code, values }) {
  if (code === "bad-setting" || code === "bad-attribute") {
    const name = settingOf(String(values.field ?? values.attribute));
    const value = () => /** @type {any} */ (playground.settings)?.[name];
    const before = value();
    return () => value() !== before;
  }
  const { step } = playground.metrics;
  return () => /^(chunk|manifest|busy)/.test(code) && playground.metrics.step > step;
}

/** @param {string} attribute "learning-rate" @returns {string} "learningRate" */
function settingOf(attribute) {
  return attribute.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
