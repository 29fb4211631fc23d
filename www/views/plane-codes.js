// The codes' layer. Ten thousand marks, ten times a second, on the thread that also follows the finger:
// a canvas takes some 50 ms to draw them one by one, so they are stamped into the pixels themselves.
import { contextOf, make, palette } from "./dom.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {{pixels: Uint8ClampedArray, size: number}} Marks ten squares side by side, RGBA */

/** Radii of a code's dot along one side of the plane, for many codes and for few; tuned by eye. */
const DOTS_ACROSS = { many: 380, few: 290 };
const MANY = 5000;
export const DOT_OPACITY = 0.8;

/**
 * The test images' codes, in the data's order, so that no label lies on top by its number.
 * @param {Playground} playground
 * @param {HTMLCanvasElement} canvas already the size of the square in device pixels
 * @param {Element} root
 * @param {number} scale device pixels a CSS pixel
 */
export function drawCodes(playground, canvas, root, scale) {
  const { codes, plane, layers } = playground;
  const side = canvas.width;
  const image = new ImageData(side, side);
  if (codes.count) {
    const marks = layers.numerals
      ? drawNumerals(root, scale)
      : drawDots(root, Math.max(dotRadius(codes.count, side), scale));
    const at = plane.place(codes.codes());
    codes.labels().forEach((/** @type {number} */ label, /** @type {number} */ i) => {
      if (layers.label < 0 || label === layers.label)
        stamp(image, marks, label, at[2 * i] * side, at[2 * i + 1] * side);
    });
  }
  contextOf(canvas).putImageData(image, 0, 0);
}

/**
 * Dots grow with the plane: on a phone ten thousand large ones would cover it.
 * @param {number} count of codes
 * @param {number} side of the plane
 */
export function dotRadius(count, side) {
  return side / (count > MANY ? DOTS_ACROSS.many : DOTS_ACROSS.few);
}

/**
 * @param {Element} root
 * @param {number} radius in device pixels
 */
function drawDots(root, radius) {
  return drawMarks(root, 2 * Math.ceil(radius) + 1, (context, x, y) => {
    context.globalAlpha = DOT_OPACITY;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  });
}

/**
 * The label itself, with a rim of paper so that it reads on any tile.
 * @param {Element} root
 * @param {number} scale
 */
function drawNumerals(root, scale) {
  const { paper, font } = palette(root);
  return drawMarks(root, Math.ceil(12 * scale), (context, x, y, label) => {
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `700 ${10 * scale}px ${font}`;
    context.strokeStyle = paper;
    context.lineWidth = 2 * scale;
    context.strokeText(String(label), x, y);
    context.fillText(String(label), x, y);
  });
}

/**
 * @param {Element} root
 * @param {number} size of one mark's square
 * @param {(context: CanvasRenderingContext2D, x: number, y: number, label: number) => void} draw
 * @returns {Marks}
 */
function drawMarks(root, size, draw) {
  const context = contextOf(make("canvas", { width: size * 10, height: size }));
  palette(root).labels.forEach((colour, label) => {
    context.fillStyle = colour;
    draw(context, (label + 0.5) * size, size / 2, label);
  });
  return { pixels: context.getImageData(0, 0, size * 10, size).data, size };
}

/**
 * Lays a mark, centred on (x, y), over what is there: the usual "over" of colours with opacity.
 * @param {ImageData} image
 * @param {Marks} marks
 * @param {number} label
 * @param {number} x
 * @param {number} y
 */
function stamp({ data, width }, { pixels, size }, label, x, y) {
  const left = Math.round(x - size / 2);
  const top = Math.round(y - size / 2);
  const [fromX, toX] = [Math.max(-left, 0), Math.min(width - left, size)];
  const [fromY, toY] = [Math.max(-top, 0), Math.min(width - top, size)];
  for (let row = fromY; row < toY; row++) {
    let from = 4 * ((10 * row + label) * size + fromX);
    let to = 4 * ((top + row) * width + left + fromX);
    for (let column = fromX; column < toX; column++, from += 4, to += 4) {
      const opacity = pixels[from + 3];
      if (opacity === 0) continue;
      const under = (data[to + 3] * (255 - opacity)) / 255;
      const share = opacity / (opacity + under);
      for (let channel = 0; channel < 3; channel++)
        data[to + channel] += (pixels[from + channel] - data[to + channel]) * share;
      data[to + 3] = opacity + under;
    }
  }
}
