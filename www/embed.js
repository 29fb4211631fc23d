// embed.html: the element in a frame of somebody else's page. Its address says what to show, in the
// query or in the fragment, which a script of the page around may change later:
//
//   embed.html?preset=tutorial&views=plane,digit&theme=dark#z=0.4,-1.1
//
// It tells the page around how tall it is, once its figures are there and with each change:
//
//   {type: "vae-playground:height", height}    in CSS pixels
//
// A page that listens (`FITTING` in embed-code.js) can make the frame that tall; in one that does
// not, the frame keeps its height and scrolls. In a sandbox it needs `allow-scripts` and
// `allow-same-origin`: without the latter the frame is of no origin, and the browser refuses it its
// own modules and its worker; for the link below, `allow-popups` too.

import { linkTo, openAddress, readAddress, showAddress } from "./address.js";
import { readState } from "./on-screen.js";

/** @import { Playground } from "./playground.js" */
/** @import { State } from "./state.js" */
/** @import { VaePlaygroundElement } from "./vae-playground.js" */

const root = document.documentElement;

/** How long a page around that listens may take to make room: it does so within a frame or two. */
const ANSWER_MS = 300;

/** @param {State} state */
function showTheme({ theme = "auto" }) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

/**
 * Tells the page around, now and with every change, how tall this one is; where that page does not
 * make room for it, it scrolls. Measured without a scroll bar: beside one the content is lower, and
 * would then need it.
 */
function reportHeight() {
  if (parent === window) return;
  let told = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = () => {
    const scrolled = root.classList.contains("scrolls");
    root.classList.remove("scrolls");
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== told) {
      told = height;
      parent.postMessage({ type: "vae-playground:height", height }, "*"); // nothing secret in it
    }
    clearTimeout(timer);
    if (innerHeight >= height) return;
    if (scrolled) root.classList.add("scrolls");
    else timer = setTimeout(() => root.classList.add("scrolls"), ANSWER_MS);
  };
  root.classList.add("measured");
  new ResizeObserver(look).observe(document.body);
  addEventListener("resize", look);
}

/**
 * The whole page, opened as it is here.
 *
 * @param {VaePlaygroundElement} element
 * @param {Playground} playground
 */
function keepLink(element, playground) {
  const link = /** @type {HTMLAnchorElement} */ (document.querySelector("footer a"));
  const speak = () => {
    root.lang = playground.languageTag;
    document.title = playground.t("page.title");
    link.textContent = playground.t("embed.full");
    link.hidden = false;
  };
  playground.addEventListener("language", speak);
  if (playground.hasWords) speak();
  const aim = () => {
    const state = playground.ready ? readState(element) : {};
    const shown = { ...state, lang: playground.language };
    // All of it, not only the views that the frame has room for.
    link.href = linkTo(
      { ...shown, views: undefined, hide: undefined },
      new URL("index.html", location.href),
    );
  };
  aim();
  for (const use of ["pointerenter", "pointerdown", "focus"]) link.addEventListener(use, aim);
}

async function start() {
  const element = /** @type {VaePlaygroundElement} */ (document.querySelector("vae-playground"));
  showTheme(readAddress(location).values);
  openAddress(element);
  await customElements.whenDefined("vae-playground");
  element.ready.then(reportHeight, reportHeight);
  keepLink(element, await element.loaded);
  await element.ready;
  let shown = showAddress(element, readAddress(location));
  addEventListener("hashchange", () => {
    const asked = readAddress(location);
    showTheme(asked.values);
    shown = shown.then(() => showAddress(element, asked));
  });
}

start().catch(() => {}); // the element has told what it is that failed
