// One training worker after another: started on need, and replaced when it dies or another is wanted.

import { compileCore } from "./core.js";
import { WorkerLink } from "./worker-link.js";

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").Request} Request */

/**
 * What a worker is started with.
 *
 * @typedef {object} Wish
 * @property {import("./protocol.js").EngineWish} engine
 * @property {EngineInfo["reason"]} [reason] told instead of the choice's own
 * @property {string | null} data address of another manifest than MNIST's
 */

export class WorkerKeeper {
  /** @type {Promise<WorkerLink> | null} */
  #link = null;
  /** Until the worker before has left what the next goes on from. @type {Promise<void> | undefined} */
  #ending;
  /** @type {Wish} */
  #wish;

  /**
   * @param {Wish} wish
   * @param {(notice: import("./protocol.js").Notice) => void} receive
   * @param {(link: WorkerLink, info: EngineInfo) => Promise<void>} welcome gives a new one its model
   */
  constructor({ engine, data }, receive, welcome) {
    this.#wish = { engine, data };
    this.receive = receive;
    this.welcome = welcome;
  }

  /** The worker, or one on its way. */
  get current() {
    return this.#link;
  }

  /** Starts the worker where there is none. */
  connect() {
    if (this.#link) return this.#link;
    const link = this.#open();
    link.catch(() => {
      if (this.#link === link) this.#link = null; // the next need is the next try
    });
    this.#link = link;
    return link;
  }

  /**
   * @template {Request["type"]} Type
   * @param {Extract<Request, { type: Type }>} request
   */
  async ask(request) {
    return (await this.connect()).ask(request);
  }

  /** For the next worker. @param {Partial<Wish>} change */
  wish(change) {
    this.#wish = { ...this.#wish, reason: undefined, ...change };
  }

  /** Lets the worker post its last checkpoint, and ends it. */
  async end() {
    const link = this.#link;
    this.#link = null; // at once, so that nobody asks it any more
    this.#ending = (async () => {
      const open = await link?.catch(() => null);
      await open?.ask({ type: "checkpoint" }).catch(() => {}); // a dead one has none
      open?.terminate();
    })();
    await this.#ending;
  }

  async #open() {
    const [module] = await Promise.all([compileCore(), this.#ending]);
    const link = new WorkerLink(this.receive, () => this.#forget());
    try {
      const info = await link.ask({ type: "start", module, ...this.#wish });
      await this.welcome(link, info);
      return link;
    } catch (error) {
      link.terminate();
      throw error;
    }
  }

  /** The next one does without the GPU, whose driver is the likeliest cause of death. */
  #forget() {
    this.#link = null;
    this.wish({ engine: "cpu", reason: "engine-failed" });
  }
}
