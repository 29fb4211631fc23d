// The tutorial's first figure: ten test images, what comes back of them, and how much is lost.
import { digitCanvas, listen, make, number, oncePerFrame, paintDigits, say } from "./dom.js";
import { createHelp, createPanel } from "./help.js";

/** @import { Playground } from "../playground.js" */

const IMAGES = 10;

/** @param {Playground} playground */
export function createReconstructionsView(playground) {
  const originals = digitCanvas(IMAGES);
  const decoded = digitCanvas(IMAGES);
  for (const canvas of [originals, decoded]) canvas.setAttribute("role", "img");
  const errors = Array.from({ length: IMAGES }, () => make("td", { class: "figure" }, "–"));

  const drawOriginals = oncePerFrame(() => {
    if (!playground.ready) return;
    const { core, figure, theme } = playground;
    paintDigits(originals, core.tiles(figure.pixels, theme));
    const digits = [...figure.labels].join(" ");
    originals.setAttribute(
      "aria-label",
      playground.t("reconstructions.originals.image", { digits }),
    );
    decoded.setAttribute("aria-label", playground.t("reconstructions.decoded.image", { digits }));
  });
  const drawDecoded = oncePerFrame(() => {
    if (!playground.ready) return;
    const { model, figure, theme } = playground;
    const result = model.reconstruct(figure.pixels, theme);
    paintDigits(decoded, result.rgba());
    const squared = result.squaredErrors();
    errors.forEach((cell, i) => (cell.textContent = number(squared[i], 1)));
    result.free();
  });
  listen(playground, "ready theme language", drawOriginals);
  listen(playground, "ready model theme", drawDecoded);
  drawOriginals();
  drawDecoded();

  /** @param {string} key @param {HTMLCanvasElement} canvas */
  const row = (key, canvas) => make("figure", {}, say(playground, make("figcaption"), key), canvas);
  return createPanel(
    playground,
    "reconstructions",
    row("reconstructions.originals", originals),
    row("reconstructions.decoded", decoded),
    createErrors(playground, errors),
  );
}

/**
 * One row of ten numbers, each under its image.
 * @param {Playground} playground
 * @param {HTMLElement[]} cells
 */
function createErrors(playground, cells) {
  const name = say(playground, make("span"), "reconstructions.error");
  const caption = make("caption", {}, name, createHelp(playground, "help.error"));
  return make("table", { class: "errors" }, caption, make("tbody", {}, make("tr", {}, ...cells)));
}
