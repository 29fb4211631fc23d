// Light or dark: what the reader chose (<html data-theme>), else what the system says.

/** @typedef {"light" | "dark"} Theme */

const darkSystem = matchMedia("(prefers-color-scheme: dark)");

/** @returns {Theme} */
export function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return darkSystem.matches ? "dark" : "light";
}

/** @param {() => void} onChange @returns {() => void} stops watching */
export function watchTheme(onChange) {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  darkSystem.addEventListener("change", onChange);
  return () => {
    observer.disconnect();
    darkSystem.removeEventListener("change", onChange);
  };
}
