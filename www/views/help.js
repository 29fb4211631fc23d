// The little "?" that explains a thing: on hover, on tap, and by keyboard. And the panel every view sits in.
import { listen, make, say } from "./dom.js";
import { isFramed, layoutAround, partInSight } from "./in-sight.js";

/** @import { Playground } from "../playground.js" */
/** @import { Part } from "./in-sight.js" */

/**
 * @param {Playground} playground
 * @param {string} key the explanation's key; its subject is at `${key}.title`
 * @param {() => string} [describe] the explanation, where it depends on what is going on
 */
export function createHelp(playground, key, describe) {
  const title = say(playground, make("strong"), `${key}.title`);
  const text = say(playground, make("p"), key);
  const note = make("div", { popover: "auto", class: "note" }, title, text);
  const button = make("button", { type: "button", class: "help", "aria-expanded": "false" }, "?");
  const label = () =>
    button.setAttribute(
      "aria-label",
      playground.t("help.about", { subject: playground.t(`${key}.title`) }),
    );
  label();
  listen(playground, "language", label);

  const show = () => {
    if (describe) text.textContent = describe();
    if (!note.matches(":popover-open")) note.showPopover();
    placeBeside(note, button);
  };
  let pinned = false;
  button.addEventListener("click", () => {
    pinned = true;
    show();
  });
  button.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") show();
  });
  button.addEventListener("pointerleave", () => {
    if (!pinned && note.matches(":popover-open")) note.hidePopover();
  });
  note.addEventListener("toggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (!open) pinned = false;
  });
  return make("span", { class: "help-place" }, button, note);
}

/**
 * Below the button and inside what the reader sees of the window; above it when there is no room
 * below, and over it when there is none above either.
 * @param {HTMLElement} note a popover that is open
 * @param {HTMLElement} button
 */
export function placeBeside(note, button) {
  place(note, button, { top: 0, bottom: innerHeight });
  if (isFramed) partInSight(layoutAround(button)).then((part) => place(note, button, part));
}

/** @param {HTMLElement} note @param {HTMLElement} button @param {Part} part of the window */
function place(note, button, { top, bottom }) {
  const gap = 8;
  const at = button.getBoundingClientRect();
  // Not `innerWidth`: a scroll bar may take some of it.
  const right = document.documentElement.clientWidth - gap;
  const left = Math.min(at.left - gap, right - note.offsetWidth);
  const below = at.bottom + gap;
  const above = at.top - gap - note.offsetHeight;
  const fits = below + note.offsetHeight <= bottom;
  note.style.left = `${Math.max(gap, left)}px`;
  note.style.top = `${fits ? below : Math.max(top + gap, above)}px`;
}

/**
 * A titled section. Texts: `${name}.title` and its explanation `help.${name}`.
 * @param {Playground} playground
 * @param {string} name
 * @param {...Node} children
 */
export function createPanel(playground, name, ...children) {
  const title = say(playground, make("h2", { id: `title-${name}` }), `${name}.title`);
  const heading = make(
    "header",
    { class: "panel-heading", part: "heading" },
    title,
    createHelp(playground, `help.${name}`),
  );
  return make(
    "section",
    { class: `panel ${name}`, part: `panel ${name}`, "aria-labelledby": `title-${name}` },
    heading,
    ...children,
  );
}
