// The last run on this page, kept in the browser so that the next visit can offer it: the checkpoint
// that training goes on from, and what was on show. Or the model of a file that was opened, where no
// run is kept: that has no copy elsewhere. Nothing leaves the machine, and where storage is
// refused (private windows, sandboxed frames, a full disk) nothing is kept and nothing is said.

/** @import { Playground } from "./playground.js" */
/** @import { Checkpoint } from "./training-record.js" */

/**
 * @typedef {object} Run
 * @property {number} version of this shape
 * @property {number} date milliseconds since 1970
 * @property {import("./protocol.js").Settings} settings
 * @property {string} source where its weights began, as the playground's
 * @property {boolean} fromFile as the playground's
 * @property {boolean} [opened] whether it is a file's, and its checkpoint a model's file
 * @property {Checkpoint} checkpoint
 * @property {ReturnType<import("./metrics.js").Metrics["kept"]>} metrics
 */
/** @typedef {Run & { latent: [number, number] }} Kept */

const VERSION = 1;
const DATABASE = "vae-playground";
const STORE = "runs";
/** A checkpoint is 4.9 MB: epochs can end faster than a disk should be written. */
const EVERY_MS = 10_000;
/** A point that has not moved for so long is where the reader wants it. */
const POINT_RESTS_MS = 500;
/** States in which a run is at rest, and its checkpoint the model on screen. */
const AT_REST = ["paused", "finished", "held"];

/** One run for each page of a site. */
export class RunStore {
  /** Kept open: a page that is being left has no time to open it. @type {IDBDatabase | null} */
  #database = null;

  /** @param {string} [page] */
  constructor(page = location.pathname) {
    this.run = page;
    this.point = `${page} point`;
  }

  /** What is kept of this page; null where there is nothing, or nothing of this version. */
  async get() {
    const run = await this.#ask("readonly", (store) => store.get(this.run));
    const latent = await this.#ask("readonly", (store) => store.get(this.point));
    const kept = /** @type {object} */ ({ latent, ...Object(run) });
    return isKept(kept) ? kept : null;
  }

  /** @param {Run} run */
  put(run) {
    return this.#ask("readwrite", (store) => store.put(run, this.run));
  }

  /** Apart from the run: it moves more often, and is smaller. @param {[number, number]} latent */
  putPoint(latent) {
    return this.#ask("readwrite", (store) => store.put(latent, this.point));
  }

  forget() {
    return this.#ask("readwrite", (store) => {
      store.delete(this.point);
      return store.delete(this.run);
    });
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} ask
   * @returns {Promise<unknown>} the answer once it is on disk; null where storage is refused
   */
  async #ask(mode, ask) {
    try {
      const transaction = (this.#database ?? (await this.#open())).transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.commit();
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      return request.result;
    } catch {
      return null;
    }
  }

  /** @returns {Promise<IDBDatabase>} */
  async #open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const database = await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = request.onblocked = () => reject(request.error);
    });
    this.#database = database;
    const forget = () => (this.#database = null);
    database.onclose = forget; // the browser took it away
    database.onversionchange = () => (database.close(), forget());
    return database;
  }
}

/**
 * Whether it can be offered; whether its checkpoint is whole is seen when it is wanted.
 *
 * @param {any} entry
 * @returns {entry is Kept}
 */
function isKept(entry) {
  return (
    entry?.version === VERSION &&
    entry.checkpoint?.bytes instanceof Uint8Array &&
    Number.isFinite(entry.date) &&
    typeof entry.settings === "object" &&
    typeof entry.metrics === "object" &&
    Array.isArray(entry.latent)
  );
}

/** What was kept last, by any playground of this page: elements may share a model, and so a run. */
const last = {
  at: -Infinity,
  checkpoint: /** @type {Checkpoint | null} */ (null),
  /** Of a file that was opened. */
  model: /** @type {import("./core.js").Model | null} */ (null),
};

/**
 * Keeps a model that was opened, and the playground's run when it comes to rest, at an epoch's end, and when the page is left.
 *
 * @param {Playground} playground
 * @param {RunStore} store
 * @param {() => boolean} mayReplace whether what is kept has been dealt with
 */
export function keepRuns(playground, store, mayReplace) {
  playground.addEventListener("checkpoint", () => {
    const atRest = AT_REST.includes(playground.status.state);
    const ended = playground.checkpoint?.epoch !== last.checkpoint?.epoch;
    const isDue = ended && performance.now() - last.at >= EVERY_MS;
    if (atRest || isDue) keep(playground, store, mayReplace);
  });
  playground.addEventListener("status", () => {
    const { status, source, model } = playground;
    const isOpened = status.state === "pretrained" && source === "own";
    if (isOpened && model !== last.model) keepOpened(playground, store);
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  playground.addEventListener("latent", () => {
    clearTimeout(timer);
    timer = setTimeout(() => keepPoint(playground, store), POINT_RESTS_MS);
  });
  // The page outlives the elements on it.
  const weak = new WeakRef(playground);
  const leave = () => {
    const playground = weak.deref();
    if (playground) keep(playground, store, mayReplace);
  };
  // The first of the two that a browser tells; on phones often the only one.
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  addEventListener("pagehide", leave);
}

/** @param {Playground} playground @param {RunStore} store @param {() => boolean} mayReplace */
function keep(playground, store, mayReplace) {
  const { checkpoint, metrics, settings, source, fromFile } = playground;
  if (!checkpoint || checkpoint.step === 0 || checkpoint === last.checkpoint) return;
  // A step or two by accident should not cost the reader the model of an hour.
  if (!mayReplace() && checkpoint.epoch < 1) return;
  Object.assign(last, { at: performance.now(), checkpoint });
  const run = { checkpoint, settings, source, fromFile, metrics: metrics.kept() };
  store.put({ version: VERSION, date: Date.now(), ...run });
  keepPoint(playground, store);
}

/** @param {Playground} playground @param {RunStore} store */
async function keepOpened(playground, store) {
  const { model, settings, source, fromFile, metrics } = playground;
  last.model = model;
  const kept = await store.get();
  const isGone = model !== playground.model || playground.checkpoint;
  if (isGone || (kept && !kept.opened)) return;
  const bytes = new Uint8Array(playground.exportWeights());
  const checkpoint = { type: /** @type {const} */ ("checkpoint"), bytes, step: 0, epoch: 0 };
  const run = { checkpoint, settings, source, fromFile, metrics: metrics.kept() };
  store.put({ version: VERSION, date: Date.now(), opened: true, ...run });
  last.checkpoint = null;
  keepPoint(playground, store);
}

/** Of what is kept. @param {Playground} playground @param {RunStore} store */
function keepPoint({ checkpoint, model, latent }, store) {
  const isKept = checkpoint ? checkpoint === last.checkpoint : model === last.model;
  if (isKept) store.putPoint(latent);
}
