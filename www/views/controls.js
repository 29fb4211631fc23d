// The bar: train or pause, one step, one epoch, start again; and the settings that matter most.
import { listen, make, say } from "./dom.js";
import { createHelp } from "./help.js";
import { icon } from "./icons.js";
import { createField, createMoreSettings, createPresetField } from "./settings-panel.js";

/** @import { Playground } from "../playground.js" */
/** @import { IconName } from "./icons.js" */

/** While the state is one of these there is something to pause. */
const BUSY = ["fetching", "warming", "training", "held"];

/** @param {Playground} playground */
export function createControlsView(playground) {
  const transport = make(
    "div",
    { class: "transport", role: "group" },
    createTrainButton(playground),
    createAction(playground, "step", "step", () => playground.step()),
    createAction(playground, "epoch", "epoch", () => playground.epoch()),
    createAction(playground, "reset", "reset", () => playground.reset({ weights: "none" })),
    createAction(playground, "trained", "trained", () =>
      playground.loadPreset(presetOf(playground)),
    ),
    createHelp(playground, "help.transport"),
  );
  say(playground, transport, "control.transport", "aria-label");
  const main = make(
    "div",
    { class: "fields main-fields" },
    createPresetField(playground),
    createField(playground, "objective"),
    createField(playground, "beta"),
    createField(playground, "learningRate"),
  );
  const more = createMoreSettings(playground);
  const settings = make("div", { class: "settings" }, main, more.button);
  const controls = make(
    "div",
    { class: "controls", part: "controls" },
    make("div", { class: "usual" }, transport, settings),
    more.panel,
  );
  more.button.addEventListener("click", () => {
    const open = controls.classList.toggle("open");
    more.button.setAttribute("aria-expanded", String(open));
  });
  return controls;
}

/** @param {Playground} playground */
const presetOf = (playground) => playground.settings.preset ?? "elbo";

/**
 * Runs what may take a while or fail; a failure arrives as the playground's "error" event.
 * @param {() => unknown} action
 */
async function attempt(action) {
  try {
    await action();
  } catch {
    // The status view shows it.
  }
}

/**
 * A pointer over a button that trains, or the focus on it: the engine can begin to get ready.
 * @param {Playground} playground
 * @param {HTMLElement} node
 */
function announce(playground, node) {
  node.addEventListener("pointerenter", () => playground.anticipate());
  node.addEventListener("focus", () => playground.anticipate());
}

/**
 * @param {Playground} playground
 * @param {string} name
 * @param {IconName} picture
 * @param {() => unknown} action
 */
function createAction(playground, name, picture, action) {
  const words = say(playground, make("span"), `control.${name}`);
  const node = make("button", { type: "button", class: name }, icon(picture), words);
  say(playground, node, `control.${name}.hint`, "title");
  node.addEventListener("click", () => attempt(action));
  const idleOnly = name === "step" || name === "epoch";
  if (idleOnly) announce(playground, node);
  const mark = () => {
    const { state } = playground.status;
    node.disabled = state === "loading" || (idleOnly && BUSY.includes(state));
  };
  mark();
  listen(playground, "ready status", mark);
  return node;
}

/**
 * One button, as wide as the longest of its names, so that the bar stands still when it changes.
 * A pretrained model has nothing left to show: there, training starts from fresh weights.
 * @param {Playground} playground
 */
function createTrainButton(playground) {
  const faces = /** @type {const} */ (["train", "scratch", "pause"]).map((name) => {
    const words = say(playground, make("span"), `control.${name}`);
    return {
      name,
      node: make("span", { class: "face" }, icon(name === "pause" ? "pause" : "play"), words),
    };
  });
  const node = make(
    "button",
    { type: "button", class: "train primary" },
    ...faces.map((face) => face.node),
  );
  const mark = () => {
    const { state } = playground.status;
    const now = BUSY.includes(state) ? "pause" : state === "pretrained" ? "scratch" : "train";
    for (const face of faces) face.node.classList.toggle("shown", face.name === now);
    node.setAttribute("aria-label", playground.t(`control.${now}`));
    node.title = playground.t(`control.${now}.hint`);
    node.disabled = state === "loading";
  };
  announce(playground, node);
  node.addEventListener("click", () => attempt(() => toggleTraining(playground)));
  mark();
  listen(playground, "ready status language", mark);
  return node;
}

/** @param {Playground} playground */
async function toggleTraining(playground) {
  const { state } = playground.status;
  if (BUSY.includes(state)) return playground.pause();
  return playground.trainOn();
}
