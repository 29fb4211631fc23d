// What is going on: the state and its progress, and the engine and why it is that one.
import { listen, make, number, oncePerFrame, say, write } from "./dom.js";
import { createHelp } from "./help.js";
import { stateText } from "./voice.js";

/** @import { Playground } from "../playground.js" */

const MEGABYTE = 1_000_000;

/** @param {Playground} playground */
export function createStatusView(playground) {
  const state = make("span", { class: "state figure" });
  const bar = make("progress", { max: 1, value: 0 });
  say(playground, bar, "status.progress", "aria-label");
  const speed = make("span", { class: "speed" });
  const draw = oncePerFrame(() => {
    write(state, stateText(playground));
    const part = progressOf(playground);
    if (part === null) bar.removeAttribute("value");
    else bar.value = part;
    write(speed, speedText(playground));
  });
  listen(playground, "ready status metrics language settings", draw);
  draw();
  return make(
    "div",
    { class: "status", part: "status" },
    state,
    bar,
    speed,
    createEngine(playground),
  );
}

/**
 * How much of the data is here until all of it is; then how fast it goes.
 * @param {Playground} playground
 */
function speedText(playground) {
  const { state, progress } = playground.status;
  const { loadedBytes, totalBytes, images } = progress;
  if ((state === "fetching" || state === "training") && loadedBytes < totalBytes)
    return playground.t("status.images", {
      loaded: number(loadedBytes / MEGABYTE, 1),
      all: number(totalBytes / MEGABYTE, 1),
      images,
    });
  const { millisecondsPerStep, imagesPerSecond } = playground.metrics;
  if (!millisecondsPerStep) return "";
  return playground.t("status.speed", {
    ms: number(millisecondsPerStep, 1),
    images: Math.round(imagesPerSecond / 100) * 100,
  });
}

/**
 * How far, 0 to 1; null where nobody can know.
 * @param {Playground} playground
 */
function progressOf({ status, metrics }) {
  const { loadedBytes, totalBytes } = status.progress;
  if (status.state === "warming" || status.state === "loading") return null;
  if (status.state === "fetching") return totalBytes ? loadedBytes / totalBytes : null;
  if (status.state === "pretrained") return 0;
  return metrics.step / Math.max(metrics.epochs * metrics.stepsPerEpoch, 1);
}

/** @param {Playground} playground */
function createEngine(playground) {
  const name = make("span", { class: "engine-name" });
  const why = createHelp(playground, "help.engine", () => {
    const info = playground.engineInfo;
    return info
      ? playground.t(`engine.reason.${info.reason}`, { adapter: info.adapter })
      : playground.t("help.engine");
  });
  const draw = () => {
    const info = playground.engineInfo;
    if (!info) name.textContent = playground.t("engine.none");
    else {
      const { kind, adapter, software } = info;
      const engine = playground.t(`engine.${kind}`);
      const device = software ? playground.t("engine.software", { adapter }) : adapter;
      name.textContent = kind === "webgpu" ? `${engine} · ${device}` : engine;
    }
    name.title = name.textContent ?? "";
  };
  listen(playground, "ready engine language", draw);
  draw();
  return make("div", { class: "engine" }, name, why);
}
