// The settings as fields: a name, a unit, an explanation, and a value that follows the playground's.
import { listen, make, say } from "./dom.js";
import { createHelp } from "./help.js";
import { icon } from "./icons.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {{options: string[]}} Choice */
/** @typedef {{stops?: number[], min: number, max: number, step: number | "any"}} Amount */

/** What can be set. `stops` are a slider's places; the number beside it takes any value.
 * @type {Record<string, Choice | Amount>} */
const FIELDS = {
  objective: { options: ["elbo", "tutorial", "autoencoder"] },
  reconstruction: { options: ["squared-error", "bernoulli"] },
  initialisation: { options: ["kaiming", "tutorial"] },
  beta: {
    stops: [0, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 10, 30, 100],
    min: 0,
    max: 100,
    step: "any",
  },
  learningRate: {
    stops: [0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1],
    min: 0,
    max: 1,
    step: "any",
  },
  batchSize: { min: 1, max: 1024, step: 1 },
  epochs: { min: 1, max: 1000, step: 1 },
  seed: { min: 0, max: 4294967295, step: 1 },
};
const MORE = ["reconstruction", "batchSize", "epochs", "initialisation", "seed"];
const PRESETS = ["elbo", "tutorial", "autoencoder"];

/**
 * Refused values go back to what they were, and the reason is shown with the other messages.
 * @param {Playground} playground
 * @param {string} name
 * @param {string | number} value
 * @param {() => void} show writes the playground's value into the field
 */
async function set(playground, name, value, show) {
  try {
    await playground.updateSettings({ [name]: value });
  } catch (error) {
    playground.dispatchEvent(new CustomEvent("error", { detail: error }));
  }
  show();
}

/**
 * @param {Playground} playground
 * @param {string} name
 */
export function createField(playground, name) {
  const field = FIELDS[name];
  const control =
    "options" in field
      ? createChoice(playground, name, field)
      : createAmount(playground, name, field);
  control.show();
  listen(playground, "ready settings", control.show);
  return frame(playground, name, control.node);
}

/**
 * Until there is a model there is nothing to set.
 * @param {Playground} playground
 * @param {string} name
 * @param {HTMLElement} control
 */
function frame(playground, name, control) {
  control.inert = !playground.ready;
  listen(playground, "ready", () => (control.inert = false));
  const words = say(playground, make("label", { for: `setting-${name}` }), `setting.${name}`);
  const heading = make(
    "div",
    { class: "field-name" },
    words,
    createHelp(playground, `help.${name}`),
  );
  return make("div", { class: `field ${name}` }, heading, control);
}

/** @param {Playground} playground @param {string} name @returns {string | number} */
const current = (playground, name) => /** @type {any} */ (playground.settings)?.[name] ?? "";

/** @param {Playground} playground @param {string} name @param {Choice} field */
function createChoice(playground, name, { options }) {
  const select = make("select", { id: `setting-${name}` });
  for (const value of options)
    select.append(say(playground, make("option", { value }), `setting.${name}.${value}`));
  const show = () => {
    select.value = String(current(playground, name));
  };
  select.addEventListener("change", () => set(playground, name, select.value, show));
  return { node: select, show };
}

/** @param {Playground} playground @param {string} name @param {Amount} field */
function createAmount(playground, name, { stops, min, max, step }) {
  const box = make("input", {
    id: `setting-${name}`,
    type: "number",
    min,
    max,
    step,
    inputmode: "decimal",
  });
  const slider = make("input", { type: "range", min: 0, max: (stops?.length ?? 1) - 1, step: 1 });
  say(playground, slider, `setting.${name}`, "aria-label");
  const show = () => {
    if (!playground.ready) return;
    // The core keeps single precision, in which 0.001 is 0.0010000000475.
    const value = Number(Number(current(playground, name)).toPrecision(step === "any" ? 7 : 10));
    box.value = String(value);
    slider.value = String(stops?.findLastIndex((stop) => stop <= value) ?? 0);
    slider.setAttribute("aria-valuetext", String(value));
  };
  slider.addEventListener("input", () =>
    set(playground, name, stops?.[slider.valueAsNumber] ?? 0, show),
  );
  box.addEventListener("change", () => set(playground, name, box.valueAsNumber, show));
  const unit = say(playground, make("span", { class: "unit" }), `setting.${name}.unit`);
  const node = make("div", { class: "amount" }, ...(stops ? [slider] : []), box, unit);
  return { node, show };
}

/**
 * The preset: choosing one loads its settings and its trained weights.
 * @param {Playground} playground
 */
export function createPresetField(playground) {
  const select = make("select", { id: "setting-preset" });
  for (const value of PRESETS)
    select.append(say(playground, make("option", { value }), `setting.preset.${value}`));
  const own = say(
    playground,
    make("option", { value: "", disabled: true, hidden: true }),
    "setting.preset.own",
  );
  select.append(own);
  const show = () => {
    if (!playground.ready) select.selectedIndex = -1;
    else select.value = playground.settings.preset ?? "";
  };
  select.addEventListener("change", async () => {
    try {
      await playground.loadPreset(select.value);
    } catch {
      show(); // The status view says why.
    }
  });
  show();
  listen(playground, "ready settings", show);
  return frame(playground, "preset", select);
}

/** @param {Playground} playground */
export function createMoreSettings(playground) {
  const words = say(playground, make("span"), "control.more");
  const button = make(
    "button",
    { type: "button", class: "more", "aria-expanded": "false", "aria-controls": "more-settings" },
    icon("settings"),
    words,
  );
  const fields = MORE.map((name) => createField(playground, name));
  const note = say(playground, make("p", { class: "hint" }), "control.more.note");
  const panel = make("div", { class: "fields more-fields", id: "more-settings" }, ...fields, note);
  return { button, panel };
}
