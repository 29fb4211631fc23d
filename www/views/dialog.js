// What the dialogs have in common: a title, the ways out, and looks that come with the first of them.
import { make, say, stylesheet } from "./dom.js";
import { icon } from "./icons.js";
import { partInSight } from "./in-sight.js";

/** @import { Playground } from "../playground.js" */

const STYLE = new URL("../dialogs.css", import.meta.url);

/**
 * @param {Playground} playground
 * @param {string} name of its class, `${name}-dialog`, and of its title, `${name}.title`
 * @param {...Node} children
 */
export function createDialog(playground, name, ...children) {
  const id = `title-${name}`;
  const title = say(playground, make("h2", { id }), `${name}.title`);
  const close = make("button", { type: "button", class: "close" }, icon("close"));
  say(playground, close, "share.close", "aria-label");
  const heading = make("header", { class: "panel-heading" }, title, close);
  const kind = `dialog ${name}-dialog`;
  const node = make("dialog", { class: kind, "aria-labelledby": id }, heading, ...children);
  close.addEventListener("click", () => node.close());
  // A press beside it is a press on its backdrop.
  node.addEventListener("click", (event) => event.target === node && node.close());
  return node;
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} layout where in the page
 */
export async function openDialog(dialog, layout) {
  layout.append(dialog);
  await Promise.all([dress(layout), partInSight(layout)]);
  if (!dialog.open) dialog.showModal();
}

/** So that no dialog is seen undressed. @param {HTMLElement} layout */
async function dress(layout) {
  const root = /** @type {ShadowRoot} */ (layout.getRootNode());
  const links = [...root.querySelectorAll("link")];
  if (links.some(({ href, sheet }) => href === STYLE.href && sheet)) return;
  const { link, settled } = stylesheet(STYLE);
  root.append(link);
  await settled;
}
