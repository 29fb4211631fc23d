// The losses of one run, so that its result does not depend on when they were read.

/** @typedef {import("../protocol.js").Losses} Losses */

const NONE = { total: NaN, reconstruction: NaN, kl: NaN };

export class Tally {
  #epoch = -1;
  #steps = 0;
  #sum = { total: 0, reconstruction: 0, kl: 0 };

  /** The objective's own figure for the last step. */
  cost = NaN;

  /**
   * @param {Losses & { steps: number }} losses means over `steps`, all of one epoch
   * @param {import("../protocol.js").Position} position after them
   */
  add(losses, { epoch, stepInEpoch, stepsPerEpoch }) {
    // At an epoch's end the trainer already counts it as completed.
    const current = stepInEpoch >= stepsPerEpoch ? epoch - 1 : epoch;
    if (current !== this.#epoch) {
      this.#epoch = current;
      this.#steps = 0;
      this.#sum = { total: 0, reconstruction: 0, kl: 0 };
    }
    this.#steps += losses.steps;
    this.#sum.total += losses.total * losses.steps;
    this.#sum.reconstruction += losses.reconstruction * losses.steps;
    this.#sum.kl += losses.kl * losses.steps;
    this.cost = losses.cost;
  }

  /** Mean per image over the steps of the run's last epoch. */
  get mean() {
    const steps = this.#steps;
    if (!steps) return NONE;
    const { total, reconstruction, kl } = this.#sum;
    return { total: total / steps, reconstruction: reconstruction / steps, kl: kl / steps };
  }
}
