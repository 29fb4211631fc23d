// One model in training: its images, its pictures, and one run (run.js) at a time that moves it
// forward. Who trains it is engine-room.js's business.

import { chooseEngine } from "../engine-choice.js";
import { PlaygroundError } from "../errors.js";
import { EngineRoom } from "./engine-room.js";
import { Floor } from "./floor.js";
import { Observer } from "./observer.js";
import { Run } from "./run.js";
import { Supply } from "./supply.js";

/** @typedef {import("../protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("../protocol.js").Settings} Settings */
/** @typedef {import("./engine.js").Start} Start */

export class Session {
  floor = new Floor();
  /** @type {Run | null} */
  #run = null;

  /**
   * @param {import("../core.js").Core} core
   * @param {EngineInfo} info
   * @param {import("../protocol.js").Post} post
   * @param {string | null} data address of another manifest than MNIST's
   */
  constructor(core, info, post, data) {
    this.post = post;
    this.supply = new Supply(core, this.floor, data, (here) => post({ type: "progress", ...here }));
    this.observer = new Observer(core, this.supply, this.floor);
    this.room = new EngineRoom(core, info, this);
  }

  /** Takes another model. Nothing is running. @param {Start} start */
  load(start) {
    return this.floor.interrupt(() => {
      this.room.load(start);
      this.observer.hold(start.settings, start.weights);
    });
  }

  /** @param {Settings} settings */
  change(settings) {
    return this.floor.interrupt(() => this.room.change(settings));
  }

  /** @param {import("../protocol.js").Target} target */
  async train(target) {
    if (this.#run) throw new PlaygroundError("busy", "a run is under way");
    this.#run = new Run(this, target);
    try {
      return await this.#run.go();
    } finally {
      this.#run = null;
    }
  }

  async pause() {
    await this.#run?.stop();
  }

  yield() {
    this.#run?.yield();
  }

  /** @param {import("../protocol.js").EvaluationSplit} split */
  async evaluate(split) {
    const images = await this.observer.images(split);
    const moment = await this.#momentOrFallBack();
    return this.observer.evaluate(images, moment, (work) => this.floor.interrupt(work));
  }

  /** A device that was lost while nothing ran is noticed here. */
  async #momentOrFallBack() {
    try {
      return await this.floor.interrupt(() => this.moment());
    } catch (error) {
      if (this.#run || !this.room.isManned) throw error;
      await this.room.fallBack(error);
      return this.floor.interrupt(() => this.moment());
    }
  }

  /** What the model is now; on the floor. */
  async moment() {
    const { room } = this;
    const weights = room.isManned ? await room.engine.weights() : room.start.weights;
    return { settings: room.start.settings, weights };
  }

  /** Posts the weights of the moment and codes made with them; on the floor. @param {number} [most] */
  async snapshot(most) {
    const { settings, weights } = await this.moment();
    this.observer.hold(settings, weights);
    const seen = this.observer.codes(most);
    const { codes, labels } = seen ?? { codes: null, labels: null };
    const transfer = [weights.buffer, ...(seen ? [seen.codes.buffer, seen.labels.buffer] : [])];
    this.post({ type: "snapshot", settings, weights, codes, labels }, transfer);
  }

  /** After a run, or without one: a checkpoint, and the codes of all test images. */
  async rest() {
    await this.shareCheckpoint();
    await this.#refineCodes();
  }

  /** Where there is an engine. */
  shareCheckpoint() {
    const { room } = this;
    return this.floor.turn(async () => {
      if (!room.isManned) return;
      try {
        await room.keepCheckpoint();
        room.postCheckpoint();
      } catch (error) {
        // A dead device is for the next run to meet and to replace.
        if (room.engine.kind !== "webgpu") throw error;
      }
    });
  }

  /** Posts the codes of all test images that are here, while nothing trains. */
  async #refineCodes() {
    const { start } = this.room;
    const seen = await this.observer.allCodes(() => !this.#run && this.room.start === start);
    if (seen) this.post({ type: "codes", ...seen }, [seen.codes.buffer, seen.labels.buffer]);
  }

  /** @param {import("../protocol.js").State} state */
  tellState(state) {
    this.post({ type: "state", state, warmupSeconds: this.room.warmupSeconds });
  }
}

/**
 * @param {import("../core.js").Core} core
 * @param {import("../worker-keeper.js").Wish} wish
 * @param {import("../protocol.js").Post} post
 */
export async function openSession(core, { engine, reason, data }, post) {
  const info = await chooseEngine(engine);
  return new Session(core, { ...info, reason: reason ?? info.reason }, post, data);
}
