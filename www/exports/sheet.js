// A figure on a sheet of its own: its title above, its caption below. Always in the light theme,
// because a sheet goes on a slide or on paper, and because figures of several readers, side by
// side, should look alike.
//
//   ┌───────────────────────┐
//   │ title                 │   in CSS pixels; a PNG has two of its own for each, which fills
//   │ ┌───────────────────┐ │   15 cm at 300 dpi and the width of a slide
//   │ │      figure       │ │
//   │ └───────────────────┘ │
//   │ caption               │
//   └───────────────────────┘
import { contextOf, make, palette } from "../views/dom.js";
import { captionOf } from "./caption.js";
import { SvgContext, escapeXml } from "./svg-context.js";

/** @import { Playground } from "../playground.js" */
/** @import { Figure } from "./figures.js" */

export const PNG_SCALE = 2;
const EDGE = 24;
const TITLE = 40;
const CAPTION = 30;

/** @typedef {ReturnType<typeof palette>} Palette */

/**
 * @param {Playground} playground
 * @param {Figure} figure
 * @param {Node} root where the style sheet holds
 * @returns {Promise<Blob>}
 */
export async function drawPng(playground, figure, root) {
  const { width, height } = sizeOf(figure);
  const canvas = make("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
  const context = contextOf(canvas);
  context.scale(PNG_SCALE, PNG_SCALE);
  draw(playground, figure, context, lightPalette(root));
  return new Promise((resolve, reject) => {
    const done = (/** @type {Blob | null} */ blob) =>
      blob ? resolve(blob) : reject(new Error(`${canvas.width}×${canvas.height} PNG: no memory`));
    canvas.toBlob(done, "image/png");
  });
}

/**
 * Self-contained: letters are text, pixels are in the file, nothing is fetched.
 *
 * @param {Playground} playground
 * @param {Figure} figure
 * @param {Node} root where the style sheet holds
 * @returns {Blob}
 */
export function drawSvg(playground, figure, root) {
  const { width, height } = sizeOf(figure);
  const context = new SvgContext();
  draw(playground, figure, context, lightPalette(root));
  const title = escapeXml(playground.t(`${figure.name}.title`));
  const caption = escapeXml(captionOf(playground));
  const tag = playground.languageTag;
  return new Blob(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" lang="${tag}">\n`,
      `<title>${title}</title>\n<desc>${caption}</desc>\n${context.content}\n</svg>\n`,
    ],
    { type: "image/svg+xml" },
  );
}

/** @param {Figure} figure */
function sizeOf({ width, height }) {
  return { width: width + 2 * EDGE, height: height + TITLE + CAPTION + 2 * EDGE };
}

/**
 * @param {Playground} playground
 * @param {Figure} figure
 * @param {CanvasRenderingContext2D | SvgContext} surface
 * @param {Palette} colours
 */
function draw(playground, figure, surface, colours) {
  // What the two have in common is what the figures use.
  const context = /** @type {CanvasRenderingContext2D} */ (surface);
  const { width, height } = sizeOf(figure);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, width, height);
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  context.font = `600 20px ${colours.font}`;
  context.fillText(playground.t(`${figure.name}.title`), EDGE, EDGE);
  context.fillStyle = colours.quiet;
  context.font = `14px ${colours.font}`;
  context.fillText(captionOf(playground), EDGE, height - EDGE - 14);
  within(surface, EDGE, EDGE + TITLE, figure.width, figure.height, () =>
    figure.draw(playground, context, colours),
  );
}

/**
 * Draws in a part of the sheet: with its own origin, cut off at its edges.
 *
 * @param {CanvasRenderingContext2D | SvgContext} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {() => void} draw
 */
export function within(context, x, y, width, height, draw) {
  if (context instanceof SvgContext) {
    context.openFrame(x, y, width, height);
    draw();
    context.closeFrame();
    return;
  }
  context.save();
  context.translate(x, y);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  draw();
  context.restore();
}

/** The style sheet's light colours, whatever the page's theme. @param {Node} root */
function lightPalette(root) {
  const probe = make("div", { class: "playground" });
  probe.style.colorScheme = "light";
  root.appendChild(probe);
  const colours = palette(probe);
  probe.remove();
  return colours;
}
