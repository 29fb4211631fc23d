// The page around the playground: its words, its theme, its address, and the lesson, whose buttons
// work the figures.

import { keepAddress, openAddress } from "./address.js";
import { act, fetchLesson } from "./lesson.js";
import { createLinks } from "./views/share.js";

/** @import { Playground } from "./playground.js" */
/** @import { VaePlaygroundElement } from "./vae-playground.js" */

const LANGUAGES = { en: "EN", zh: "中文" };
const TAGS = { en: "en", zh: "zh-Hans" };
const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "vae-playground.theme";

const root = document.documentElement;

/** Private windows and sandboxed frames may refuse storage: then the choice lasts for the visit. */
function storedTheme() {
  try {
    return localStorage.getItem(THEME_KEY) ?? "auto";
  } catch {
    return "auto";
  }
}

/** @param {string} theme */
function setTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // As above.
  }
}

/**
 * A row of radio buttons that looks like one switch.
 * @param {string} name
 * @param {Record<string, string>} options value → text
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function createSwitch(name, options, chosen, choose) {
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.dataset.t = `page.${name}`;
  group.append(legend);
  for (const [value, text] of Object.entries(options)) {
    const label = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), {
      type: "radio",
      name,
      value,
      checked: value === chosen,
    });
    const span = document.createElement("span");
    span.textContent = text;
    radio.addEventListener("change", () => choose(value));
    label.append(radio, span);
    group.append(label);
  }
  return group;
}

function createThemeChoice() {
  const select = document.createElement("select");
  select.dataset.tLabel = "page.theme";
  for (const theme of THEMES) {
    const option = Object.assign(document.createElement("option"), { value: theme });
    option.dataset.t = `page.theme.${theme}`;
    select.append(option);
  }
  select.value = storedTheme();
  select.addEventListener("change", () => setTheme(select.value));
  return select;
}

/** @param {Playground} playground */
function writeWords(playground) {
  const language = /** @type {keyof typeof TAGS} */ (playground.language);
  root.lang = TAGS[language];
  document.title = playground.t("page.title");
  for (const node of document.querySelectorAll("[data-t]"))
    node.textContent = playground.t(/** @type {HTMLElement} */ (node).dataset.t ?? "");
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute(
      "aria-label",
      playground.t(/** @type {HTMLElement} */ (node).dataset.tLabel ?? ""),
    );
  for (const radio of document.querySelectorAll('input[name="language"]')) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === language;
  }
}

/** @param {Playground} playground */
async function showLesson(playground) {
  const { language } = playground;
  const lesson = /** @type {HTMLElement} */ (document.getElementById("lesson"));
  try {
    const text = await fetchLesson(language);
    // The reader may have changed the language again meanwhile.
    if (language === playground.language) lesson.innerHTML = text;
  } catch {
    lesson.textContent = playground.t("page.lesson-failed");
  }
}

/** @param {VaePlaygroundElement} element */
function listenToLesson(element) {
  document.getElementById("lesson")?.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth" });
    // What goes wrong is shown by the playground itself.
    act(element.playground, button).catch(() => {});
  });
}

/** @param {string} anchor of a place on the page, "#lesson" @returns {boolean} whether there is one */
function goTo(anchor) {
  const place = document.getElementById(anchor.slice(1));
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
  return place !== null;
}

/** A link to a place on this page goes there, and leaves the address to what is on screen. */
function listenToAnchors() {
  document.addEventListener("click", (event) => {
    const { target, ctrlKey, metaKey, shiftKey } = event;
    const link = /** @type {Element} */ (target).closest('a[href^="#"]');
    if (!link || ctrlKey || metaKey || shiftKey) return;
    if (goTo(link.getAttribute("href") ?? "")) event.preventDefault();
  });
}

async function start() {
  setTheme(storedTheme());
  listenToAnchors();
  const element = /** @type {VaePlaygroundElement} */ (document.querySelector("vae-playground"));
  const anchor = location.hash;
  openAddress(element);
  await customElements.whenDefined("vae-playground");
  const playground = await element.loaded;
  playground.menuGroups.push(createLinks(element));
  document.querySelector(".page-choices")?.append(
    createSwitch("language", LANGUAGES, playground.language, (value) =>
      playground.setLanguage(/** @type {"en" | "zh"} */ (value)),
    ),
    createThemeChoice(),
  );
  let lesson = Promise.resolve();
  const speak = () => {
    writeWords(playground);
    lesson = showLesson(playground);
  };
  playground.addEventListener("language", speak);
  if (playground.hasWords) speak();
  listenToLesson(element);
  await element.ready;
  await keepAddress(element);
  await lesson;
  // The browser looked for the place before the page was as tall as it is now.
  if (scrollY === 0) goTo(anchor);
}

start().catch(() => {}); // the element has told what it is that failed
