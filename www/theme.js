// Light or dark: as `color-scheme` has it where the element stands, which is how a page says what it
// is, and `light dark` leaves it to the system.

/** @typedef {"light" | "dark"} Theme */

const darkSystem = matchMedia("(prefers-color-scheme: dark)");

/** @param {Element} element @returns {Theme} */
export function currentTheme(element) {
  const scheme = getComputedStyle(element).colorScheme;
  if (!scheme.includes("dark")) return "light";
  return scheme.includes("light") && !darkSystem.matches ? "light" : "dark";
}

/**
 * Calls when the theme, or a colour that the page gives the element, may have changed. Style has no
 * event of its own: the element's style sheet gives it a colour per theme and a transition between
 * them, which begins when the theme changes, whoever changed it.
 *
 * @param {HTMLElement} element
 * @param {() => void} onChange
 * @param {AbortSignal} signal stops watching
 */
export function watchTheme(element, onChange, signal) {
  const observer = new MutationObserver(onChange);
  observer.observe(element, { attributeFilter: ["class", "style"] });
  signal.addEventListener("abort", () => observer.disconnect());
  darkSystem.addEventListener("change", onChange, { signal });
  element.addEventListener(
    "transitionrun",
    (event) => {
      if (event.target === element && event.propertyName === "column-rule-color") onChange();
    },
    { signal },
  );
}
