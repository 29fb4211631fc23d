// The WebGPU engine that relieves the CPU in the middle of training: made, warmed and brought its
// images while the other trains.

import { Feeder } from "./feeder.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./session.js").Session} Session */

export class Successor {
  /** Warm, and with every image that the other engine has. */
  ready = false;
  /** @type {Engine | null} */
  engine = null;
  #left = false;

  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.feeder = new Feeder(session);
  }

  /** Gets ready; throws where the device or the network fails. */
  async prepare() {
    const { maker, start, feeder } = this.session.room;
    const engine = await maker.warm(start);
    if (this.#left) return engine.trainer.free();
    this.engine = engine;
    this.feeder.attach(engine);
    this.feeder.start();
    await this.feeder.catchUp(feeder);
    this.ready = !this.#left;
  }

  /** Where it will not take over: its engine is dead, and is not to be finalised. */
  leave() {
    this.#left = true;
    this.feeder.drop();
  }

  /** The model that it was to train is gone. */
  drop() {
    this.leave();
    this.engine?.trainer.free();
    this.engine = null;
  }
}
