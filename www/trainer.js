// The training worker: takes the page's requests (protocol.js), answers each, and tells what
// happens in between. The work is in trainer/.

import { loadCore } from "./core.js";
import { describe, isTrap } from "./errors.js";
import { openSession } from "./trainer/session.js";

/** @typedef {import("./protocol.js").Request} Request */
/** @typedef {import("./trainer/session.js").Session} Session */

/** The part of DedicatedWorkerGlobalScope used here; TypeScript's DOM types have only Window. */
const page =
  /** @type {{ postMessage(message: unknown, transfer?: Transferable[]): void }} */
  (/** @type {unknown} */ (self));

/** @type {Session | null} */
let session = null;

addEventListener("message", async ({ data }) => {
  const { id, request } = /** @type {{ id: number, request: Request }} */ (data);
  try {
    page.postMessage({ type: "reply", id, value: await answer(request) });
  } catch (error) {
    page.postMessage({ type: "failed", id, failure: describe(error), fatal: isTrap(error) });
  }
});

/** @param {Request} request */
async function answer(request) {
  if (request.type === "start") return start(request);
  if (!session) throw new Error("the worker was not started");
  switch (request.type) {
    case "load":
      await session.load(request);
      if (request.codes) rest(session);
      return;
    case "anticipate":
      return session.room.anticipate();
    case "train": {
      try {
        const end = await session.train(request.target);
        rest(session);
        return end;
      } catch (error) {
        if (!isTrap(error)) rest(session);
        throw error;
      }
    }
    case "pause":
      return session.pause();
    case "checkpoint":
      return session.shareCheckpoint();
    case "yield":
      return session.yield();
    case "settings":
      return session.change(request.settings);
    case "evaluate":
      return session.evaluate(request.split);
  }
}

/** @param {Extract<Request, { type: "start" }>} request */
async function start({ module, engine, reason, data }) {
  const core = await loadCore(module);
  session = await openSession(core, { engine, reason, data }, (notice, transfer = []) =>
    page.postMessage(notice, transfer),
  );
  return session.room.info;
}

/** Not waited for: a request that follows comes first. @param {Session} session */
function rest(session) {
  session.rest().catch((error) => {
    page.postMessage({ type: "trouble", failure: describe(error) });
  });
}
