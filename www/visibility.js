// Whether an element is near the reader, and whether it is in sight.

/** Pixels from the window's edge at which what is to come is worth loading: a screen or so. */
const NEAR = "800px";

/**
 * Calls once, when the element comes near the viewport. One that is not displayed is not near.
 *
 * @param {Element} element
 * @param {() => void} act
 * @returns {() => void} stops waiting
 */
export function whenNear(element, act) {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      act();
    },
    { rootMargin: NEAR },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

/**
 * Tells whether any of the element is on screen, in a tab that is shown; at first, and at each
 * change.
 *
 * @param {Element} element
 * @param {(seen: boolean) => void} tell
 * @returns {() => void} stops watching
 */
export function watchSight(element, tell) {
  let onScreen = false;
  /** @type {boolean | undefined} */
  let told;
  const look = () => {
    const seen = onScreen && document.visibilityState === "visible";
    if (seen !== told) tell((told = seen));
  };
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1)?.isIntersecting ?? onScreen;
    look();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", look);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", look);
  };
}
