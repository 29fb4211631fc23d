// What training does, as a stage shows and tells it: held back from a hand that moves the point.

import { HeldBack } from "./held-back.js";
import { settingsJson } from "./settings.js";

/** @typedef {import("./training-record.js").Audience} Audience */
/** @typedef {import("./training-record.js").CodesNotice} CodesNotice */
/** @typedef {import("./training-record.js").Snapshot} Snapshot */
/** @typedef {import("./stage.js").Stage & { status: { state: import("./protocol.js").State } }} TrainingStage */

/** @implements {Audience} */
export class StageAudience {
  #stage;
  #held;

  /**
   * @param {TrainingStage} stage
   * @param {() => void} makeRoom asks the worker to leave the hand the processor
   */
  constructor(stage, makeRoom) {
    this.#stage = stage;
    this.#held = new HeldBack(
      stage,
      (snapshot) => this.#draw(snapshot),
      () => stage.tell("metrics"),
      makeRoom,
    );
  }

  /** @param {Snapshot} snapshot */
  show(snapshot) {
    this.#held.take(snapshot);
  }

  /** @param {CodesNotice} notice */
  showCodes({ codes, labels }) {
    this.#stage.setCodes(codes, labels);
  }

  /** @param {string} name @param {object} [detail] */
  tell(name, detail) {
    if (name === "status" && this.#stage.status.state !== "training") this.#held.release();
    if (name === "metrics") this.#held.takeMetrics();
    else this.#stage.tell(name, detail);
  }

  /** A pointer has moved the point. */
  moved() {
    this.#held.moved();
  }

  /** What was held back was of the model before. */
  forget() {
    this.#held.forget();
  }

  /** @param {Snapshot} snapshot */
  #draw({ settings, weights, codes, labels }) {
    const { model } = this.#stage;
    model.setSettings(settingsJson(settings));
    model.setWeights(weights);
    this.#stage.modelChanged();
    if (codes && labels) this.#stage.setCodes(codes, labels);
  }
}
