// What is known of training, as the worker tells it: the state, the metrics, the engine and the last
// checkpoint; and what is told of it to whoever draws it.

import { Metrics } from "./metrics.js";

/** @typedef {import("./protocol.js").EngineInfo} EngineInfo */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").Progress} Progress */
/** @typedef {import("./protocol.js").State} State */
/** @typedef {Extract<Notice, { type: "checkpoint" }>} Checkpoint */
/** @typedef {{ checkpoint: Checkpoint, metrics: Metrics }} Past */
/** @typedef {Extract<Notice, { type: "snapshot" }>} Snapshot */
/** @typedef {Extract<Notice, { type: "codes" }>} CodesNotice */

/**
 * Whoever draws what training does.
 *
 * @typedef {object} Audience
 * @property {(snapshot: Snapshot) => void} show
 * @property {(codes: CodesNotice) => void} showCodes
 * @property {(name: string, detail?: object) => void} tell an event
 */

export class TrainingRecord {
  metrics = new Metrics();
  /** @type {{ state: State, progress: Progress, warmupSeconds: number }} */
  status = {
    state: "loading",
    progress: { loadedBytes: 0, totalBytes: 0, images: 0 },
    warmupSeconds: 0,
  };
  /** @type {EngineInfo | null} */
  engineInfo = null;
  /** What a run can go on from; null before its first. @type {Checkpoint | null} */
  checkpoint = null;
  /** What the current worker has done of the run. */
  runSeconds = 0;

  /** @param {Audience} audience */
  constructor(audience) {
    this.audience = audience;
  }

  /**
   * Begins anew, for another model.
   *
   * @param {State} state
   * @param {number} epochs of its settings
   * @param {Past} [past] of a run that goes on
   */
  begin(state, epochs, past) {
    this.checkpoint = past?.checkpoint ?? null;
    this.metrics = past?.metrics ?? new Metrics();
    this.metrics.epochs = epochs;
    this.setState(state, 0);
    this.audience.tell("metrics");
  }

  /** Forgets what a dead worker did after the checkpoint that its successor goes on from. */
  rewind() {
    this.metrics.rewind(this.checkpoint ?? { step: 0, epoch: 0 });
    this.audience.tell("metrics");
  }

  /** @param {Notice} notice */
  receive(notice) {
    const { audience, metrics } = this;
    switch (notice.type) {
      case "state":
        return this.setState(notice.state, notice.warmupSeconds);
      case "progress": {
        const { type, ...progress } = notice;
        this.status = { ...this.status, progress };
        audience.tell("status");
        return audience.tell("progress", progress);
      }
      case "losses":
        metrics.addLosses(notice);
        this.runSeconds = notice.run.seconds;
        audience.tell("metrics");
        return audience.tell("step", { step: notice.step, epoch: notice.epoch, ...metrics.last });
      case "epoch": {
        const { type, ...end } = notice;
        metrics.addEpoch(notice);
        audience.tell("metrics");
        return audience.tell("epoch", end);
      }
      case "result":
        metrics.result = notice.result;
        return audience.tell("metrics");
      case "rewind":
        metrics.rewind(notice);
        return audience.tell("metrics");
      case "snapshot":
        return audience.show(notice);
      case "codes":
        return audience.showCodes(notice);
      case "checkpoint":
        this.checkpoint = notice;
        return audience.tell("checkpoint");
      case "engine":
        return this.setEngine(notice.info);
      case "trouble":
        return audience.tell("error", notice.failure);
    }
  }

  /** @param {EngineInfo} info */
  setEngine(info) {
    this.engineInfo = info;
    this.audience.tell("engine", info);
  }

  /** @param {State} state @param {number} [warmupSeconds] */
  setState(state, warmupSeconds = this.status.warmupSeconds) {
    const isNew = state !== this.status.state;
    this.status = { ...this.status, state, warmupSeconds };
    this.audience.tell("status");
    if (isNew) this.audience.tell("state", { state });
  }
}
