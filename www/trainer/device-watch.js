// Learns that the WebGPU engine has died. burn keeps its device to itself and a panic inside one
// of its callbacks rejects nobody's promise: the awaited call would simply never come back. So
// the one device it asks for is watched, and so are the worker's uncaught errors.

import { PlaygroundError, isTrap } from "../errors.js";

/** A call that fails with its device may do so before the device is reported lost. */
const NEWS_MS = 100;

/** @typedef {{ gone: Promise<never>, race: <T>(work: Promise<T>) => Promise<T> }} DeviceWatch */

/** @returns {DeviceWatch} */
export function watchDevice() {
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const gone = new Promise((_, reject) => (fail = reject));
  gone.catch(() => {}); // it may come when nothing is awaited

  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...wishes) {
    const device = await requestDevice.apply(this, wishes);
    device.lost.then(({ message }) => fail(new PlaygroundError("device-lost", message)));
    return device;
  };

  /** @param {Event} event @param {unknown} error */
  const onUncaught = (event, error) => {
    if (!isTrap(error)) return;
    event.preventDefault(); // told here; the worker lives on
    fail(error);
  };
  addEventListener("error", (event) => onUncaught(event, event.error));
  addEventListener("unhandledrejection", (event) => onUncaught(event, event.reason));

  const explained = async (/** @type {unknown} */ error) => {
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, NEWS_MS))]);
    throw error;
  };
  return { gone, race: (work) => Promise.race([work.catch(explained), gone]) };
}
