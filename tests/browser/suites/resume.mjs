// The last run, offered at the next visit.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { becomes } from "../hosting.mjs";
import { hearErrors } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Visit} Visit */

const QUERY = "?weights=none&seed=5&lang=en";
const OFFER = ".offer";
const RESUME = ".offer .primary";

/** @param {import("../visit.mjs").Stage} stage */
export function resume(stage) {
  return [
    claim(
      "a run that was left goes on at its step, with the losses it would have had",
      async () => {
        /** @type {object | undefined} */
        let whole;
        await visiting(stage, { query: QUERY }, async ({ element }) => {
          await element.evaluate((el) => el.train({ steps: 12 }));
          whole = await element.evaluate(train, 8);
        });
        await inOneProfile(stage, async (profile) => {
          await visiting(stage, { query: QUERY, profile }, async (visit) => {
            await visit.element.evaluate((el) => {
              el.latent = [0.25, -1.5];
              el.playground.updateSettings({ epochs: 7 });
              return el.train({ steps: 12 });
            });
            await kept(visit);
          });
          await visiting(stage, { query: "?lang=en", profile }, async (visit) => {
            const words = await (await visit.find(`${OFFER} p`)).evaluate((n) => n.textContent);
            assert.match(words ?? "", /: ELBO, seed 5, step 12 \(epoch 0\), /);
            const before = await visit.element.evaluate((el) => el.metrics.step);
            assert.equal(before, 0, "it is offered, not imposed");
            await (await visit.find(RESUME)).click();
            await visit.page.waitForFunction((el) => el.metrics.step === 12, {}, visit.element);
            const { latent, settings, state, shown } = await visit.element.evaluate((el) => {
              const { status } = el.playground;
              const shown = el.shadowRoot?.querySelector(".offer") !== null;
              return { latent: el.latent, settings: el.settings, state: status.state, shown };
            });
            assert.deepEqual(latent, [0.25, -1.5]);
            assert.deepEqual(
              [settings.seed, settings.epochs, state, shown],
              [5, 7, "paused", false],
            );
            assert.deepEqual(await visit.element.evaluate(train, 8), whole);
            const steps = await visit.element.evaluate((el) =>
              el.metrics.history.map(({ step }) => step),
            );
            assert(steps[0] <= 12 && steps.at(-1) === 20, `a history of steps ${steps}`);
          });
        });
      },
    ),
    claim("what is forgotten is not offered again", () =>
      inOneProfile(stage, async (profile) => {
        await visiting(stage, { query: QUERY, profile }, async (visit) => {
          await visit.element.evaluate((el) => el.train({ steps: 2 }));
          await kept(visit);
        });
        await visiting(stage, { profile }, async (visit) => {
          await (await visit.find(`${OFFER} div button:not(.primary)`)).click();
          await dropped(visit);
        });
        await visiting(stage, { profile }, async (visit) => {
          await settled(visit);
          assert.equal(await visit.page.$(`vae-playground >>> ${OFFER}`), null);
        });
      }),
    ),
    claim("where the point came to rest after the run is kept too", () =>
      inOneProfile(stage, async (profile) => {
        await visiting(stage, { query: QUERY, profile }, async (visit) => {
          await visit.element.evaluate((el) => el.train({ steps: 2 }));
          await kept(visit);
          await visit.element.evaluate((el) => (el.latent = [1.25, 0.5]));
          await settled(visit);
        });
        await visiting(stage, { profile }, async (visit) => {
          await (await visit.find(RESUME)).click();
          await visit.page.waitForFunction((el) => el.latent[0] === 1.25, {}, visit.element);
        });
      }),
    ),
    claim("a model that was opened is offered too, but never in place of a run", () =>
      inOneProfile(stage, async (profile) => {
        /** @type {string | undefined} */
        let pixels;
        await visiting(stage, { profile }, async (visit) => {
          pixels = await visit.element.evaluate(openTutorial);
          await becomes(visit.page, "the step that is kept", storedSteps, 0);
        });
        await visiting(stage, { query: "?lang=en", profile }, async (visit) => {
          const words = await (await visit.find(`${OFFER} p`)).evaluate((n) => n.textContent);
          assert.match(words ?? "", /opened last .*: Tutorial, /);
          await (await visit.find(RESUME)).click();
          const look = (/** @type {any} */ el) => [el.playground.source, el.latent[0]];
          await becomes(
            visit.page,
            "the model",
            look,
            ["own", 1.5],
            /** @type {any} */ (visit.element),
          );
          assert.equal(await visit.element.evaluate((el) => el.decode([1, 1]).join()), pixels);
          await visit.element.evaluate((el) => el.train({ steps: 3 }));
          await kept(visit);
          await visit.element.evaluate(openTutorial);
          await settled(visit);
          assert.equal(await visit.page.evaluate(storedSteps), 3);
        });
      }),
    ),
    claim("a damaged run is refused, dropped, and changes nothing", () =>
      inOneProfile(stage, async (profile) => {
        await visiting(stage, { query: QUERY, profile }, async (visit) => {
          await visit.element.evaluate((el) => el.train({ steps: 2 }));
          await kept(visit);
          await visit.page.evaluate(damage);
        });
        await visiting(stage, { profile }, async (visit) => {
          const errors = await hearErrors(visit);
          const pixels = () => visit.element.evaluate((el) => el.decode([1, 1]).join());
          const before = await pixels();
          await (await visit.find(RESUME)).click();
          await visit.find(".alert [role=alert]");
          assert.match((await errors()).join(), /^weights-/);
          assert.equal(await pixels(), before);
          await dropped(visit);
        });
      }),
    ),
    claim("a step by accident does not cost the reader the run that waits to be resumed", () =>
      inOneProfile(stage, async (profile) => {
        await visiting(stage, { query: QUERY, profile }, async (visit) => {
          await visit.element.evaluate((el) => el.train({ steps: 9 }));
          await kept(visit);
        });
        await visiting(stage, { query: QUERY, profile }, async (visit) => {
          await visit.find(OFFER);
          await visit.element.evaluate((el) => el.step());
          await settled(visit);
          assert.equal(await visit.page.evaluate(storedSteps), 9);
          await visit.page.waitForSelector(`vae-playground >>> ${OFFER}`, { hidden: true });
        });
      }),
    ),
    claim("where storage is refused, nothing is kept and nothing is said", () =>
      visiting(stage, { query: QUERY, before: refuseStorage }, async (visit) => {
        const errors = await hearErrors(visit);
        const { steps } = await visit.element.evaluate((el) => el.train({ steps: 3 }));
        await settled(visit);
        assert.equal(steps, 3);
        assert.deepEqual(await errors(), []);
      }),
    ),
  ];
}

/** @param {import("../visit.mjs").Stage} stage @param {(profile: import("../visit.mjs").Profile) => Promise<void>} visits */
async function inOneProfile({ browsers }, visits) {
  const profile = await (await browsers.get("chromium")).createBrowserContext();
  try {
    await visits(profile);
  } finally {
    await profile.close();
  }
}

/** In the page: so many steps more, and what they came to. @param {import("../visit.mjs").VaePlayground} el @param {number} steps */
async function train(el, steps) {
  // Step by step, so that both runs read their losses at the same places.
  const losses = [];
  for (let i = 0; i < steps; i++) losses.push((await el.step()).loss);
  return { step: el.metrics.step, losses, pixels: el.decode([0.5, 0.5]).join() };
}

/** In the page: opens a model's file, and moves the point. @param {import("../visit.mjs").VaePlayground} el */
async function openTutorial(el) {
  const response = await fetch("www/weights/tutorial.safetensors.gz");
  await el.importWeights(await response.arrayBuffer());
  el.latent = [1.5, 0];
  await new Promise((resolve) => setTimeout(resolve, 1_000)); // until it rests there
  return el.decode([1, 1]).join();
}

/** In the page: the steps of the run that is kept, or null. @returns {Promise<number | null>} */
function storedSteps() {
  return new Promise((resolve) => {
    const request = indexedDB.open("vae-playground", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("runs");
    request.onsuccess = () => {
      const all = request.result.transaction("runs").objectStore("runs").getAll();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result[0]?.checkpoint.step ?? null);
      };
    };
  });
}

/** Resolves when nothing is kept. @param {Visit} visit */
async function dropped({ page }) {
  for (let tries = 0; tries < 100; tries++) {
    if ((await page.evaluate(storedSteps)) === null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the run is still kept");
}

/** Resolves when the run on screen is kept. @param {Visit} visit */
async function kept({ page, element }) {
  const step = await element.evaluate((el) => el.metrics.step);
  for (let tries = 0; tries < 100; tries++) {
    if ((await page.evaluate(storedSteps)) === step) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the run was not kept");
}

/** Long enough for what might come. @param {Visit} visit */
async function settled(visit) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await visit.frames();
}

/** In the page: the middle of the weights becomes what is no number. */
function damage() {
  return new Promise((resolve) => {
    const request = indexedDB.open("vae-playground", 1);
    request.onsuccess = () => {
      const store = request.result.transaction("runs", "readwrite").objectStore("runs");
      const cursor = store.openCursor();
      cursor.onsuccess = () => {
        const entry = cursor.result;
        if (!entry) return;
        const { value } = entry;
        value.checkpoint.bytes.fill(0xff, value.checkpoint.bytes.length / 2);
        entry.update(value).onsuccess = () => resolve(undefined);
      };
    };
  });
}

/** @param {import("puppeteer-core").Page} page */
async function refuseStorage(page) {
  await page.evaluateOnNewDocument(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("refused", "SecurityError");
    };
  });
}
