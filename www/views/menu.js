// A button that opens a menu: groups of things to do, each by its name. Keys as in any menu
// (WAI-ARIA practices, menu button): arrows, Home, End, a first letter, Escape; Tab leaves it.
//
// A part of the page offers its things as a group, and knows nothing of the menu:
//
//   { key: "share.model", items: [{ key: "share.model.open", act: () => open() }] }
import { describe } from "../errors.js";
import { make, say } from "./dom.js";
import { placeBeside } from "./help.js";
import { icon } from "./icons.js";

/** @import { Playground } from "../playground.js" */
/** @import { IconName } from "./icons.js" */

/**
 * @typedef {object} MenuItem
 * @property {string} key of its name
 * @property {() => unknown} act what it does; if it comes to a string, that is the key of words to
 *   show and say for a moment ("copied"); what it throws is told as an "error" event
 * @property {() => boolean} [can] whether it can be done now, asked when the menu opens
 */
/** @typedef {{ key: string, items: MenuItem[] }} MenuGroup `key`: of its heading */
/** @typedef {MenuItem & { node: HTMLButtonElement }} Entry */

/** How long a word such as "copied" stays, and how much longer for each of its letters. */
const TOLD_MS = 2_500;
const TOLD_LETTER_MS = 50;

/**
 * @param {Playground} playground
 * @param {string} key of the button's name; its explanation is at `${key}.hint`
 * @param {IconName} picture
 * @param {MenuGroup[]} groups
 */
export function createMenu(playground, key, picture, groups) {
  const words = say(playground, make("span"), key);
  const button = make(
    "button",
    { type: "button", class: "menu-button", "aria-haspopup": "menu", "aria-expanded": "false" },
    icon(picture),
    words,
  );
  say(playground, button, `${key}.hint`, "title");
  const list = say(
    playground,
    make("div", { popover: "auto", class: "menu", role: "menu" }),
    key,
    "aria-label",
  );
  /** @type {Entry[]} */
  const entries = [];
  for (const group of groups) {
    const section = say(playground, make("div", { role: "group" }), group.key, "aria-label");
    section.append(say(playground, make("span", { "aria-hidden": "true" }), group.key));
    for (const item of group.items) {
      const node = make("button", { type: "button", role: "menuitem", tabindex: -1 });
      say(playground, node, item.key);
      section.append(node);
      entries.push({ ...item, node });
    }
    list.append(section);
  }
  const note = createNote(playground, button);
  listenToButton(button, list, entries);
  listenToKeys(button, list, entries);
  for (const entry of entries)
    entry.node.addEventListener("click", async () => {
      if (entry.node.ariaDisabled === "true") return;
      list.hidePopover();
      button.focus();
      try {
        const told = await entry.act();
        if (typeof told === "string") note.tell(told);
      } catch (error) {
        playground.dispatchEvent(new CustomEvent("error", { detail: describe(error) }));
      }
    });
  return make("div", { class: "menu-place" }, button, list, note.node);
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} list
 * @param {Entry[]} entries
 */
function listenToButton(button, list, entries) {
  // A press on the button of an open menu closes it before the click arrives.
  let wasOpen = false;
  button.addEventListener("pointerdown", () => (wasOpen = list.matches(":popover-open")));
  button.addEventListener("click", () => {
    if (!wasOpen) open(button, list, entries, 0);
    wasOpen = false;
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(button, list, entries, event.key === "ArrowDown" ? 0 : entries.length - 1);
  });
  list.addEventListener("beforetoggle", (event) => {
    const { newState } = /** @type {ToggleEvent} */ (event);
    button.setAttribute("aria-expanded", String(newState === "open"));
  });
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} list
 * @param {Entry[]} entries
 * @param {number} at which of them gets the focus
 */
function open(button, list, entries, at) {
  for (const { node, can } of entries) node.ariaDisabled = can && !can() ? "true" : null;
  if (!list.matches(":popover-open")) list.showPopover();
  placeBeside(list, button);
  entries[at].node.focus();
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} list
 * @param {Entry[]} entries
 */
function listenToKeys(button, list, entries) {
  list.addEventListener("keydown", (event) => {
    const { key } = event;
    const at = entries.findIndex(({ node }) => node === event.target);
    const last = entries.length - 1;
    /** @type {Record<string, number>} */
    const places = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at > 0 ? at - 1 : last };
    const next = { ...places, Home: 0, End: last }[key] ?? startingWith(entries, at, key);
    if (key === "Tab" || key === "Escape") {
      list.hidePopover();
      button.focus(); // from where Tab then goes on
      return;
    }
    if (next < 0) return;
    event.preventDefault();
    entries[next].node.focus();
  });
}

/**
 * The next entry after `at` whose name starts with a letter, or -1.
 * @param {Entry[]} entries
 * @param {number} at
 * @param {string} letter
 */
function startingWith(entries, at, letter) {
  if (letter.length !== 1 || letter === " ") return -1;
  const order = entries.map((_, i) => (at + 1 + i) % entries.length);
  const starts = (/** @type {number} */ i) =>
    entries[i].node.textContent?.toLowerCase().startsWith(letter.toLowerCase());
  return order.find(starts) ?? -1;
}

/**
 * A word beside the button, seen and spoken, that goes by itself.
 * @param {Playground} playground
 * @param {HTMLElement} button
 */
function createNote(playground, button) {
  const seen = make("div", { popover: "manual", class: "note told", "aria-hidden": "true" });
  const voice = make("p", { class: "unseen", role: "status" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @param {string} key */
  const tell = (key) => {
    seen.textContent = voice.textContent = playground.t(key);
    if (!seen.matches(":popover-open")) seen.showPopover();
    placeBeside(seen, button);
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        seen.hidePopover();
        voice.textContent = "";
      },
      TOLD_MS + TOLD_LETTER_MS * (seen.textContent?.length ?? 0),
    );
  };
  return { node: make("span", {}, seen, voice), tell };
}
