// How the plane looks, as an attribute or a link says it: the layers by their names, and the window
// of the σ axes by its middle and its half width, in latent units:
//
//   layers="tiles codes label:3"    extent="0.5 -1 2"

/** @typedef {import("./playground.js").Layers} Layers */
/** @typedef {import("./stage.js").Plane} Plane */
/** @typedef {readonly [z1: number, z2: number, halfWidth: number]} Extent */

export const LAYERS = /** @type {const} */ (["tiles", "codes", "prior", "posterior", "numerals"]);
/** All but the numerals. */
export const USUAL_LAYERS = LAYERS.slice(0, 4);
/** The only label whose codes are drawn. */
export const LABEL = /^label:(\d)$/;

/** As `src/explore/plane.rs` opens it. @type {Extent} */
export const USUAL_EXTENT = [0, 0, 3];
/** How far it zooms; `src/explore/plane.rs` has them too. */
export const HALF_WIDTHS = /** @type {const} */ ([0.05, 50]);
/** How near the edge, as a share of the side, the point may come before the window follows it. */
export const RIM = 0.05;

/** @param {readonly string[]} names @returns {Layers} */
export function layersOf(names) {
  const label = names.map((name) => LABEL.exec(name)?.[1]).find(Boolean);
  const shown = LAYERS.map((name) => [name, names.includes(name)]);
  return { ...Object.fromEntries(shown), label: label === undefined ? -1 : Number(label) };
}

/** @param {Layers} layers */
export function namesOf(layers) {
  /** @type {string[]} */
  const names = LAYERS.filter((name) => layers[name]);
  return layers.label < 0 ? names : [...names, `label:${layers.label}`];
}

/** @param {Plane} plane @returns {Extent} */
export function extentOf(plane) {
  return onSigma(plane, () => {
    const [z1, z2] = plane.toLatent(0.5, 0.5);
    return [z1, z2, plane.toLatent(1, 0.5)[0] - z1];
  });
}

/** @param {Plane} plane @param {Extent} extent */
export function showExtent(plane, [z1, z2, halfWidth]) {
  onSigma(plane, () => {
    plane.resetView();
    plane.zoom(USUAL_EXTENT[2] / halfWidth, 0.5, 0.5);
    const [x, y] = plane.toUnit(z1, z2);
    plane.pan(0.5 - x, 0.5 - y);
  });
}

/** The window belongs to the σ axes alone. @template Result @param {Plane} plane @param {() => Result} act */
function onSigma(plane, act) {
  const { axes } = plane;
  plane.axes = "sigma";
  const result = act();
  plane.axes = axes;
  return result;
}

/** Whether the usual window has the point well within it, and does not follow it. @param {readonly [number, number]} point */
export function isInUsualSight(point) {
  const [z1, z2, halfWidth] = USUAL_EXTENT;
  const reach = halfWidth * (1 - 2 * RIM);
  return Math.abs(point[0] - z1) <= reach && Math.abs(point[1] - z2) <= reach;
}
