// One thing at a time in the worker. A Trainer must not be called while an awaited call of its
// own is under way (wasm-bindgen throws), and a step's time must not hold other work. So whoever
// needs the thread for more than a moment, or the trainer at all, takes the floor and gives it back.

export class Floor {
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** Milliseconds that interruptions have held the floor. */
  interruptions = 0;

  /** Brings the device's queue to rest, so that an interruption's time is its own. */
  settle = async () => {};

  /**
   * The training loop's turn.
   *
   * @template T
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  turn(work) {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /**
   * Anyone else's turn, its time booked apart.
   *
   * @template T
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  interrupt(work) {
    return this.turn(async () => {
      await this.settle();
      const start = performance.now();
      try {
        return await work();
      } finally {
        this.interruptions += performance.now() - start;
      }
    });
  }
}

/** The training's own time: waits and interruptions left out. */
export class Stopwatch {
  #total = 0;
  #since = 0;
  #running = false;

  /** @param {Floor} floor */
  constructor(floor) {
    this.floor = floor;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#since = this.#now();
  }

  /** To be called on the floor, so that no interruption is half over. */
  stop() {
    this.#total = this.milliseconds;
    this.#running = false;
  }

  get milliseconds() {
    return this.#total + (this.#running ? this.#now() - this.#since : 0);
  }

  #now() {
    return performance.now() - this.floor.interruptions;
  }
}
