// A screen reader hears of a new state of training, whichever views are shown; not of each number in it.
import { listen, make } from "./dom.js";

/** @import { Playground } from "../playground.js" */

/** @param {Playground} playground */
export function createVoice(playground) {
  const voice = make("p", { class: "unseen", role: "status" });
  listen(playground, "state", () => {
    voice.textContent = stateText(playground);
  });
  return voice;
}

/** @param {Playground} playground */
export function stateText(playground) {
  const { status, metrics } = playground;
  return playground.t(`status.${status.state}`, {
    epoch: Math.min(metrics.epoch + 1, metrics.epochs),
    done: metrics.epoch,
    epochs: metrics.epochs,
  });
}
