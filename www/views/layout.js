// All views, in the order of the model: image → encoder → latent plane → decoder → image.
import { listen, make, say } from "./dom.js";
import { createControlsView } from "./controls.js";
import { createDigitView } from "./digit.js";
import { createEncoderView } from "./encoder.js";
import { createHelp } from "./help.js";
import { createLogView } from "./log.js";
import { createLossView } from "./loss.js";
import { createPlaneView } from "./plane.js";
import { createReconstructionsView } from "./reconstructions.js";
import { createStatusView } from "./status.js";

/** @import { Playground } from "../playground.js" */

/** @param {Playground} playground */
export function createLayout(playground) {
  const layout = make(
    "div",
    { class: "playground" },
    make("div", { class: "toolbar" }, createControlsView(playground), createStatusView(playground)),
    make(
      "div",
      { class: "side images" },
      createEncoderView(playground),
      createReconstructionsView(playground),
      createLogView(playground),
    ),
    createFunnel(playground, "encode"),
    createPlaneView(playground),
    createFunnel(playground, "decode"),
    make("div", { class: "side results" }, createDigitView(playground), createLossView(playground)),
  );
  const follow = () => {
    layout.dataset.theme = playground.theme;
  };
  follow();
  listen(playground, "theme", follow);
  return layout;
}

/**
 * The network between two columns, drawn as it narrows or widens.
 * @param {Playground} playground
 * @param {"encode" | "decode"} way
 */
function createFunnel(playground, way) {
  const name = say(playground, make("span"), `funnel.${way}`);
  const shape = make("div", { class: "funnel-shape" }, name);
  return make("div", { class: `funnel ${way}` }, shape, createHelp(playground, `help.${way}`));
}
