// Keeps the site for visits without a network: registers its service worker, sw.js, which says what
// is kept. `cargo xtask dist` puts this script into its pages, and only there: in the source tree a
// kept file would be a stale one.
//
// `?offline=no` in a page's address takes all of it away again.

const SITE = new URL("../", import.meta.url);
const WORKER = new URL("../sw.js", import.meta.url);
/** As in sw.js. */
const CACHES = `vae-playground-site ${SITE.pathname} `;

/** After the page is ready. The first drag and the first chunks have begun by then. */
const PATIENCE_MS = 4_000;

async function start() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return; // an address that is neither https nor localhost
  if (new URLSearchParams(location.search).get("offline") === "no") return forget(serviceWorker);
  await pageAtRest();
  await serviceWorker.register(WORKER, { scope: SITE.pathname, updateViaCache: "none" });
  const { active } = await serviceWorker.ready;
  if (!serviceWorker.controller) active?.postMessage({ type: "serve", build: buildOfPage() });
}

/** What cannot be shown is not kept either. */
async function pageAtRest() {
  await customElements.whenDefined("vae-playground");
  const playground = document.querySelector("vae-playground");
  await /** @type {import("./vae-playground.js").VaePlaygroundElement} */ (playground).ready;
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  // Safari has no idle callbacks.
  if ("requestIdleCallback" in window) await new Promise((resolve) => requestIdleCallback(resolve));
}

/** @returns {string | undefined} */
function buildOfPage() {
  return /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=build]"))
    ?.content;
}

/** @param {ServiceWorkerContainer} serviceWorker */
async function forget(serviceWorker) {
  const registration = await serviceWorker.getRegistration(SITE.pathname);
  await registration?.unregister();
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHES)) await caches.delete(name);
  }
}

// Private windows, frames and settings may refuse: then the page needs its network, as ever.
start().catch(() => {});
