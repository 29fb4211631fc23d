// The encoder's side: ten test digits, or one drawn by hand, and the posterior it gives them.
import {
  button,
  digitCanvas,
  listen,
  make,
  number,
  oncePerFrame,
  paintDigits,
  say,
} from "./dom.js";
import { createDrawing } from "./drawing.js";
import { createHelp, createPanel } from "./help.js";

/** @import { Playground } from "../playground.js" */

const PIXELS = 28 * 28;

/** @param {Playground} playground */
export function createEncoderView(playground) {
  const chosen = digitCanvas();
  const drawing = createDrawing(playground, (pixels) => playground.setDrawn(pixels));
  const none = say(playground, make("p", { class: "hint" }), "encoder.none");
  const stage = make("div", { class: "stage empty" }, chosen, none, drawing.canvas);
  const openDrawing = (/** @type {boolean} */ open) => stage.classList.toggle("drawing", open);
  const choices = createChoices(playground, openDrawing, drawing.open);
  const clear = button(playground, "encoder.clear", drawing.clear, { class: "clear" });
  const hint = say(playground, make("p", { class: "hint" }), "encoder.draw.hint");
  const posterior = createPosterior(playground);
  const draw = oncePerFrame(() => {
    if (!playground.ready) return;
    choices.draw();
    const { selected, figure, core, theme } = playground;
    stage.classList.toggle("empty", selected < 0);
    if (selected < 0) return;
    const pixels = figure.pixels.subarray(selected * PIXELS, (selected + 1) * PIXELS);
    paintDigits(chosen, core.tiles(pixels, theme));
    const name = playground.t("encoder.chosen", { label: figure.labels[selected] });
    chosen.setAttribute("aria-label", name);
    chosen.setAttribute("role", "img");
  });
  listen(playground, "ready selection theme language", draw);
  draw();
  const side = make(
    "div",
    { class: "encoder-facts" },
    posterior,
    make("div", { class: "pen" }, hint, clear),
  );
  const body = make("div", { class: "encoder-body" }, stage, side);
  return createPanel(playground, "encoder", choices.node, body);
}

/**
 * Eleven radio buttons: the ten digits of the tutorial's figure, and the pen.
 * @param {Playground} playground
 * @param {(open: boolean) => void} openDrawing
 * @param {() => void} startDrawing
 */
function createChoices(playground, openDrawing, startDrawing) {
  const group = make("fieldset", { class: "choices" });
  group.append(say(playground, make("legend", { class: "unseen" }), "encoder.choose"));
  const digits = Array.from({ length: 10 }, (_, index) => {
    const radio = make("input", { type: "radio", name: "image", value: index });
    const canvas = digitCanvas();
    radio.addEventListener("change", () => {
      openDrawing(false);
      playground.select(index);
    });
    group.append(make("label", { class: "choice" }, radio, canvas));
    return { radio, canvas };
  });
  const pen = make("input", { type: "radio", name: "image", value: "drawn" });
  pen.addEventListener("change", () => {
    openDrawing(true);
    startDrawing();
  });
  const penName = say(playground, make("span"), "encoder.draw");
  group.append(make("label", { class: "choice draw" }, pen, penName));

  const draw = () => {
    const { figure, core, theme, selected } = playground;
    digits.forEach(({ radio, canvas }, index) => {
      paintDigits(
        canvas,
        core.tiles(figure.pixels.subarray(index * PIXELS, (index + 1) * PIXELS), theme),
      );
      radio.setAttribute(
        "aria-label",
        playground.t("encoder.digit", { label: figure.labels[index] }),
      );
      radio.checked = selected === index;
    });
    if (selected >= 0) openDrawing(false);
    else if (playground.drawn) pen.checked = true;
  };
  return { node: group, draw };
}

/**
 * The posterior in numbers, one row a dimension; empty until an image is chosen.
 * @param {Playground} playground
 */
function createPosterior(playground) {
  const cells = Array.from({ length: 4 }, () => make("td", { class: "figure" }));
  /** @param {string} name @param {string} help */
  const column = (name, help) => make("th", { scope: "col" }, name, createHelp(playground, help));
  /** @param {string} name @param {number} dimension */
  const row = (name, dimension) =>
    make("tr", {}, make("th", { scope: "row" }, name), cells[dimension], cells[2 + dimension]);
  const caption = say(playground, make("caption"), "encoder.posterior");
  const head = make("tr", {}, make("td"), column("μ", "help.mean"), column("σ", "help.sigma"));
  const table = make("table", { class: "posterior" }, caption, make("thead", {}, head));
  table.append(make("tbody", {}, row("z₁", 0), row("z₂", 1)));
  const draw = oncePerFrame(() => {
    const { posterior } = playground;
    for (const dimension of [0, 1]) {
      cells[dimension].textContent = posterior ? number(posterior.mean[dimension], 2) : "–";
      // The network gives log σ²; the table shows σ, in which the ellipse is drawn.
      const sigma = posterior && Math.exp(posterior.logVar[dimension] / 2);
      cells[2 + dimension].textContent = sigma ? number(sigma, 3) : "–";
    }
  });
  draw();
  listen(playground, "selection model", draw);
  return table;
}
