// The page's end of the line to one training worker: requests with their replies, notices, and
// the news that the worker is dead.

import { PlaygroundError, revive } from "./errors.js";

/** @typedef {import("./protocol.js").Answer} Answer */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").Replies} Replies */
/** @typedef {import("./protocol.js").Request} Request */

export class WorkerLink {
  // The address within the call: bundlers know a worker by that.
  #worker = new Worker(new URL("./trainer.js", import.meta.url), {
    type: "module",
    name: "vae-playground trainer",
  });
  /** @type {Map<number, PromiseWithResolvers<any>>} by request id */
  #waiting = new Map();
  #lastId = 0;
  #dead = false;

  /**
   * @param {(notice: Notice) => void} onNotice
   * @param {() => void} onDeath
   */
  constructor(onNotice, onDeath) {
    this.onNotice = onNotice;
    this.onDeath = onDeath;
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message || "the worker could not be loaded");
    };
    this.#worker.onmessageerror = () => this.#die("a message of the worker could not be read");
  }

  /**
   * @template {Request["type"]} Type
   * @param {Extract<Request, { type: Type }>} request
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Replies[Type]>} rejects with code "worker-failed" where there is none to expect
   */
  ask(request, transfer = []) {
    if (this.#dead) return Promise.reject(died("it died before"));
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers();
    this.#waiting.set(id, waiting);
    this.#worker.postMessage({ id, request }, transfer);
    return waiting.promise;
  }

  terminate() {
    this.#end("it was ended");
  }

  /** @param {Answer | Notice} message */
  #receive(message) {
    if (message.type !== "reply" && message.type !== "failed") return this.onNotice(message);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "reply") waiting?.resolve(message.value);
    else if (message.fatal) this.#die(message.failure.message, waiting);
    else waiting?.reject(revive(message.failure));
  }

  /**
   * @param {string} why
   * @param {PromiseWithResolvers<any>} [asked] the request it died of
   */
  #die(why, asked) {
    if (this.#dead) return;
    this.onDeath();
    asked?.reject(died(why));
    this.#end(why);
  }

  /** @param {string} why */
  #end(why) {
    this.#dead = true;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(died(why));
    this.#waiting.clear();
  }
}

/** @param {string} why */
function died(why) {
  return new PlaygroundError("worker-failed", `the training worker died: ${why}`);
}
