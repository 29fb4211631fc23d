// The worker's bookkeeping: whose turn it is, whose time it was, how many steps at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { watchDevice } from "../../www/trainer/device-watch.js";
import { Floor, Stopwatch } from "../../www/trainer/floor.js";
import { Cadence, Pace } from "../../www/trainer/pace.js";
import { Tally } from "../../www/trainer/tally.js";

/** @param {number} ms @returns {Promise<void>} */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("turns on the floor do not overlap, and a failed one lets the next in", async () => {
  const floor = new Floor();
  /** @type {string[]} */
  const order = [];
  const first = floor.turn(async () => {
    order.push("first begins");
    await wait(5);
    order.push("first ends");
    throw new Error("first failed");
  });
  const second = floor.interrupt(() => void order.push("second"));
  await assert.rejects(first, /first failed/);
  await second;
  assert.deepEqual(order, ["first begins", "first ends", "second"]);
});

test("the stopwatch leaves interruptions out", async () => {
  const floor = new Floor();
  const watch = new Stopwatch(floor);
  watch.start();
  await floor.turn(() => wait(20));
  await floor.interrupt(() => wait(200));
  watch.stop();
  await wait(50);
  assert.ok(watch.milliseconds >= 15, `${watch.milliseconds} ms`);
  assert.ok(watch.milliseconds < 150, `${watch.milliseconds} ms`);
});

test("an interruption waits until the device is at rest", async () => {
  const floor = new Floor();
  /** @type {string[]} */
  const order = [];
  floor.settle = async () => void order.push("settled");
  await floor.interrupt(() => void order.push("interrupted"));
  assert.deepEqual(order, ["settled", "interrupted"]);
});

test("the first slice is one step; later ones fill 30 ms", async () => {
  const pace = new Pace();
  assert.equal(pace.steps, 1);
  pace.queued(performance.now() - 10, 5); // 2 ms a step
  assert.ok(pace.shouldRead);
  pace.wasRead();
  assert.ok(pace.steps >= 12 && pace.steps <= 15, `${pace.steps} steps`);
  pace.queued(performance.now(), 15);
  assert.ok(!pace.shouldRead);
});

test("a slow device gets single steps", () => {
  const pace = new Pace();
  pace.queued(performance.now() - 1_000, 1);
  pace.wasRead();
  assert.equal(pace.steps, 1);
});

test("steps longer than a frame make room for a hand in proportion, and short ones for two frames", async () => {
  const rest = async (/** @type {number} */ perStep) => {
    const pace = new Pace();
    pace.queued(performance.now() - perStep, 1);
    pace.wasRead();
    const hand = setInterval(() => pace.yield(), 5);
    pace.yield();
    pace.queued(performance.now(), 1);
    const began = performance.now();
    await pace.rest();
    clearInterval(hand);
    pace.wasRead();
    assert.ok(pace.perStep < perStep + 5, `${pace.perStep} ms a step, with the rest in it`);
    return performance.now() - began;
  };
  const [short, long] = [await rest(5), await rest(20)];
  assert.ok(short >= 29 && short < 100, `${short} ms`);
  assert.ok(long >= 399 && long < 600, `${long} ms`);
});

test("a rest for a hand ends when the hand is at rest, or the run is to stop", async () => {
  const pace = new Pace();
  pace.queued(performance.now() - 1_000, 1);
  pace.wasRead();
  pace.yield();
  const began = performance.now();
  await pace.rest();
  assert.ok(performance.now() - began < 400, "200 ms after it last moved");
  pace.yield();
  const again = performance.now();
  await pace.rest(() => true);
  assert.ok(performance.now() - again < 100);
});

test("what takes 20 ms of a 10 % share is due again after 200 ms", async () => {
  const cadence = new Cadence(0, 0.1);
  assert.ok(cadence.due);
  cadence.done(20);
  assert.ok(!cadence.due);
  await wait(100);
  assert.ok(!cadence.due);
  await wait(110);
  assert.ok(cadence.due);
});

test("a run's loss does not depend on how its steps were grouped into reads", () => {
  /** @param {number[]} groups */
  const mean = (groups) => {
    const tally = new Tally();
    let step = 0;
    for (const steps of groups) {
      const values = Array.from({ length: steps }, (_, i) => step + i);
      step += steps;
      const total = values.reduce((sum, value) => sum + value, 0) / steps;
      const position = { step, epoch: 0, stepsPerEpoch: 430, stepInEpoch: step };
      tally.add({ steps, total, reconstruction: total, kl: 0, cost: step }, position);
    }
    return tally.mean.total;
  };
  assert.equal(mean([20]), 9.5);
  assert.equal(mean([1, 3, 12, 4]), 9.5);
});

test("a run over several epochs tells the loss of the last", () => {
  const tally = new Tally();
  /** @param {number} epoch @param {number} stepInEpoch @param {number} total */
  const read = (epoch, stepInEpoch, total) =>
    tally.add(
      { steps: 10, total, reconstruction: total, kl: 0, cost: 1 },
      { step: 0, epoch, stepsPerEpoch: 20, stepInEpoch },
    );
  read(0, 10, 50);
  read(1, 20, 40); // the trainer counts the epoch as completed
  read(1, 10, 30);
  read(2, 20, 20);
  assert.equal(tally.mean.total, 25);
});

test("a device that was lost is known before it is asked for anything", async () => {
  let lose = (/** @type {{ message: string }} */ _) => {};
  const lost = new Promise((resolve) => (lose = resolve));
  class GPUAdapter {
    async requestDevice() {
      return { lost };
    }
  }
  Object.assign(globalThis, { GPUAdapter, addEventListener() {} });
  const { race } = watchDevice();
  await new GPUAdapter().requestDevice();
  assert.equal(await race(Promise.resolve(3)), 3);
  lose({ message: "destroyed" });
  await wait(0);
  await assert.rejects(race(Promise.resolve()), { code: "device-lost" });
});
