// The service worker: visits without a network, and no page of two builds. Each claim has a site of
// its own, whose files it may exchange, and a profile that lasts for several visits.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBuild, writeOtherBuild } from "../build.mjs";
import { claim, figure } from "../harness.mjs";
import { PLANE, dragMovesDigit, loadEverything, look } from "../page.mjs";
import { MOUNT, Site } from "../site.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("../visit.mjs").Visit} Visit */

const WEBGPU = "pkg/webgpu/vae_playground.js";

/** What tells the other build's files from this one's. */
const OTHER = "other0000000";
const CHANGES = {
  "www/lang/en.json": (/** @type {string} */ text) => text.replace("VAE Playground", OTHER),
  "www/trainer.js": (/** @type {string} */ text) => `${text}// ${OTHER}\n`,
  [WEBGPU]: (/** @type {string} */ text) => `${text}// ${OTHER}\n`,
};

/**
 * @typedef {object} Trial
 * @property {Site} site
 * @property {string} build the site's own
 * @property {(act: (visit: Visit) => Promise<void>, query?: string) => Promise<void>} visit
 * @property {() => Promise<void>} deployOther
 * @property {() => void} deploySource what `cargo xtask serve` serves
 */

/** @param {import("../visit.mjs").Stage} stage @param {(trial: Trial) => Promise<void>} act */
async function trying({ browsers, repository, site: { mounts } }, act) {
  const root = mounts[MOUNT];
  const site = new Site({ [MOUNT]: root });
  await site.open();
  const folder = await mkdtemp(join(tmpdir(), "vae-playground-build-"));
  const profile = await (await browsers.get("chromium")).createBrowserContext();
  try {
    await act({
      site,
      build: (await readBuild(root)).id,
      visit: (act, query) =>
        visiting({ browsers, site }, { profile, query, serviceWorker: true }, act),
      deployOther: async () => {
        await writeOtherBuild(root, folder, OTHER, CHANGES);
        site.mounts[MOUNT] = folder;
      },
      deploySource: () => {
        site.mounts[MOUNT] = repository;
      },
    });
  } finally {
    await profile.close();
    site.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The site answers nothing more. @param {Site} site */
function cutNetwork(site) {
  site.faults.set("", "abort");
}

/** Until the page is kept and its worker answers for it. @param {Page} page */
async function untilKept(page) {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

/** @param {Page} page */
async function untilForgotten(page) {
  await page.waitForFunction(
    async () =>
      (await navigator.serviceWorker.getRegistrations()).length === 0 &&
      !(await caches.keys()).some((name) => name.includes("-site ")),
  );
}

/** Looks for another build and waits until it is there, or was given up. @param {Page} page */
function update(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const { installing } = registration;
    if (installing) {
      const settled = () => ["installed", "redundant"].includes(installing.state);
      while (!settled()) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return registration.waiting !== null;
  });
}

/** Which build each of several files is of, as the page gets them. @param {Page} page */
function parts(page) {
  return page.evaluate(async (other) => {
    /** @param {string} path */
    const buildOf = async (path) => {
      const text = await (await fetch(path)).text();
      return text.includes(other) ? "other" : "own";
    };
    const { content } = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=build]"));
    return {
      page: content === other ? "other" : "own",
      words: await buildOf("www/lang/en.json"),
      worker: await buildOf("www/trainer.js"),
    };
  }, OTHER);
}

const OWN = { page: "own", words: "own", worker: "own" };
const NEXT = { page: "other", words: "other", worker: "other" };

/** @param {Page} page */
async function reload(page) {
  await page.bringToFront();
  await page.reload({ waitUntil: "domcontentloaded" });
  // A page that gives way to the next build is asked for twice.
  await page.waitForFunction(() => document.querySelector("meta[name=build]"));
  await page.waitForSelector("vae-playground >>> .panel.plane");
}

/** The builds whose files are kept. @param {Page} page */
function keptBuilds(page) {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("vae-playground-site"));
    return names.map((name) => name.split(" ").at(-1));
  });
}

/** @param {Page} page @param {string} path */
async function fetchOne(page, path) {
  assert(await page.evaluate(async (path) => (await fetch(path)).ok, path));
}

/** @param {import("../visit.mjs").Stage} stage */
export function offline(stage) {
  return [
    claim(
      "nothing is kept before the page is ready and at rest; then all of it, once, but the GPU's module on first use",
      () =>
        trying(stage, async ({ site, build, visit }) => {
          await visit(async ({ page }) => {
            const early = await page.evaluate(() => navigator.serviceWorker.getRegistrations());
            assert.equal(early.length, 0);
            const ready = site.sent.length;
            await untilKept(page);
            const sent = site.sent.slice(ready).reduce((sum, { bytes }) => sum + bytes, 0);
            figure(`kept for visits without a network: ${sent} bytes more over the wire`);
            assert.deepEqual(await keptBuilds(page), [build]);
            assert.deepEqual(site.requests(/webgpu/), []);
            assert.deepEqual(site.requests(/train-\d+\.bin/), []);
            await fetchOne(page, WEBGPU);
          });
          const before = site.sent.length;
          await visit(({ page }) => fetchOne(page, WEBGPU));
          const again = site.sent.slice(before).map(({ path }) => path);
          assert.deepEqual(
            again.filter((path) => !path.endsWith("sw.js")),
            [],
          );
        }),
    ),
    claim("after one visit the page draws, drags, speaks and trains without its site", () =>
      trying(stage, async ({ site, visit }) => {
        await visit(async (first) => {
          await loadEverything(first);
          await untilKept(first.page);
        });
        cutNetwork(site);
        await visit(async (again) => {
          assert((await look(again, PLANE)).colours > 100);
          await dragMovesDigit(again);
          const steps = await again.element.evaluate(async (el) => {
            await el.reset({ preset: "tutorial" });
            await el.reset({ weights: "none" });
            await el.playground.setLanguage("zh");
            return (await el.train({ steps: 3 })).steps;
          });
          assert.equal(steps, 3);
        });
      }),
    ),
    claim("a page keeps to its build while another is there, and reloaded is wholly of that", () =>
      trying(stage, async ({ build, visit, deployOther }) => {
        await visit(async (first) => {
          const { page } = first;
          await untilKept(page);
          await deployOther();
          assert(await update(page), "the other build is not there");
          assert.deepEqual(await parts(page), OWN);
          assert.deepEqual((await keptBuilds(page)).sort(), [build, OTHER].sort());
          // Not kept, and no longer on the site: an error, but not another build's.
          first.expect(/webgpu|Failed to (load|convert)|network error/i);
          await assert.rejects(fetchOne(page, WEBGPU));

          await visit(async (second) => {
            assert.deepEqual(await parts(second.page), OWN);
            await reload(page);
            assert.deepEqual(await parts(page), OWN);
          });
          await reload(page);
          assert.deepEqual(await parts(page), NEXT);
          assert.deepEqual(await keptBuilds(page), [OTHER]);
        });
        await visit(async ({ page }) => assert.deepEqual(await parts(page), NEXT));
      }),
    ),
    claim("when no page of a build is left, the next visit is of the other", () =>
      trying(stage, async ({ visit, deployOther }) => {
        await visit(async ({ page }) => {
          await untilKept(page);
          await deployOther();
          await update(page);
          await page.goto("about:blank");
        });
        await visit(async ({ page }) => assert.deepEqual(await parts(page), NEXT));
      }),
    ),
    claim("a build that does not come whole is not taken, and is tried again", () =>
      trying(stage, async ({ site, build, visit, deployOther }) => {
        await visit(async ({ page }) => {
          await untilKept(page);
          await deployOther();
          site.faults.set("www/trainer.js", "missing");
          assert.equal(await update(page), false);
          assert.deepEqual(await keptBuilds(page), [build]);
          await reload(page);
          assert.deepEqual(await parts(page), OWN);
          site.faults.clear();
          assert.equal(await update(page), true);
          await reload(page);
          assert.deepEqual(await parts(page), NEXT);
        });
      }),
    ),
    claim("the source tree, served where a built site was, is not hidden by it", () =>
      trying(stage, async ({ visit, deploySource }) => {
        await visit(async ({ page }) => {
          await untilKept(page);
          deploySource();
          await page.evaluate(async () => void (await navigator.serviceWorker.ready).update());
          await page.waitForFunction(() => !document.querySelector("meta[name=build]"));
          await untilForgotten(page);
        });
      }),
    ),
    claim("?offline=no takes all of it away", () =>
      trying(stage, async ({ visit }) => {
        await visit(async ({ page }) => untilKept(page));
        await visit(({ page }) => untilForgotten(page), "?offline=no");
      }),
    ),
    claim("a browser that refuses service workers is not told of it", () =>
      visiting(
        stage,
        {
          serviceWorker: true,
          before: (page) =>
            page.evaluateOnNewDocument(() => {
              ServiceWorkerContainer.prototype.register = async () => {
                Object.assign(window, { refused: true });
                throw new DOMException("refused", "SecurityError");
              };
            }),
        },
        async ({ page }) => {
          await page.waitForFunction(() => "refused" in window);
        },
      ),
    ),
  ];
}
