// The history stays short and true, and the log has the tutorial's lines.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../www/metrics.js";

/** @param {number} step @param {number} steps @param {number} total */
function losses(step, steps, total) {
  return /** @type {Parameters<Metrics["addLosses"]>[0]} */ ({
    ...{ type: "losses", step, steps, total, reconstruction: total - 1, kl: 1, cost: total },
    ...{ epoch: 0, stepsPerEpoch: 430, stepInEpoch: step, run: { steps, seconds: 1 } },
    ...{ millisecondsPerStep: 8, imagesPerSecond: 16_000 },
  });
}

/** @param {number} epoch */
function end(epoch) {
  const step = 430 * epoch;
  const point = { epoch, step, reconstruction: 1, reconstructionAtMean: 1, kl: 0, total: 1 };
  const validation = { ...point, elbo: -1, cost: 1 };
  return /** @type {const} */ ({ type: "epoch", epoch, step, cost: 100 + epoch, validation });
}

test("few reads are all kept", () => {
  const metrics = new Metrics();
  for (let step = 1; step <= 50; step++) metrics.addLosses(losses(step, 1, step));
  assert.deepEqual(
    metrics.history.map(({ step }) => step),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
});

test("a long run is thinned to at most 600 points that still reach its end", () => {
  const metrics = new Metrics();
  for (let step = 10; step <= 215_000; step += 10) {
    metrics.addLosses(losses(step, 10, step));
    assert.ok(metrics.history.length <= 600, `${metrics.history.length} points at ${step}`);
  }
  assert.ok(metrics.history.length > 250);
  assert.equal(metrics.history.at(-1)?.step, 215_000);
  const steps = metrics.history.map(({ step }) => step);
  assert.deepEqual(
    steps,
    [...steps].sort((a, b) => a - b),
  );
});

test("a thinned point is the mean of what it stands for", () => {
  const metrics = new Metrics();
  for (let step = 1; step <= 1202; step++) metrics.addLosses(losses(step, 1, step));
  const [first, second] = metrics.history;
  // Of a ramp, the mean lies in the middle of the steps it covers.
  assert.equal(second.total, (first.step + 1 + second.step) / 2);
});

test("the log has the last batch's cost of epochs 1, 4 and 7, as the tutorial prints them", () => {
  const metrics = new Metrics();
  for (let epoch = 1; epoch <= 8; epoch++) metrics.addEpoch(end(epoch));
  assert.deepEqual(metrics.log, [
    { epoch: 1, cost: 101 },
    { epoch: 4, cost: 104 },
    { epoch: 7, cost: 107 },
  ]);
  assert.equal(metrics.validation.length, 8);
});

test("a rewind forgets what came after the checkpoint", () => {
  const metrics = new Metrics();
  for (let step = 10; step <= 900; step += 10) metrics.addLosses(losses(step, 10, 1));
  for (const epoch of [1, 2]) metrics.addEpoch(end(epoch));
  metrics.rewind({ step: 500, epoch: 1 });
  assert.equal(metrics.history.at(-1)?.step, 500);
  assert.deepEqual([metrics.step, metrics.epoch, metrics.validation.length], [500, 1, 1]);
});
