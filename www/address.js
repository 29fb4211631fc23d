// The page's address and what is on screen, kept the same: read when the page opens and when the
// fragment changes (the back button, a pasted link), written a moment after something changed.

import { describe } from "./errors.js";
import { pickLanguage } from "./i18n.js";
import { readState, showState, tellProblems, writeAttributes } from "./on-screen.js";
import { KEYS, parseState, writeState } from "./state.js";

/** @import { State } from "./state.js" */
/** @import { VaePlaygroundElement } from "./vae-playground.js" */

/** Between two writes at least: Safari refuses the hundred and first in 30 s. */
const WRITE_MS = 400;
/** What may change the text; a moving point among them, so the handler only sets a timer. */
const CHANGES = [
  ...["settings", "status", "latent", "model", "selection", "language"],
  ...["plane", "layers", "logarithmic"],
];

/**
 * What the address asks for. The fragment stands above the query, which a course page may have
 * written before somebody changed anything.
 *
 * @param {{ search: string, hash: string }} address
 */
export function readAddress({ search, hash }) {
  const parsed = [parseState(search), parseState(isState(hash) ? hash : "")];
  return {
    values: /** @type {State} */ (Object.assign({}, ...parsed.map(({ values }) => values))),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

/** "#lesson" is a place on the page; "" is the state in which all is as usual. @param {string} hash */
const isState = (hash) => hash === "" || hash.includes("=");

/**
 * The address that opens with a state.
 *
 * @param {State} state
 * @param {URL} page index.html, whatever follows it
 */
export function linkTo(state, page) {
  const address = new URL(page);
  address.search = "";
  address.hash = writeState(state);
  return address.href;
}

/**
 * Before the element is upgraded: its attributes become what the address asks for, in the language
 * of the reader's browser where it asks for none.
 *
 * @param {HTMLElement} element
 */
export function openAddress(element) {
  const lang = pickLanguage(...navigator.languages);
  writeAttributes(element, { lang, ...readAddress(location).values });
}

/**
 * Once the element is ready: shows the rest of what is asked for, and from then on writes.
 *
 * @param {VaePlaygroundElement} element
 */
export async function keepAddress(element) {
  const { playground } = element;
  /** The fragment as it was dealt with last; another one is a `hashchange` on its way. */
  let known = location.hash;
  let showing = 0;
  let shown = Promise.resolve();
  /** One after another, so that the last is what stays. */
  const show = () => {
    const asked = readAddress(location);
    showing++;
    shown = shown.then(() => showAddress(element, asked)).finally(() => showing--);
    return shown;
  };
  const write = () => {
    if (showing || location.hash !== known) return;
    replaceFragment(writeState(readState(element)));
    known = location.hash;
  };
  const wish = seldom(WRITE_MS, write);
  addEventListener("hashchange", () => {
    known = location.hash;
    if (isState(known)) show().then(wish);
  });
  for (const name of CHANGES) playground.addEventListener(name, wish);
  new MutationObserver(wish).observe(element, { attributes: true });
  await show();
  write();
}

/**
 * What goes wrong on the way is told as the playground tells all that does.
 *
 * @param {VaePlaygroundElement} element
 * @param {ReturnType<typeof readAddress>} asked
 */
export async function showAddress(element, { values, problems }) {
  tellProblems(element.playground, problems);
  try {
    await showState(element, values);
  } catch (error) {
    element.playground.tell("error", describe(error));
  }
}

/** Runs `act` that long after the first of any number of calls. @param {number} wait @param {() => void} act */
function seldom(wait, act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, wait);
  };
}

/**
 * The query's keys of ours go: what they asked for is in the fragment now. Others stay, and so
 * does an anchor until there is something to say.
 *
 * @param {string} text
 */
function replaceFragment(text) {
  const address = new URL(location.href);
  for (const name of KEYS) address.searchParams.delete(name);
  const anchor = isState(address.hash) ? "" : address.hash;
  address.hash = text || anchor;
  if (address.href === location.href) return;
  history.replaceState(history.state, "", address);
}
