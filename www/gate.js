// What holds up a run: it waits at the gate while there is anything in the way.

/**
 * - `unseen`: nobody looks
 * - `restart`: another worker takes over
 *
 * @typedef {"unseen" | "restart"} Obstacle
 */

export class Gate {
  /** @type {Set<Obstacle>} */
  #obstacles = new Set();
  #news = Promise.withResolvers();

  get isOpen() {
    return !this.#obstacles.size;
  }

  /** @param {Obstacle} obstacle */
  has(obstacle) {
    return this.#obstacles.has(obstacle);
  }

  /** @param {Obstacle} obstacle */
  close(obstacle) {
    this.#obstacles.add(obstacle);
  }

  /** @param {Obstacle} obstacle that is gone */
  open(obstacle) {
    if (this.#obstacles.delete(obstacle)) this.wake();
  }

  /** Whoever waits looks again. */
  wake() {
    this.#news.resolve(undefined);
    this.#news = Promise.withResolvers();
  }

  /** Resolves when it is worth looking again. */
  get news() {
    return this.#news.promise;
  }
}
