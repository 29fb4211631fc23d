// An element's exhibit, loaded once it is wanted: when the element comes near the window, or when a
// method needs the model. What is set before waits until then; what happens is fired at the element.

import { describe, latentPoint } from "./errors.js";
import { watchSight, whenNear } from "./visibility.js";

/** @typedef {import("./attributes.js").AttributeName} AttributeName */
/** @typedef {import("./errors.js").Failure} Failure */
/** @typedef {import("./exhibit.js").Exhibit} Exhibit */
/** @typedef {import("./playground.js").Playground} Playground */
/** @typedef {import("./reflected-element.js").ReflectedElement} ReflectedElement */

/** Milliseconds in which the browser tells whether an element is near; a few frames. */
const SOON_MS = 100;

export class LazyExhibit {
  #host;
  #events;
  #ready = Promise.withResolvers();
  #loaded = Promise.withResolvers();

  /** Resolves when a model decodes. @type {Promise<void>} */
  ready = this.#ready.promise;
  /** Resolves to what the views draw, before there is a model. @type {Promise<Playground>} */
  loaded = this.#loaded.promise;

  /** @type {Promise<Playground> | null} */
  #opening = null;
  /** @type {Exhibit | null} */
  #exhibit = null;
  #seen = false;
  /** @type {readonly [number, number] | null} where the point is to be, before there is one */
  #latent = null;
  /** Attributes whose change was not followed yet. @type {Set<AttributeName>} */
  #changed = new Set();
  /** What went wrong before there was anyone to tell. @type {Failure[]} */
  #untold = [];
  /** Those of them that were fired as an event. @type {WeakSet<Failure>} */
  #fired = new WeakSet();
  #stopWaiting = () => {};
  #stopWatching = () => {};

  /**
   * @param {ReflectedElement} host
   * @param {Record<string, string>} events that are passed on to it, the playground's name → its own
   */
  constructor(host, events) {
    this.#host = host;
    this.#events = events;
  }

  /** What the views draw; null until it is wanted. */
  get playground() {
    return this.#exhibit?.playground ?? null;
  }

  /** The point in the latent plane. @returns {readonly [number, number]} */
  get latent() {
    return this.playground?.latent ?? this.#latent ?? [0, 0];
  }

  /** @param {readonly [number, number]} latent */
  set latent(latent) {
    try {
      const point = latentPoint(latent);
      if (this.playground) this.playground.setLatent(point, "script");
      else this.#latent = point;
    } catch (error) {
      this.tellError(error); // the last good one stays
    }
  }

  /** The element is on a page. */
  attach() {
    if (this.#exhibit?.attach() === false) this.#replace().catch(() => {}); // told by `#open`
    if (!this.#opening) this.#stopWaiting = whenNear(this.#host, () => this.#open());
    this.#stopWatching = watchSight(this.#host, (seen) => {
      this.#seen = seen;
      this.#exhibit?.see(seen);
    });
  }

  /** It was taken off the page, perhaps to be put elsewhere. */
  detach() {
    this.#stopWaiting();
    this.#stopWatching();
    // Moving an element takes it off the page for a moment; that is not an end.
    queueMicrotask(() => this.#host.isConnected || this.#exhibit?.detach());
  }

  /**
   * At once where the model is here; else it begins to load and this waits.
   *
   * @template Result
   * @param {(playground: Playground) => Promise<Result>} action
   * @returns {Promise<Result>}
   */
  do(action) {
    const { playground } = this;
    return playground?.ready ? action(playground) : this.#open().then(action);
  }

  /** @param {AttributeName} name whose value is another now */
  follow(name) {
    if (!this.#opening) return; // it opens with it
    this.#changed.add(name);
    if (this.#changed.size > 1) return;
    // What a script sets in one go is followed in one go.
    this.#opening.then(() => this.#followChanged()).catch(() => {}); // told by `#open`
  }

  /**
   * With words and in a view where there are any or will be; else as an event alone.
   *
   * @param {unknown} error
   */
  tellError(error) {
    const failure = describe(error);
    if (this.playground) return this.playground.tell("error", failure);
    this.#untold.push(failure);
    setTimeout(() => this.#opening || this.#fireUntold(), SOON_MS);
  }

  /** In English, for there are no words yet. */
  #fireUntold() {
    for (const failure of this.#untold) {
      if (!this.#fired.has(failure)) this.#fire("error", failure);
      this.#fired.add(failure);
    }
  }

  async #followChanged() {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    if (changed.has("model")) await this.#replace();
    else await this.#exhibit?.follow(changed).catch(() => {}); // told as an event
  }

  /** Another model: everything is put up again, around it. */
  async #replace() {
    await this.#exhibit?.detach();
    this.#opening = null;
    await this.#open();
  }

  /** Once: as near as the reader comes, or as soon as a method needs it. */
  #open() {
    this.#stopWaiting();
    this.#opening ??= this.#load();
    this.#opening.catch((error) => this.#fail(error));
    return this.#opening;
  }

  async #load() {
    const { Exhibit } = await import("./exhibit.js");
    const exhibit = (this.#exhibit = new Exhibit(this.#host));
    const { playground } = exhibit;
    if (this.#latent) playground.setLatent(this.#latent);
    this.#passOn(playground);
    for (const failure of this.#untold.splice(0)) playground.tell("error", failure);
    if (this.#host.isConnected) exhibit.attach();
    else exhibit.detach();
    exhibit.see(this.#seen);
    this.#loaded.resolve(playground);
    await exhibit.open(/** @type {ShadowRoot} */ (this.#host.shadowRoot));
    this.#ready.resolve(undefined);
    return playground;
  }

  /** @param {Playground} playground */
  #passOn(playground) {
    for (const [name, ours] of Object.entries(this.#events)) {
      playground.addEventListener(name, (event) => {
        this.#fire(ours, /** @type {CustomEvent} */ (event).detail);
      });
    }
    playground.addEventListener("error", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (this.#fired.has(detail)) return;
      const failure = describe(detail);
      this.#fire("error", { ...failure, message: playground.explain(failure) });
    });
  }

  /** The page has no model, perhaps no words. @param {unknown} error */
  #fail(error) {
    const failure = describe(error, "core-failed");
    this.ready.catch(() => {}); // told as an event as well
    this.#ready.reject(error);
    this.loaded.catch(() => {});
    this.#loaded.reject(error);
    if (this.playground) {
      this.playground.tell("error", failure);
      this.playground.hear();
      if (this.playground.hasWords) return;
    } else {
      this.#fireUntold();
      this.#fire("error", failure);
    }
    this.#host.shadowRoot?.replaceChildren(failure.message);
  }

  /** @param {string} name @param {unknown} detail */
  #fire(name, detail) {
    this.#host.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
