// The latent plane: the decoded manifold, the test codes, the prior, the posterior, and the point.
//
// Two canvases lie on each other. The lower one is composed from cached layers at most once a frame.
// The point is a node of its own, moved inside the event that moves it, so it never waits for a layer.
import { contextOf, listen, make, number, oncePerFrame, palette, say, seldom } from "./dom.js";
import { createPanel } from "./help.js";
import { createAxes } from "./plane-axes.js";
import { keepInSight, listenToKeys, listenToPointers, listenToWheel } from "./plane-input.js";
import { drawCodes } from "./plane-codes.js";
import { decodeTiles, drawPosterior, drawPrior, drawTiles } from "./plane-layers.js";
import { createAxesSwitch, createLayerBoxes, createLegend, createZoom } from "./plane-tools.js";

/** @import { Playground } from "../playground.js" */

/** Milliseconds between two words on where the point is: faster than any voice. */
const ANNOUNCED = 250;

/** @param {Playground} playground */
export function createPlaneView(playground) {
  const canvas = make("canvas", { class: "layer" });
  const handle = createHandle(playground);
  const square = make("div", { class: "square", part: "square" }, canvas, handle);
  const axes = createAxes(playground, square);
  const layers = createLayers(playground, canvas);
  const size = { css: 0 };

  const place = () => placeHandle(playground, handle, size.css);
  const announce = seldom(ANNOUNCED, () => announceHandle(playground, handle));
  listen(playground, "latent", (event) => {
    if (/** @type {CustomEvent} */ (event).detail?.source === "selection") keepInSight(playground);
    place();
    announce();
  });
  listen(playground, "model", () => layers.refresh("tiles"));
  listen(playground, "codes", () => layers.refresh("codes"));
  listen(playground, "selection", () => layers.refresh());
  listen(playground, "ready plane theme", () => {
    layers.refresh("tiles", "codes");
    axes.draw();
    place();
  });
  listen(playground, "language", () => announceHandle(playground, handle));
  listen(playground, "codes", announce);
  listen(playground, "layers", () => layers.refresh("codes"));
  new ResizeObserver(() => {
    size.css = square.clientWidth;
    layers.resize(Math.round(size.css * devicePixelRatio));
    place();
  }).observe(square);

  listenToPointers(playground, square, handle);
  listenToWheel(playground, square);
  listenToKeys(playground, handle);
  const layerBoxes = createLayerBoxes(playground);
  const panel = createPanel(playground, "plane", axes.frame, layerBoxes, createLegend(playground));
  panel.firstElementChild?.append(createAxesSwitch(playground), createZoom(playground));
  return panel;
}

/**
 * The lower canvas and its cached layers. `refresh("codes")` makes that layer again in the next frame.
 * @param {Playground} playground
 * @param {HTMLCanvasElement} canvas
 */
function createLayers(playground, canvas) {
  const options = playground.layers;
  const cache = { tiles: make("canvas"), codes: make("canvas") };
  /** @type {Set<"tiles" | "codes">} */
  const stale = new Set();
  /** @type {() => void} */
  const draw = oncePerFrame(() => {
    if (!playground.ready || !canvas.width) return;
    const scale = devicePixelRatio;
    // One layer a frame: both at once would hold up the finger.
    if (options.tiles && stale.delete("tiles"))
      decodeTiles(playground, cache.tiles, playground.theme);
    else if (options.codes && stale.delete("codes"))
      drawCodes(playground, cache.codes, canvas, scale);
    if (options.codes && stale.has("codes")) draw();
    const context = contextOf(canvas);
    const look = { side: canvas.width, scale, colours: palette(canvas) };
    context.fillStyle = look.colours.paper;
    context.fillRect(0, 0, look.side, look.side);
    if (options.tiles) drawTiles(playground, context, cache.tiles, look.side);
    if (options.codes) context.drawImage(cache.codes, 0, 0);
    if (options.prior) drawPrior(playground, context, look);
    if (options.posterior) drawPosterior(playground, context, look);
  });
  return {
    /** @param {...("tiles" | "codes")} layers */
    refresh(...layers) {
      for (const layer of layers) stale.add(layer);
      draw();
    },
    /** @param {number} side in device pixels */
    resize(side) {
      canvas.width = canvas.height = cache.codes.width = cache.codes.height = side;
      stale.add("codes").add("tiles");
      draw();
    },
  };
}

/** @param {Playground} playground */
function createHandle(playground) {
  const handle = make("div", {
    class: "handle",
    part: "point",
    role: "slider",
    tabindex: 0,
    hidden: true, // until there is a model that it has a place in
    "aria-valuemin": -6,
    "aria-valuemax": 6,
  });
  const hint = say(
    playground,
    make("span", { class: "drag-hint", "aria-hidden": "true" }),
    "plane.point.drag",
  );
  handle.append(hint);
  listen(playground, "latent", (event) => {
    const source = /** @type {CustomEvent} */ (event).detail?.source;
    if (source === "pointer" || source === "keyboard") hint.hidden = true;
  });
  say(playground, handle, "plane.point", "aria-label");
  say(playground, handle, "plane.point.keys", "aria-description");
  return handle;
}

/**
 * Outside the window the point waits, faint, at the nearest edge.
 * @param {Playground} playground
 * @param {HTMLElement} handle
 * @param {number} side in CSS pixels
 */
function placeHandle(playground, handle, side) {
  if (!playground.ready) return;
  const [x, y] = playground.plane.toUnit(playground.latent[0], playground.latent[1]);
  const [insideX, insideY] = [Math.min(Math.max(x, 0), 1), Math.min(Math.max(y, 0), 1)];
  handle.hidden = false;
  handle.style.transform = `translate(${insideX * side}px, ${insideY * side}px)`;
  handle.classList.toggle("rightmost", insideX > 0.6);
  handle.classList.toggle("outside", x !== insideX || y !== insideY);
}

/**
 * What a screen reader says of the point: where it is, and what its neighbours say it looks like.
 * @param {Playground} playground
 * @param {HTMLElement} handle
 */
function announceHandle(playground, handle) {
  if (!playground.ready) return;
  const [z1, z2] = playground.latent;
  const votes = playground.codes.count ? [...playground.codes.vote(z1, z2, 15)] : [];
  const place = { z1: number(z1, 2), z2: number(z2, 2) };
  const label = votes.indexOf(Math.max(...votes));
  handle.setAttribute("aria-valuenow", z1.toFixed(2));
  handle.setAttribute(
    "aria-valuetext",
    votes.length
      ? playground.t("plane.point.value", { ...place, label })
      : playground.t("plane.point.place", place),
  );
}
