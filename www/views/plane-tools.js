// Under the plane: which axes, which layers, which labels, and how near.
import { LAYERS } from "../plane-look.js";
import { button, listen, make, say } from "./dom.js";
import { createHelp } from "./help.js";
import { ZOOM_STEP, resetView, zoom } from "./plane-input.js";

/** @import { Playground } from "../playground.js" */

/** @param {Playground} playground */
export function createLayerBoxes(playground) {
  const layers = make("fieldset", { class: "layers" });
  layers.append(say(playground, make("legend", { class: "unseen" }), "plane.layers"));
  for (const layer of LAYERS) {
    const box = make("input", { type: "checkbox" });
    box.addEventListener("change", () => playground.setLayers({ [layer]: box.checked }));
    const mark = () => (box.checked = playground.layers[layer]);
    mark();
    listen(playground, "layers", mark);
    const name = say(playground, make("span"), `plane.layer.${layer}`);
    layers.append(
      say(playground, make("label", {}, box, name), `plane.layer.${layer}.hint`, "title"),
    );
  }
  layers.append(createHelp(playground, "help.layers"));
  return layers;
}

/** @param {Playground} playground */
export function createAxesSwitch(playground) {
  const group = make("fieldset", { class: "switch" });
  group.append(say(playground, make("legend", { class: "unseen" }), "plane.axes"));
  /** @type {["sigma", "phi"]} */
  const kinds = ["sigma", "phi"];
  const radios = kinds.map((kind) => {
    const radio = make("input", { type: "radio", name: "axes", value: kind });
    radio.addEventListener("change", () => {
      playground.plane.axes = kind;
      playground.dispatchEvent(new Event("plane"));
    });
    const name = say(playground, make("span"), `plane.axes.${kind}`);
    group.append(
      say(playground, make("label", {}, radio, name), `plane.axes.${kind}.hint`, "title"),
    );
    return radio;
  });
  const mark = () => {
    if (!playground.ready) return;
    for (const radio of radios) radio.checked = playground.plane.axes === radio.value;
  };
  mark();
  listen(playground, "ready plane", mark);
  return make("div", { class: "axes-switch" }, group, createHelp(playground, "help.axes"));
}

/** @param {Playground} playground */
export function createZoom(playground) {
  const nearer = make("button", { type: "button" }, "+");
  const farther = make("button", { type: "button" }, "−");
  nearer.addEventListener("click", () => zoom(playground, ZOOM_STEP));
  farther.addEventListener("click", () => zoom(playground, 1 / ZOOM_STEP));
  for (const attribute of ["aria-label", "title"]) {
    say(playground, nearer, "plane.zoom.in", attribute);
    say(playground, farther, "plane.zoom.out", attribute);
  }
  const whole = say(
    playground,
    button(playground, "plane.zoom.reset", () => resetView(playground)),
    "plane.zoom.reset.hint",
    "title",
  );
  const group = make("div", { class: "zoom", role: "group" }, farther, nearer, whole);
  say(playground, group, "plane.zoom", "aria-label");
  const mark = () => {
    const off = !playground.ready || playground.plane.axes !== "sigma";
    for (const node of [nearer, farther, whole]) node.disabled = off;
  };
  mark();
  listen(playground, "ready plane", mark);
  return group;
}

/**
 * Ten buttons: a colour and its numeral. Pressed, one shows its own codes alone.
 * @param {Playground} playground
 */
export function createLegend(playground) {
  const options = playground.layers;
  const buttons = Array.from({ length: 10 }, (_, label) => {
    const node = make("button", {
      type: "button",
      class: `label-${label}`,
      "aria-pressed": "false",
    });
    node.append(make("i", { class: "swatch" }), String(label));
    node.addEventListener("click", () => {
      playground.setLayers({ label: options.label === label ? -1 : label });
    });
    return node;
  });
  const mark = () => {
    buttons.forEach((node, label) => {
      node.setAttribute("aria-pressed", String(options.label === label));
      node.setAttribute("aria-label", playground.t("plane.legend.label", { label }));
      node.classList.toggle("dimmed", options.label >= 0 && options.label !== label);
    });
  };
  mark();
  listen(playground, "language layers", mark);
  const name = say(playground, make("span", { class: "legend-name" }), "plane.legend");
  const legend = make(
    "div",
    { class: "legend", role: "group" },
    name,
    ...buttons,
    createHelp(playground, "help.legend"),
  );
  return say(playground, legend, "plane.legend.title", "aria-label");
}
