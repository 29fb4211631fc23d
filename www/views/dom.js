// What every view does with the page: make nodes, keep their words in the reader's language,
// and draw at most once an animation frame.

/** @import { Playground } from "../playground.js" */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} [attributes] true: present, false: absent
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) node.setAttribute(name, value === true ? "" : String(value));
  node.append(...children);
  return node;
}

/**
 * Calls `handler` on each of the named events, given as one string: "model codes theme".
 * @param {Playground} playground
 * @param {string} names
 * @param {(event: Event) => void} handler
 */
export function listen(playground, names, handler) {
  for (const name of names.split(" ")) playground.addEventListener(name, handler);
}

/**
 * Keeps a node's text, or one of its attributes, in the reader's language.
 * @template {Element} Node
 * @param {Playground} playground
 * @param {Node} node
 * @param {string} key
 * @param {string} [attribute] absent: the text
 * @returns {Node}
 */
export function say(playground, node, key, attribute) {
  const write = () => {
    const words = playground.t(key);
    if (attribute) node.setAttribute(attribute, words);
    else node.textContent = words;
  };
  write();
  playground.addEventListener("language", write);
  return node;
}

/**
 * Puts other words into a node, in its own text where it has one: less for the page to lay out again.
 * @param {Element} node holds words only
 * @param {string} words
 */
export function write(node, words) {
  const text = node.firstChild;
  if (text?.nodeType !== Node.TEXT_NODE) node.textContent = words;
  else if (text.nodeValue !== words) text.nodeValue = words;
}

/**
 * A button whose words follow the language.
 * @param {Playground} playground
 * @param {string} key
 * @param {() => void} press
 * @param {Record<string, string | number | boolean>} [attributes]
 */
export function button(playground, key, press, attributes = {}) {
  const node = make("button", { type: "button", ...attributes });
  node.addEventListener("click", press);
  return say(playground, node, key);
}

/**
 * Returns a function that asks for `draw`, which runs at once after a rest and then, however often it
 * is called, every `milliseconds`: for words, which nobody reads sixty times a second.
 * @param {number} milliseconds
 * @param {() => void} draw
 * @returns {() => void}
 */
export function seldom(milliseconds, draw) {
  let next = 0;
  let asked = false;
  const run = () => {
    asked = false;
    next = performance.now() + milliseconds;
    draw();
  };
  return () => {
    if (asked) return;
    const wait = next - performance.now();
    if (wait <= 0) return run();
    asked = true;
    setTimeout(run, wait);
  };
}

/**
 * Returns a function that asks for `draw`; however often it is called, `draw` runs once a frame.
 * @param {() => void} draw
 * @returns {() => void}
 */
export function oncePerFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/**
 * A number as print sets it: fixed digits, a true minus sign, no minus nought.
 * @param {number} value
 * @param {number} digits
 */
export function number(value, digits) {
  const text = value.toFixed(digits);
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text.replace("-", "−");
}

/**
 * A canvas that shows 28×28 images side by side, enlarged by the style sheet without smoothing.
 * @param {number} [columns]
 */
export function digitCanvas(columns = 1) {
  return make("canvas", { class: "pixels", width: 28 * columns, height: 28 });
}

/** @param {URL} url of a style sheet @returns its link, and when it came or failed to */
export function stylesheet({ href }) {
  const link = make("link", { rel: "stylesheet", href });
  /** @type {Promise<unknown>} */
  const settled = new Promise((resolve) => (link.onload = link.onerror = resolve));
  return { link, settled };
}

/** @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Paints RGBA tiles of 28×28, one after another in memory, from left to right.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray} rgba
 */
export function paintDigits(canvas, rgba) {
  const context = contextOf(canvas);
  const bytes = 28 * 28 * 4;
  for (let tile = 0; tile * bytes < rgba.length; tile++) {
    const pixels = new Uint8ClampedArray(rgba.subarray(tile * bytes, (tile + 1) * bytes));
    context.putImageData(new ImageData(pixels, 28, 28), tile * 28, 0);
  }
}

/** By the layout they are of. @type {WeakMap<Element, ReturnType<typeof readPalette>>} */
let palettes = new WeakMap();

/** The theme, or a colour that a page gives an element, may be another. */
export function forgetPalettes() {
  palettes = new WeakMap();
}

/**
 * The style sheet's colours, for what is drawn on a canvas. Kept: asking for styles is dear, and
 * canvases are drawn ten times a second.
 * @param {Element} node any node inside the element
 */
export function palette(node) {
  const layout = node.closest(".playground");
  const kept = layout && palettes.get(layout);
  if (kept) return kept;
  const fresh = readPalette(layout ?? node);
  // Without a value the style sheet is still on its way.
  if (layout && getComputedStyle(layout).getPropertyValue("--vae-paper"))
    palettes.set(layout, fresh);
  return fresh;
}

/**
 * A custom property is text, such as `light-dark(…)`; a canvas wants the colour that it comes to.
 * @param {Element} layout
 */
function readPalette(layout) {
  const probe = make("i", { class: "unseen" });
  layout.append(probe);
  const style = getComputedStyle(probe);
  /** @param {string} name */
  const colour = (name) => {
    probe.style.color = `var(--vae-${name})`;
    return style.color;
  };
  const colours = readColours(colour, style.fontFamily);
  probe.remove();
  return colours;
}

/** @param {(name: string) => string} colour @param {string} font */
function readColours(colour, font) {
  return {
    paper: colour("paper"),
    ink: colour("ink"),
    quiet: colour("quiet"),
    line: colour("line"),
    accent: colour("accent"),
    action: colour("action"),
    total: colour("total"),
    reconstruction: colour("reconstruction"),
    kl: colour("kl"),
    labels: Array.from({ length: 10 }, (_, label) => colour(`label-${label}`)),
    font,
  };
}
