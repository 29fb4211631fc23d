// Brings an engine its training images in the manifest's order, then the validation and test
// images for whoever looks, all in the background. The first chunk is fetched while the engine
// is still being made.

/** @typedef {import("./engine.js").Engine} Engine */

export class Feeder {
  /** @type {unknown} what stopped it, until it is started again */
  #error = null;
  /** Chunks the engine has. */
  #fed = 0;
  #running = false;
  #dropped = false;
  /** @type {PromiseWithResolvers<Engine>} */
  #engine = Promise.withResolvers();
  /** Resolved and renewed at each arrival, and when none will come. */
  #arrival = Promise.withResolvers();

  /**
   * @param {object} parts
   * @param {import("./supply.js").Supply} parts.supply
   * @param {import("./floor.js").Floor} parts.floor
   * @param {import("./observer.js").Observer} parts.observer
   */
  constructor({ supply, floor, observer }) {
    this.supply = supply;
    this.floor = floor;
    this.observer = observer;
  }

  /** @param {Engine} engine */
  attach(engine) {
    this.#engine.resolve(engine);
  }

  /** Starts, or goes on after a failure. */
  start() {
    if (this.#running) return;
    this.#running = true;
    this.#error = null;
    this.#feed()
      .catch((error) => (this.#error = error))
      .finally(() => {
        this.#running = false;
        this.#signal();
      });
  }

  /**
   * Resolves when this one's engine has every image that the other's has.
   *
   * @param {Feeder} other
   */
  async catchUp(other) {
    while (this.#fed < other.#fed && !this.#dropped) {
      await this.arrival;
      this.check();
    }
  }

  /** For an engine that is gone. */
  drop() {
    this.#dropped = true;
    this.#signal();
  }

  /** Resolves when images may have arrived, or none will. @returns {Promise<unknown>} */
  get arrival() {
    return this.#running ? this.#arrival.promise : Promise.resolve();
  }

  /** Throws what stopped the images from coming, if anything did. */
  check() {
    if (this.#error) throw this.#error;
  }

  async #feed() {
    const chunks = await this.supply.chunks("train");
    let next = this.#load(chunks[this.#fed]);
    const engine = await this.#engine.promise;
    if (this.#fed === 0) await this.floor.interrupt(() => expect(engine, chunks));
    while (this.#fed < chunks.length) {
      const inflated = await next;
      next = this.#load(chunks[this.#fed + 1]);
      await this.floor.interrupt(() => {
        if (!this.#dropped) engine.trainer.addChunk(inflated, chunks[this.#fed].file);
      });
      if (this.#dropped) return;
      this.#fed++;
      this.#signal();
    }
    await this.#loadTheRest();
  }

  async #loadTheRest() {
    // A failure shows where the images are needed, and is retried there.
    await this.observer.images("validation").catch(() => {});
    if (!this.#dropped) await this.observer.images("test").catch(() => {});
  }

  /** @param {import("../data.js").Chunk | undefined} chunk none after the last */
  #load(chunk) {
    const loading = chunk ? this.supply.load(chunk) : Promise.resolve(new Uint8Array());
    loading.catch(() => {}); // awaited later
    return loading;
  }

  #signal() {
    this.#arrival.resolve(undefined);
    this.#arrival = Promise.withResolvers();
  }
}

/** The order of the steps depends on the chunks' sizes, before they are here. @param {Engine} engine @param {import("../data.js").Chunk[]} chunks */
function expect(engine, chunks) {
  engine.trainer.expectChunks(Uint32Array.from(chunks, ({ count }) => count));
}
