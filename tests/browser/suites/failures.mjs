// What can go wrong on the way: chunks that do not come, a worker that dies. The model survives.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { DIGIT, PLANE, POINT, hearErrors, loadEverything, look } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */
/** @typedef {import("../site.mjs").Fault} Fault */

const CHUNK = "train-01.bin.gz";

/** How each failure of a chunk is told. @type {Record<Fault, string>} */
const CODES = {
  abort: "chunk-fetch",
  missing: "chunk-fetch",
  short: "chunk-short",
  corrupt: "chunk-checksum",
};

/** @param {Visit} visit the model's picture, and that it still follows the keys */
async function isAlive(visit) {
  const before = await look(visit, DIGIT);
  await (await visit.find(POINT)).press("ArrowRight");
  await visit.frames();
  assert.notEqual((await look(visit, DIGIT)).print, before.print, "the digit no longer follows");
  assert((await look(visit, PLANE)).colours > 10);
}

/** @param {Stage} stage @param {Fault} fault */
function survives(stage, fault) {
  const code = CODES[fault];
  return claim(
    `a chunk that fails (${fault}) is tried three times, then told as ${code}; repaired, training goes on`,
    () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        const { element } = visit;
        visit.expect(/train-01|ERR_|404/);
        const errors = await hearErrors(visit);
        const pixels = () => element.evaluate((el) => el.decode([0, 0]).join());
        const model = await pixels();
        const before = stage.site.requests(/train-01/).length;
        stage.site.faults.set(CHUNK, fault);
        try {
          const refusal = await element.evaluate((el) =>
            el.train({ steps: 2 }).then(
              () => "trained",
              (error) => error.code,
            ),
          );
          assert.equal(refusal, code);
        } finally {
          stage.site.faults.delete(CHUNK);
        }
        assert(stage.site.requests(/train-01/).length - before >= 3, "no three attempts");
        assert.deepEqual(await errors(), [code]);
        const { text, state } = await element.evaluate((el) => ({
          text: el.shadowRoot?.querySelector("[role=alert]")?.textContent,
          state: el.playground.status.state,
        }));
        assert.match(text ?? "", /train-01\.bin\.gz/);
        assert.notEqual(state, "training");
        assert.equal(await pixels(), model, "the model changed");
        await isAlive(visit);
        assert.equal(await element.evaluate(async (el) => (await el.train({ steps: 2 })).steps), 2);
      }),
  );
}

/** @param {Stage} stage */
export function failures(stage) {
  const { site } = stage;
  return [
    survives(stage, "abort"),
    survives(stage, "missing"),
    survives(stage, "short"),
    survives(stage, "corrupt"),
    claim("a chunk that fails once is fetched again without a word", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        visit.expect(/train-01|ERR_/);
        const errors = await hearErrors(visit);
        site.faults.set(CHUNK, "abort");
        const run = visit.element.evaluate(async (el) => (await el.train({ steps: 2 })).steps);
        const before = site.requests(/train-01/).length;
        while (site.requests(/train-01/).length === before) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        site.faults.delete(CHUNK);
        assert.equal(await run, 2);
        assert.deepEqual(await errors(), []);
      }),
    ),
    claim("a second visit loads no chunk from the network", async () => {
      const browser = await stage.browsers.get("chromium");
      const profile = await browser.createBrowserContext();
      const asked = () => site.requests(/(train|test)-\d+\.bin\.gz$/).length;
      try {
        const query = "?weights=none";
        const before = asked();
        await visiting(stage, { profile, query }, loadEverything);
        assert.equal(asked() - before, 14, "12 training chunks and 2 test chunks");
        await visiting(stage, { profile, query }, loadEverything);
        assert.equal(asked() - before, 14);
      } finally {
        await profile.close();
      }
    }),
    claim("a worker that dies is replaced, and training goes on from the last checkpoint", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        const { page, element } = visit;
        const errors = await hearErrors(visit);
        await element.evaluate((el) => el.train({ steps: 5 }));
        const [worker] = page.workers();
        // As a panic in Rust would end it: the next call into wasm traps.
        await worker.evaluate(async (core) => {
          const { Trainer } = await import(core);
          Trainer.prototype.run = () => {
            throw new WebAssembly.RuntimeError("unreachable");
          };
        }, site.address("pkg/core/vae_playground.js"));
        const { steps, step } = await element.evaluate(async (el) => {
          const { steps } = await el.train({ steps: 5 });
          return { steps, step: el.metrics.step };
        });
        assert.deepEqual({ steps, step }, { steps: 5, step: 10 });
        assert.deepEqual(await errors(), ["worker-replaced"]);
        await isAlive(visit);
      }),
    ),
    claim("a worker that cannot live at all leaves the model intact and says so", () =>
      visiting(stage, {}, async (visit) => {
        visit.expect(/trainer|404/);
        const { page, element } = visit;
        await page.waitForFunction((el) => el.engineInfo, {}, element);
        await element.evaluate((el) => el.remove());
        site.faults.set("trainer.js", "missing");
        try {
          const outcome = await page.evaluate(async (el) => {
            document.querySelector("main")?.prepend(el);
            return el.train({ steps: 1 }).then(
              () => "trained",
              (error) => error.code,
            );
          }, element);
          assert.equal(outcome, "worker-failed");
        } finally {
          site.faults.delete("trainer.js");
        }
        await isAlive(visit);
        assert.equal(await element.evaluate(async (el) => (await el.train({ steps: 1 })).steps), 1);
      }),
    ),
    ...["?lang=zh", "?lang=zh#weights=./nothing.safetensors"].map((query) =>
      claim(`a page without its weights says so in the reader's words (${query})`, async () => {
        site.faults.set("elbo.safetensors.gz", "missing");
        /** @type {(visit: Visit) => Promise<void>} */
        const act = async (visit) => {
          const alert = await visit.page.waitForSelector("vae-playground >>> .alert:popover-open");
          assert.match(
            (await alert?.evaluate((node) => node.textContent)) ?? "",
            /无法下载.*随机权重/,
          );
          const told = await visit.page.evaluate(() => /** @type {any} */ (window).told);
          assert.deepEqual(
            told.map((/** @type {any} */ { code }) => code),
            ["weights-fetch"],
          );
          assert.match(
            told[0].message,
            /无法下载.*随机权重/,
            "the event says it in the reader's language",
          );
          const state = await visit.element.evaluate((el) => el.playground.status.state);
          assert.equal(state, "untrained");
          await isAlive(visit);
        };
        await visiting(stage, { query, before: listenEarly, expected: [/safetensors|404/] }, act);
      }),
    ),
    claim("a worker whose successor cannot live either is told once, as the end of training", () =>
      visiting(stage, { query: "?weights=none" }, async (visit) => {
        visit.expect(/trainer|404/);
        const { page, element } = visit;
        const errors = await hearErrors(visit);
        await element.evaluate((el) => el.train({ steps: 2 }));
        await page.workers()[0].evaluate(async (core) => {
          const { Trainer } = await import(core);
          Trainer.prototype.run = () => {
            throw new WebAssembly.RuntimeError("unreachable");
          };
        }, site.address("pkg/core/vae_playground.js"));
        site.faults.set("trainer.js", "missing");
        const outcome = await element.evaluate((el) =>
          el.train({ steps: 5 }).then(
            () => "trained",
            (error) => error.code,
          ),
        );
        assert.equal(outcome, "worker-failed");
        assert.deepEqual(await errors(), ["worker-failed"]);
        await isAlive(visit);
      }),
    ),
  ];
}

/** Keeps what is told from the first moment on. @param {import("puppeteer-core").Page} page */
async function listenEarly(page) {
  await page.evaluateOnNewDocument(() => {
    /** @type {unknown[]} */
    const told = [];
    Object.assign(window, { told });
    document.addEventListener("error", (event) => {
      if (event instanceof CustomEvent) told.push(event.detail);
    });
  });
}
