// What training has come to so far, as the views and the element's `metrics` show it.

/** @typedef {import("./protocol.js").Evaluation} Evaluation */
/** @typedef {import("./protocol.js").Losses} Losses */
/** @typedef {import("./protocol.js").Notice} Notice */
/** @typedef {import("./protocol.js").ValidationPoint} ValidationPoint */
/** @typedef {{ step: number, total: number, reconstruction: number, kl: number }} HistoryPoint */

/** More points than a wide chart has pixels to tell them apart by. */
const MOST_POINTS = 600;
/** The tutorial's `display_step`. */
const LOG_EVERY = 3;

export class Metrics {
  /** Steps since the reset. */
  step = 0;
  /** Completed epochs. */
  epoch = 0;
  /** The epoch the current run goes to, or the settings' number of epochs. */
  epochs = 0;
  stepsPerEpoch = 0;
  stepInEpoch = 0;
  millisecondsPerStep = 0;
  imagesPerSecond = 0;
  /** Per image in nats, over the steps of the last read. @type {Losses | null} */
  last = null;
  /** Thinned: each point the mean up to its step. @type {HistoryPoint[]} */
  history = [];
  /** At each epoch's end. @type {ValidationPoint[]} */
  validation = [];
  /** The tutorial's lines: the cost of the last batch of epochs 1, 4, 7 … @type {{ epoch: number, cost: number }[]} */
  log = [];
  /** On the 10,000 test images, after the last epoch. @type {Evaluation | null} */
  result = null;

  /** Steps a history point stands for, and those of the last point so far. */
  #stride = 1;
  #filled = Infinity;

  /** @param {Extract<Notice, { type: "losses" }>} notice */
  addLosses(notice) {
    const { step, epoch, stepsPerEpoch, stepInEpoch, millisecondsPerStep, imagesPerSecond } =
      notice;
    Object.assign(this, { step, epoch, stepsPerEpoch, stepInEpoch });
    Object.assign(this, { millisecondsPerStep, imagesPerSecond });
    const { total, reconstruction, kl, cost } = notice;
    this.last = { total, reconstruction, kl, cost };
    this.result = null;
    this.#addPoint({ step, total, reconstruction, kl }, notice.steps);
  }

  /** @param {Extract<Notice, { type: "epoch" }>} notice */
  addEpoch({ epoch, cost, validation }) {
    if ((epoch - 1) % LOG_EVERY === 0) this.log = [...this.log, { epoch, cost }];
    if (validation) this.validation = [...this.validation, validation];
  }

  /** All of it as plain data, from which `restored` makes it again. */
  kept() {
    return { ...this, stride: this.#stride };
  }

  /** @param {ReturnType<Metrics["kept"]>} kept */
  static restored({ stride, ...values }) {
    const metrics = Object.assign(new Metrics(), values);
    metrics.#stride = stride;
    return metrics;
  }

  /** Forgets what an engine did after the checkpoint that another goes on from. @param {{ step: number, epoch: number }} to */
  rewind({ step, epoch }) {
    this.step = step;
    this.epoch = epoch;
    this.history = this.history.filter((point) => point.step <= step);
    this.validation = this.validation.filter((point) => point.epoch <= epoch);
    this.log = this.log.filter((line) => line.epoch <= epoch);
    this.#filled = Infinity;
  }

  /** @param {HistoryPoint} point mean over `steps` @param {number} steps */
  #addPoint(point, steps) {
    const { history } = this;
    if (this.#filled >= this.#stride) {
      history.push(point);
      this.#filled = steps;
    } else {
      history.push(merge(/** @type {HistoryPoint} */ (history.pop()), this.#filled, point, steps));
      this.#filled += steps;
    }
    if (history.length > MOST_POINTS) this.#thin();
  }

  /** Halves the history, neighbours merged; they stand for about as many steps each. */
  #thin() {
    const { history } = this;
    this.#stride = Math.max(2 * this.#stride, Math.ceil((2 * this.step) / MOST_POINTS));
    this.history = history.flatMap((point, i) => {
      if (i % 2 === 0) return i + 1 < history.length ? [] : [point];
      return [merge(history[i - 1], 1, point, 1)];
    });
  }
}

/**
 * @param {HistoryPoint} a
 * @param {number} na steps it stands for
 * @param {HistoryPoint} b the later
 * @param {number} nb
 * @returns {HistoryPoint}
 */
function merge(a, na, b, nb) {
  /** @param {"total" | "reconstruction" | "kl"} term */
  const mean = (term) => (a[term] * na + b[term] * nb) / (na + nb);
  return {
    step: b.step,
    total: mean("total"),
    reconstruction: mean("reconstruction"),
    kl: mean("kl"),
  };
}
