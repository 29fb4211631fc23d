// Where a step and a loss lie on the chart.
//
//   nats │                x: step, linear or logarithmic
//        │                y: nats per image, from 0 up
//        └──────── step   in CSS pixels from the canvas's upper left corner

/** @typedef {"total" | "reconstruction" | "kl"} Term */
/** @typedef {{step: number} & Record<Term, number>} Point */
/** @typedef {{history: Point[], validation: Point[], logarithmic: boolean, hover: Point | null, names: Record<Term, string>, step: string}} ChartData */

export const MARGIN = { left: 34, right: 12, top: 10, bottom: 22 };
/** An empty chart has axes too: this many steps and nats. */
const LEAST = { step: 100, nats: 10 };

/**
 * 1, 2 or 5 times a power of ten, so that about `count` of them make up `range`.
 * @param {number} range
 * @param {number} count
 */
export function niceStep(range, count) {
  const raw = range / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10);
}

/**
 * From steps and nats to CSS pixels, and back along the steps.
 * @param {{width: number, height: number}} size
 * @param {ChartData} data
 */
export function createScale({ width, height }, { history, validation, logarithmic }) {
  const points = [...history, ...validation];
  const last = Math.max(LEAST.step, ...points.map((point) => point.step));
  const highest = Math.max(
    LEAST.nats,
    ...points.map((point) => point.total).filter(Number.isFinite),
  );
  const [plotWidth, plotHeight] = [
    width - MARGIN.left - MARGIN.right,
    height - MARGIN.top - MARGIN.bottom,
  ];
  /** @param {number} step */
  const along = (step) =>
    logarithmic ? Math.log(Math.max(step, 1)) / Math.log(last) : step / last;
  return {
    last,
    highest,
    /** @param {number} step */
    x: (step) => MARGIN.left + along(step) * plotWidth,
    /** @param {number} nats */
    y: (nats) => MARGIN.top + (1 - nats / highest) * plotHeight,
    /** @param {number} x */
    step(x) {
      const part = Math.min(Math.max((x - MARGIN.left) / plotWidth, 0), 1);
      return logarithmic ? last ** part : last * part;
    },
    floor: MARGIN.top + plotHeight,
    right: MARGIN.left + plotWidth,
  };
}
