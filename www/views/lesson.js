// The lesson, or one section of it, beside the figures that its buttons work.
import { fetchLesson, act } from "../lesson.js";
import { listen, make } from "./dom.js";

/** @import { Playground } from "../playground.js" */

const STYLE = new URL("../lesson.css", import.meta.url);

/**
 * @param {Playground} playground
 * @param {string} [section] the id of a heading; absent: all of it
 */
export function createLessonView(playground, section) {
  const article = make("article", { class: "lesson", part: "lesson" });
  const style = make("link", { rel: "stylesheet", href: STYLE.href });
  const write = async () => {
    const { language } = playground;
    try {
      const text = await fetchLesson(language);
      // The reader may have changed the language again meanwhile.
      if (language === playground.language) article.replaceChildren(...cut(text, section));
    } catch {
      article.textContent = playground.t("page.lesson-failed");
    }
  };
  article.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button && playground.ready) act(playground, button).catch(() => {}); // told as an event
  });
  listen(playground, "language", write);
  write();
  return make("div", {}, style, article);
}

/**
 * A heading and what follows it until the next of its level; all where no heading has that id.
 *
 * @param {string} text
 * @param {string | undefined} section
 */
function cut(text, section) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: text });
  const heading = section && content.querySelector(`h2[id="${section}"]`);
  if (!heading) return [content];
  /** @type {Element[]} */
  const nodes = [heading];
  let next = heading.nextElementSibling;
  while (next && next.localName !== "h2") {
    nodes.push(next);
    next = next.nextElementSibling;
  }
  return nodes;
}
