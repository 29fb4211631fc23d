// Training, held back from a hand that moves the point: the figures follow less often then, and the
// hand at once.

/** @typedef {import("./training-record.js").Snapshot} Snapshot */

/** Milliseconds after which a hand that has moved the point counts as at rest. */
const AT_REST = 150;
/** Where the worker, the page and the browser share so few processors, the worker makes room. */
const FEW_PROCESSORS = navigator.hardwareConcurrency <= 2;
/** Milliseconds between the news shown while it moves: to redraw the figures takes some 30 of them. */
const SHOWN = FEW_PROCESSORS ? 5_000 : 1_000;
/** Milliseconds until the worker is asked for room again. */
const ASKED = 100;

export class HeldBack {
  /** @type {Snapshot | null} */
  #snapshot = null;
  #metrics = false;
  /** Until the snapshot is shown. @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #shownAt = 0;
  #askedAt = 0;

  /**
   * @param {{ movedAt: number }} hand when a pointer last moved the point
   * @param {(snapshot: Snapshot) => void} show
   * @param {() => void} tellMetrics
   * @param {() => void} makeRoom asks the worker to
   */
  constructor(hand, show, tellMetrics, makeRoom) {
    this.hand = hand;
    this.show = show;
    this.tellMetrics = tellMetrics;
    this.makeRoom = makeRoom;
  }

  /** Shows a snapshot now or soon; if another comes before that, only the other. @param {Snapshot} snapshot */
  take(snapshot) {
    const { codes, labels } = snapshot.codes ? snapshot : (this.#snapshot ?? snapshot);
    this.#snapshot = { ...snapshot, codes, labels };
    const wait = this.#moves ? this.#shownAt + SHOWN - performance.now() : 0;
    if (wait <= 0) this.release();
    else this.#timer ??= setTimeout(() => this.release(), wait);
  }

  /** The hand has moved. */
  moved() {
    const { movedAt } = this.hand;
    if (!FEW_PROCESSORS || movedAt - this.#askedAt < ASKED) return;
    this.#askedAt = movedAt;
    this.makeRoom();
  }

  /** Tells of new metrics, with the snapshot that waits where one does. */
  takeMetrics() {
    if (this.#snapshot && this.#moves) this.#metrics = true;
    else this.tellMetrics();
  }

  /** Shows what was held back. */
  release() {
    const snapshot = this.#snapshot;
    if (this.#metrics) this.tellMetrics();
    this.forget();
    if (!snapshot) return;
    this.#shownAt = performance.now();
    this.show(snapshot);
  }

  /** What was held back was of the model before. */
  forget() {
    this.#snapshot = null;
    this.#metrics = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #moves() {
    return performance.now() - this.hand.movedAt < AT_REST;
  }
}
