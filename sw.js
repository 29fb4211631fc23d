// The service worker: the page without a network after the first visit, and never of two builds at
// once. `cargo xtask dist` writes BUILD, the site's files with their SHA-256.
//
//   install  every file of `files`, each with its own hash, or none at all
//   serve    a page, and all that it asks for, from this build's cache; `later` from first use on
//   update   the next build installs beside this one and waits. It takes over when no page of this
//            one is left, or when the only one is reloaded
//
// The training images are not here: who loads them keeps them (www/chunk-cache.js).

/**
 * @typedef {object} Build
 * @property {string} id empty in the source tree
 * @property {Record<string, string[]>} files path → SHA-256, hex; of a gzip file that of its content
 *   too, because some hosts have the browser inflate it
 * @property {Record<string, string[]>} later the same, of what not every visit needs
 */

/** @type {Build} */
const BUILD = { id: "", files: {}, later: {} };

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
/** Caches belong to an origin, which may hold the site twice. As in www/offline.js. */
const PREFIX = `vae-playground-site ${new URL(scope).pathname} `;
const CACHE = PREFIX + BUILD.id;
const FILES = { ...BUILD.files, ...BUILD.later };

worker.addEventListener("install", (event) => {
  event.waitUntil(BUILD.id ? install() : worker.skipWaiting());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(BUILD.id ? dropOtherBuilds() : retire());
});

worker.addEventListener("message", (event) => {
  const { type, build } = event.data;
  if (type === "take-over") worker.skipWaiting();
  // A page that is older than its worker came from the network: of the same build, or left alone.
  if (type === "serve" && build === BUILD.id) event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path) event.respondWith(answer(event.request, path));
});

/** One file after another: the reader's own requests never wait behind them. */
async function install() {
  try {
    const cache = await caches.open(CACHE);
    for (const path of Object.keys(BUILD.files)) {
      const key = keyOf(path);
      // What did not change since another build is here already.
      await cache.put(key, (await caches.match(key)) ?? (await fetchExactly(path)));
    }
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function dropOtherBuilds() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
}

/** The source tree, served where a built site was before: its files must not be hidden by ours. */
async function retire() {
  await dropOtherBuilds();
  await worker.registration.unregister();
  const pages = await worker.clients.matchAll({ type: "window" });
  await Promise.all(pages.map((page) => page.navigate(page.url)));
}

/** @param {Request} request @returns {string | null} a path of this build's, else the network's */
function pathOf({ method, url }) {
  const [address] = url.split(/[?#]/);
  if (method !== "GET" || !address.startsWith(scope)) return null;
  const path = address.slice(scope.length) || "index.html";
  return Object.hasOwn(FILES, path) ? path : null;
}

/** @param {Request} request @param {string} path @returns {Promise<Response>} */
async function answer(request, path) {
  const isPage = request.mode === "navigate";
  if (isPage && (await givesWay(request))) return again();
  const kept = await caches.match(keyOf(path), { cacheName: CACHE });
  if (kept) return kept;
  if (isPage) {
    // The browser took the files away. The host may have another build by now.
    await worker.registration.unregister();
    return again();
  }
  const response = await fetchExactly(path);
  await keep(path, response.clone()).catch(() => {}); // a full disk
  return response;
}

/** Nothing where the reader had everything taken away. @param {string} path @param {Response} response */
async function keep(path, response) {
  if (await caches.has(CACHE)) await (await caches.open(CACHE)).put(keyOf(path), response);
}

/** Has the browser ask for the page once more, of whoever answers then. */
function again() {
  const nothing = '<!doctype html><link rel="icon" href="data:,">'; // not even an icon asked for
  return new Response(nothing, { headers: { "Content-Type": "text/html", Refresh: "0" } });
}

/**
 * Whether the next build, if it is there, takes over before this page is answered: only where the
 * page is reloaded, and is the only one, so that no page changes builds while it runs.
 *
 * @param {Request} request
 */
async function givesWay({ cache }) {
  const { waiting } = worker.registration;
  const isReload = cache !== "default";
  if (!waiting || !isReload) return false;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.filter(({ url }) => url.startsWith(scope)).length !== 1) return false;
  waiting.postMessage({ type: "take-over" });
  return true;
}

/** A file of this build from the network; an error where the host has another. @param {string} path */
async function fetchExactly(path) {
  const response = await fetch(new URL(path, scope), { cache: "no-cache" });
  const bytes = await response.arrayBuffer();
  const hash = hex(await crypto.subtle.digest("SHA-256", bytes));
  if (!FILES[path].includes(hash)) {
    throw new Error(`${path}: HTTP ${response.status}, and not the file of build ${BUILD.id}`);
  }
  // Made anew: a page must not come redirected, and these bytes are no longer encoded.
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response(bytes, { headers });
}

/** @param {string} path */
function keyOf(path) {
  return `${new URL(path, scope)}?sha256=${FILES[path][0]}`;
}

/** @param {ArrayBuffer} digest */
function hex(digest) {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
