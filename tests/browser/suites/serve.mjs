// `cargo xtask serve`: the server that the project's own users see the page on.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { claim } from "../harness.mjs";
import { PLANE, look } from "../page.mjs";
import { visiting } from "../visit.mjs";

const PREFIX = "course/vae";

/** @param {string} repository @returns {Promise<{ origin: string, stop: () => void }>} */
async function startServer(repository) {
  const { XTASK } = process.env;
  const [program, ...first] = XTASK ? [XTASK] : ["cargo", "xtask"];
  const words = ["serve", "--dist", "--port", "0", "--prefix", PREFIX];
  const server = spawn(program, [...first, ...words], { cwd: repository, detached: true });
  // cargo starts the server as a child of its own: the group is ended, not cargo alone.
  const stop = () => void (server.pid && process.kill(-server.pid));
  let said = "";
  const origin = new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (text) => {
        said += text;
        const address = said.match(/(http:\/\/127\.0\.0\.1:\d+)\/course\/vae\//);
        if (address) resolve(address[1]);
      });
    }
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { origin: await origin, stop };
}

/** @param {import("../visit.mjs").Stage} stage */
export function serve(stage) {
  return [
    claim("`cargo xtask serve --dist` serves the page, below a prefix, and it trains", async () => {
      const { origin, stop } = await startServer(stage.repository);
      try {
        const site = {
          origin,
          address: (/** @type {string} */ query = "") => `${origin}/${PREFIX}/${query}`,
        };
        await visiting({ ...stage, site }, {}, async (visit) => {
          assert((await look(visit, PLANE)).colours > 100);
          const { steps } = await visit.element.evaluate((el) => el.train({ steps: 2 }));
          assert.equal(steps, 2);
        });
      } finally {
        stop();
      }
    }),
  ];
}
