// Links to what is on screen: a group of the menu. The dialog behind it comes when it is wanted.
import { linkTo } from "../address.js";
import { isOfHere, readState, readWholeState } from "../on-screen.js";

/** @import { State } from "../state.js" */
/** @import { VaePlaygroundElement } from "../vae-playground.js" */
/** @import { MenuGroup } from "./menu.js" */

/**
 * @param {VaePlaygroundElement} element on a page of this project
 * @returns {MenuGroup}
 */
export function createLinks(element) {
  const { playground } = element;
  return {
    key: "share.links",
    items: [
      { key: "share.link", act: () => copyLink(element), can: () => playground.ready },
      { key: "share.embed", act: () => openDialog(element), can: () => playground.ready },
    ],
  };
}

/**
 * What a link and embed code say: also the language, which the next reader's browser may not prefer.
 *
 * @param {VaePlaygroundElement} element
 * @param {{ whole?: boolean }} [options] `whole`: with the image and point that a page opens with
 * @returns {State}
 */
export function stateToShare(element, { whole = false } = {}) {
  const theme = /** @type {State["theme"]} */ (document.documentElement.dataset.theme);
  const state = whole ? readWholeState(element) : readState(element);
  return { ...state, lang: element.playground.language, theme };
}

/** @param {VaePlaygroundElement} element @returns {Promise<string | void>} the key of what to say */
async function copyLink(element) {
  const { theme, ...state } = stateToShare(element);
  const link = linkTo(state, new URL(location.href));
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    return openDialog(element, "link"); // to be copied by hand
  }
  return isOfHere(element.playground) ? "share.copied.of-here" : "share.copied";
}

/** @param {VaePlaygroundElement} element @param {"link" | "frame"} [form] */
async function openDialog(element, form = "frame") {
  const { openShareDialog } = await import("./share-dialog.js");
  await openShareDialog(element, form);
}
