// The last message, over the page rather than in it, so that nothing moves when it comes.
import { listen, make, say } from "./dom.js";
import { icon } from "./icons.js";

/** @import { Playground } from "../playground.js" */

/** @param {Playground} playground */
export function createAlert(playground) {
  const text = make("p", { role: "alert" });
  const close = make("button", { type: "button", class: "close" }, icon("close"));
  say(playground, close, "alert.close", "aria-label");
  const alert = make("div", { class: "alert", part: "alert", popover: "manual" }, text, close);
  close.addEventListener("click", () => alert.hidePopover());
  listen(playground, "error", (event) => {
    text.textContent = playground.explain(/** @type {CustomEvent} */ (event).detail);
    if (!alert.matches(":popover-open")) alert.showPopover();
  });
  return alert;
}
