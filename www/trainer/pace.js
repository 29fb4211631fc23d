// How many steps to queue at once, when to read, how often to look: training goes as fast as the
// device allows while a pause takes effect within 100 ms and the page gets its pictures.

/** Between two looks at the inbox. Two of these and a snapshot stay under 100 ms. */
const SLICE_MS = 30;
/**
 * A read waits for the device, so at most ten a second: nine of the losses, which bring a
 * snapshot's weights along, and the one that a checkpoint is. 9 × 112 ms is just over a second.
 */
const READ_MS = 112;
/** What a GPU may have queued: enough to keep it busy over a timer's jitter, soon done at a pause. */
const BACKLOG_MS = 60;
/** For how long a hand counts as moving after it was last said to. */
const HAND_MS = 200;
/** Rest after each step while it moves: two frames. Half of it let every tenth move wait as before. */
const HAND_REST_MS = 30;
/** A step that outlasts a frame is in the way of every move that comes meanwhile. */
const FRAME_MS = 16;
/** Rest after such a step, in steps: so that fewer than one move in twenty meets one. */
const HAND_RESTS = 20;

export class Pace {
  /** Milliseconds a step takes on the device; 0 until the first read. */
  perStep = 0;
  /** Steps queued since the last read. */
  unread = 0;
  /** When the first of them was queued. */
  #since = 0;
  /** Whether rests for a hand lie between them, which are no time of the device's. */
  #rested = false;
  /** Until when a hand has the processor first. */
  #yielding = 0;

  /** Steps for the next slice: one until the first read has timed one. */
  get steps() {
    if (this.yields) return 1;
    return this.perStep ? Math.max(1, Math.floor(SLICE_MS / this.perStep)) : 1;
  }

  /** Leaves the processor to a hand that moves the point. */
  yield() {
    this.#yielding = performance.now() + HAND_MS;
  }

  get yields() {
    return performance.now() < this.#yielding;
  }

  /** @param {number} started before the steps were queued @param {number} steps */
  queued(started, steps) {
    if (!this.unread) {
      this.#since = started;
      this.#rested = false;
    }
    this.unread += steps;
  }

  get shouldRead() {
    return this.unread > 0 && (!this.perStep || performance.now() - this.#since >= READ_MS);
  }

  /** The queue is empty and everything read. */
  wasRead() {
    if (!this.unread) return;
    if (!this.#rested) this.perStep = (performance.now() - this.#since) / this.unread;
    this.unread = 0;
  }

  /** What the device is thought to have left to do; nothing on the CPU, whose steps run at once. */
  get #backlog() {
    return this.unread * this.perStep - (performance.now() - this.#since);
  }

  /**
   * A macrotask, so that messages get in; longer where the device is far enough behind, or a hand
   * goes first.
   *
   * @param {() => boolean} [over] whether a longer rest has come to its end
   */
  async rest(over = () => false) {
    if (this.yields) return this.#restForHand(over);
    const ahead = this.unread ? this.#backlog : 0;
    if (ahead > BACKLOG_MS) await sleep(ahead - SLICE_MS);
    else await macrotask();
  }

  /** @param {() => boolean} over */
  async #restForHand(over) {
    const { perStep } = this;
    const until = performance.now() + (perStep > FRAME_MS ? HAND_RESTS * perStep : HAND_REST_MS);
    this.#rested = this.unread > 0;
    do await sleep(HAND_REST_MS);
    while (this.yields && performance.now() < until && !over());
  }
}

/**
 * Says when something is due again: not sooner than `every` milliseconds, and so far apart that
 * it takes no more than its share of the time.
 */
export class Cadence {
  #next;

  /** @param {number} every milliseconds @param {number} share 0..1 */
  constructor(every, share) {
    this.every = every;
    this.share = share;
    this.#next = performance.now() + every;
  }

  get due() {
    return performance.now() >= this.#next;
  }

  /** @param {number} took milliseconds @param {number} [every] this time */
  done(took, every = this.every) {
    this.#next = performance.now() + Math.max(every - took, took / this.share);
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** @type {MessageChannel | undefined} */
let channel;
/** @type {(() => void)[]} */
const resting = [];

/** setTimeout(0) is held to 4 ms after a few in a row; a message is not. @returns {Promise<void>} */
export function macrotask() {
  channel ??= openChannel();
  const { port2 } = channel;
  return new Promise((resolve) => {
    resting.push(resolve);
    port2.postMessage(null);
  });
}

function openChannel() {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => resting.shift()?.();
  return channel;
}
