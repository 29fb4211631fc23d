// Hands on the plane. One finger, pen or left button drags the point; two fingers pinch and pan;
// the right or middle button, or Shift, pans; the wheel zooms once the plane has been touched.
// Zoom and pan belong to the σ axes: the Φ axes always show the whole prior.

import { RIM } from "../plane-look.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {{x: number, y: number}} Spot a place in the square, 0 to 1, y down */

const STEP = 0.1;
const FINE_STEP = 0.01;
/** A notch of the wheel, a press of + or −. */
export const ZOOM_STEP = 1.25;

/** @param {Playground} playground */
const zoomable = (playground) => playground.ready && playground.plane.axes === "sigma";

/**
 * @param {Playground} playground
 * @param {number} factor
 * @param {Spot} [at] the place that stays where it is
 */
export function zoom(playground, factor, at = { x: 0.5, y: 0.5 }) {
  if (!zoomable(playground)) return;
  playground.plane.zoom(factor, at.x, at.y);
  playground.dispatchEvent(new Event("plane"));
}

/**
 * @param {Playground} playground
 * @param {number} dx
 * @param {number} dy
 */
function pan(playground, dx, dy) {
  if (!zoomable(playground)) return;
  playground.plane.pan(dx, dy);
  playground.dispatchEvent(new Event("plane"));
}

/**
 * Where the square was at the gesture's start: asking again would lay the page out at every move.
 * @type {WeakMap<HTMLElement, DOMRect>}
 */
let boxes = new WeakMap();
addEventListener("scroll", () => (boxes = new WeakMap()), { capture: true, passive: true });

/**
 * @param {HTMLElement} square
 * @param {MouseEvent} event
 * @returns {Spot}
 */
function spotOf(square, event) {
  const box = boxes.get(square) ?? square.getBoundingClientRect();
  boxes.set(square, box);
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
}

/**
 * @param {Playground} playground
 * @param {HTMLElement} square
 * @param {HTMLElement} handle
 */
export function listenToPointers(playground, square, handle) {
  /** @type {Map<number, Spot>} */
  const down = new Map();
  /** @type {"point" | "pan" | "pinch"} */
  let gesture = "point";
  let before = playground.latent;
  const forget = () => boxes.delete(square);
  new ResizeObserver(forget).observe(square);

  /** @param {Spot} spot */
  const movePoint = ({ x, y }) => {
    const inside = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
    const [z1, z2] = playground.plane.toLatent(inside[0], inside[1]);
    playground.setLatent([z1, z2], "pointer");
  };
  square.addEventListener("pointerdown", (event) => {
    if (!playground.ready) return;
    event.preventDefault();
    handle.focus({ preventScroll: true });
    square.setPointerCapture(event.pointerId);
    forget();
    const spot = spotOf(square, event);
    down.set(event.pointerId, spot);
    if (down.size === 2) {
      // The first finger moved the point before the second showed that this is a pinch.
      if (gesture === "point") playground.setLatent(before, "pointer");
      gesture = "pinch";
    } else if (down.size === 1) {
      gesture = event.button > 0 || event.shiftKey ? "pan" : "point";
      before = playground.latent;
      if (gesture === "point") movePoint(spot);
    }
  });
  square.addEventListener("pointermove", (event) => {
    const last = down.get(event.pointerId);
    if (!last) return;
    const spot = spotOf(square, event);
    if (gesture === "point") movePoint(spot);
    else if (gesture === "pan") pan(playground, spot.x - last.x, spot.y - last.y);
    else pinch(playground, last, spot, [...down].find(([id]) => id !== event.pointerId)?.[1]);
    down.set(event.pointerId, spot);
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"]))
    square.addEventListener(name, (event) => down.delete(event.pointerId));
  square.addEventListener("contextmenu", (event) => {
    if (zoomable(playground)) event.preventDefault();
  });
}

/**
 * One of two fingers moved: half its way pans, the change of distance to the other finger zooms.
 * @param {Playground} playground
 * @param {Spot} from
 * @param {Spot} to
 * @param {Spot | undefined} other
 */
function pinch(playground, from, to, other) {
  if (!other) return;
  const apart = Math.hypot(from.x - other.x, from.y - other.y);
  const factor = Math.hypot(to.x - other.x, to.y - other.y) / Math.max(apart, 0.01);
  pan(playground, (to.x - from.x) / 2, (to.y - from.y) / 2);
  zoom(playground, factor, { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 });
}

/**
 * A page scrolls past the plane unhindered until the reader has taken hold of it.
 * @param {Playground} playground
 * @param {HTMLElement} square
 */
export function listenToWheel(playground, square) {
  const wheel = (/** @type {WheelEvent} */ event) => {
    if (!zoomable(playground) || !(event.ctrlKey || square.matches(":focus-within"))) return;
    event.preventDefault();
    boxes.delete(square);
    zoom(playground, event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, spotOf(square, event));
  };
  square.addEventListener("wheel", wheel, { passive: false });
}

/**
 * Arrows move the point by 0.1, with Shift by 0.01; Home takes it to the origin; + − 0 zoom.
 * @param {Playground} playground
 * @param {HTMLElement} handle
 */
export function listenToKeys(playground, handle) {
  /** @type {Record<string, [number, number]>} */
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  handle.addEventListener("keydown", (event) => {
    if (!playground.ready || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ways[event.key];
    const step = event.shiftKey ? FINE_STEP : STEP;
    const [z1, z2] = playground.latent;
    if (way) playground.setLatent([z1 + way[0] * step, z2 + way[1] * step], "keyboard");
    else if (event.key === "Home") playground.setLatent([0, 0], "keyboard");
    else if (event.key === "+" || event.key === "=") zoom(playground, ZOOM_STEP);
    else if (event.key === "-") zoom(playground, 1 / ZOOM_STEP);
    else if (event.key === "0") resetView(playground);
    else return;
    event.preventDefault();
    if (way) keepInSight(playground);
  });
}

/** @param {Playground} playground */
export function resetView(playground) {
  playground.plane.resetView();
  playground.dispatchEvent(new Event("plane"));
}

/**
 * The window follows a point that the keyboard, or the choice of an image, has moved out of it.
 * @param {Playground} playground
 */
export function keepInSight(playground) {
  const [x, y] = playground.plane.toUnit(playground.latent[0], playground.latent[1]);
  const [dx, dy] = [x, y].map((at) => Math.min(Math.max(at, RIM), 1 - RIM) - at);
  if (dx || dy) pan(playground, dx, dy);
}
