// Which part of this window the reader sees. A frame may be as tall as its content and reach far
// beyond the window around it: what lies over the page belongs where the reader looks.

/** A strip lower than this, in px, is not enough to put anything in: the reader is about to scroll. */
const LEAST = 240;
/** How much of a layout comes in sight before it is measured again. */
const TWENTIETHS = Array.from({ length: 21 }, (_, i) => i / 20);

/** @typedef {{ top: number, bottom: number }} Part in px from the window's upper edge */

export const isFramed = parent !== window;

/** @returns {Part} */
const wholeWindow = () => ({ top: 0, bottom: innerHeight });

/**
 * Looks which part it is, and leaves it with the layout as `--unseen-above` and `--unseen-below`, by
 * which the style sheets place what lies over the page. Where none of it is in sight it is the whole
 * window for now, and the part that is once the reader comes.
 *
 * @param {HTMLElement} layout
 * @returns {Promise<Part>}
 */
export function partInSight(layout) {
  if (!isFramed) return Promise.resolve(wholeWindow());
  return new Promise((resolve) => {
    // In a frame too, and of whichever origin, this is measured against the reader's own window.
    const observer = new IntersectionObserver(
      (entries) => {
        const { intersectionRect: seen, boundingClientRect: all } = entries[entries.length - 1];
        const enough = seen.height >= Math.min(LEAST, all.height);
        if (enough) observer.disconnect();
        const part = enough ? { top: seen.top, bottom: seen.bottom } : wholeWindow();
        layout.style.setProperty("--unseen-above", `${part.top}px`);
        layout.style.setProperty("--unseen-below", `${innerHeight - part.bottom}px`);
        resolve(part);
      },
      { threshold: TWENTIETHS },
    );
    observer.observe(layout);
  });
}

/** @param {Element} node in it @returns {HTMLElement} */
export function layoutAround(node) {
  return /** @type {HTMLElement} */ (node.closest(".playground"));
}
