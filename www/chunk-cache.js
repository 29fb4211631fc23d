// Verified chunks kept across visits, in the Cache API; in memory where a page has none
// (an address that is neither https nor localhost).

/**
 * @typedef {object} ChunkCache
 * @property {(key: string) => Promise<Uint8Array<ArrayBuffer> | null>} get
 * @property {(key: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} put
 * @property {(key: string) => Promise<void>} drop
 */

const PREFIX = "vae-playground-data-";
/** Raise it when what is stored under a key changes meaning. */
const VERSION = 1;

/** @returns {Promise<ChunkCache>} */
export async function openChunkCache() {
  if (!globalThis.caches) return memoryCache();
  try {
    const name = `${PREFIX}${VERSION}`;
    await dropOtherVersions(name);
    return storedCache(await caches.open(name));
  } catch {
    return memoryCache(); // storage blocked by the browser's settings
  }
}

/** @param {string} current */
async function dropOtherVersions(current) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== current) await caches.delete(name);
  }
}

/** @param {Cache} cache @returns {ChunkCache} */
function storedCache(cache) {
  return {
    async get(key) {
      const response = await cache.match(key).catch(() => undefined);
      return response ? new Uint8Array(await response.arrayBuffer()) : null;
    },
    async put(key, bytes) {
      const headers = { "Content-Type": "application/octet-stream" };
      // A full disk costs the next visit a download, not this one its training.
      await cache.put(key, new Response(bytes, { headers })).catch(() => {});
    },
    async drop(key) {
      await cache.delete(key).catch(() => false);
    },
  };
}

/** @returns {ChunkCache} */
export function memoryCache() {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const entries = new Map();
  return {
    get: async (key) => entries.get(key) ?? null,
    put: async (key, bytes) => void entries.set(key, bytes),
    drop: async (key) => void entries.delete(key),
  };
}
