// The plane's frame: ticks and names along its left and lower edges, set as text so that they stay sharp.
import { make, say } from "./dom.js";

/** @import { Playground } from "../playground.js" */

/**
 * @param {Playground} playground
 * @param {HTMLElement} square
 */
export function createAxes(playground, square) {
  const across = make("div", { class: "ticks across", "aria-hidden": "true" });
  const up = make("div", { class: "ticks up", "aria-hidden": "true" });
  const acrossName = say(playground, make("span", { class: "axis-name across" }), "plane.axis.z1");
  const upName = say(playground, make("span", { class: "axis-name up" }), "plane.axis.z2");
  square.append(upName, acrossName);
  const frame = make("div", { class: "plane-frame" }, up, square, across);
  const draw = () => {
    if (!playground.ready) return;
    across.replaceChildren(...ticks(playground, 0, "left"));
    up.replaceChildren(...ticks(playground, 1, "top"));
    frame.dataset.axes = playground.plane.axes;
  };
  return { frame, draw };
}

/**
 * @param {Playground} playground
 * @param {0 | 1} axis horizontal, vertical
 * @param {"left" | "top"} side
 */
function ticks(playground, axis, side) {
  /** @type {{value: string, at: number}[]} */
  const list = JSON.parse(playground.plane.ticks(axis));
  return list.map(({ value, at }) => {
    const tick = make("span", { class: "tick" }, value);
    tick.style[side] = `${at * 100}%`;
    return tick;
  });
}
