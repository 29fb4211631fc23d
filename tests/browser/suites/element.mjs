// <vae-playground> as others put it on their pages: every attribute, method and event, several on a
// page, and nothing done before it is wanted.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { claim, figure } from "../harness.mjs";
import { becomes, elementsOf, hosting, readyElements } from "../hosting.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").VaePlayground} VaePlayground */

/** HTML to weights, over the wire: what the project promises of a page with the plane alone. */
const MOST_BYTES = 800_000;
/** What may be loaded before the element is near: itself. */
const OWN_SCRIPTS =
  /www\/(vae-playground|reflected-element|attributes|visibility|errors|files|i18n|settings)\.js$/;

/**
 * Each attribute: a value, and what shows in the page that it is followed.
 *
 * @type {Record<string, { value: string, look: (el: VaePlayground) => unknown, wanted: unknown }>}
 */
const LIVE = {
  views: {
    value: "plane digit status",
    look: (el) => [...(el.shadowRoot?.querySelectorAll(".panel") ?? [])].map((n) => n.className),
    wanted: ["panel plane", "panel digit"],
  },
  hide: {
    value: "plane",
    look: (el) => [...(el.shadowRoot?.querySelectorAll(".panel") ?? [])].map((n) => n.className),
    wanted: ["panel digit"],
  },
  weights: { value: "none", look: (el) => el.playground.status.state, wanted: "untrained" },
  preset: { value: "tutorial", look: (el) => el.settings.objective, wanted: "tutorial" },
  seed: { value: "7", look: (el) => el.settings.seed, wanted: 7 },
  beta: { value: "2", look: (el) => el.settings.beta, wanted: 2 },
  "learning-rate": {
    value: "0.002",
    look: (el) => Number(el.settings.learningRate.toPrecision(6)),
    wanted: 0.002,
  },
  "batch-size": { value: "64", look: (el) => el.settings.batchSize, wanted: 64 },
  epochs: { value: "3", look: (el) => el.settings.epochs, wanted: 3 },
  engine: { value: "cpu", look: (el) => el.engineInfo?.reason, wanted: "requested" },
  axes: { value: "sigma", look: (el) => el.playground.plane.axes, wanted: "sigma" },
  data: {
    value: "three-chunks.json",
    look: async (el) => {
      await el.train({ steps: 1 });
      return el.metrics.stepsPerEpoch;
    },
    wanted: Math.floor(5000 / 64),
  },
  model: { value: "a", look: (el) => el.model, wanted: "a" },
  lang: { value: "zh", look: (el) => el.playground.language, wanted: "zh" },
  autoplay: {
    value: "",
    look: (el) => ["fetching", "warming", "training"].includes(el.playground.status.state),
    wanted: true,
  },
};
const IMAGE = 784;

/** @param {Stage} stage */
export function element(stage) {
  const { site } = stage;
  /** @param {string} file of www/ */
  const source = (file) => readFileSync(join(stage.repository, "www", file), "utf8");
  const [manifest] = JSON.parse(source("custom-elements.json")).modules;
  const [declared] = manifest.declarations;
  /** @param {{ name: string }[]} items */
  const names = (items) => items.map(({ name }) => name).sort();

  return [
    claim("the plane alone, on another page, can be dragged within 800 KB over the wire", () => {
      const already = site.sent.length;
      return hosting(stage, { file: "course.html" }, async (visit) => {
        const [el] = await elementsOf(visit);
        const bytes = await el.evaluate(transferredUntilReady);
        const files = site.sent.slice(already).map(({ path }) => path.split("/www/")[1] ?? path);
        figure(
          `a page with views="plane": ${bytes} bytes until it can be dragged, headers included ` +
            `(limit ${MOST_BYTES}), ${files.length} requests`,
        );
        assert(bytes > 100_000 && bytes <= MOST_BYTES, `${bytes} bytes`);
        const others = /views\/(loss|log|encoder|reconstructions|controls|digit|status)\.js/;
        assert.deepEqual(
          files.filter((file) => others.test(file)),
          [],
        );
        const [before, after] = await drag(visit);
        assert.notDeepEqual(after, before);
      });
    }),

    claim("far below the window only its own script is loaded; near it, the rest", () => {
      const already = site.sent.length;
      return hosting(stage, { file: "course.html" }, async (visit) => {
        const { page } = visit;
        await new Promise((resolve) => setTimeout(resolve, 500));
        const asked = () => site.sent.slice(already).map(({ path }) => path);
        const strangers = asked().filter(
          (path) => !OWN_SCRIPTS.test(path) && !path.startsWith("/elsewhere/"),
        );
        assert.deepEqual(strangers, []);
        assert.equal(page.workers().length, 0);
        const [el] = await elementsOf(visit);
        const text = await el.evaluate((el) => el.textContent);
        assert.equal(text, "An interactive figure stands here.");
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await readyElements(visit);
        assert(asked().some((path) => path.endsWith("elbo.safetensors.gz")));
        const state = await el.evaluate((el) => el.playground.status.state);
        assert.equal(state, "pretrained", "nothing trains unasked");
      });
    }),

    claim("a method that needs the model loads it, wherever the element is", () =>
      hosting(stage, { file: "course.html" }, async (visit) => {
        const [el] = await elementsOf(visit);
        const { early, pixels } = await el.evaluate(async (el) => {
          let early = "";
          try {
            el.decode([0, 0]);
          } catch (error) {
            early = /** @type {{ code: string }} */ (error).code;
          }
          el.latent = [1, -1];
          await el.reset({ seed: 3 });
          return { early, pixels: [el.decode([0, 0]).length, el.latent, el.settings.seed] };
        });
        assert.equal(early, "not-ready");
        assert.deepEqual(pixels, [IMAGE, [1, -1], 3]);
      }),
    ),

    claim("every attribute counts from the start", () => {
      const attributes = Object.entries(LIVE)
        .filter(([name]) => name !== "autoplay" && name !== "hide")
        .map(([name, { value }]) => `${name}="${value}"`);
      const markup = `<vae-playground ${attributes.join(" ")}></vae-playground>`;
      return hosting(stage, { markup }, async (visit) => {
        const [el] = await readyElements(visit);
        await el.evaluate((el) => el.playground.connect());
        for (const [name, { look, wanted }] of Object.entries(LIVE)) {
          if (name === "autoplay" || name === "hide" || name === "data") continue;
          await becomes(visit.page, name, look, wanted, /** @type {any} */ (el));
        }
        assert.equal(await el.evaluate(/** @type {any} */ (LIVE.data.look)), LIVE.data.wanted);
      });
    }),

    claim("every attribute can change while it runs, by name and by property", () =>
      hosting(stage, { markup: "<vae-playground></vae-playground>" }, async (visit) => {
        const { page } = visit;
        assert.deepEqual(Object.keys(LIVE).sort(), names(declared.attributes));
        const [el] = await readyElements(visit);
        for (const [name, { value, look, wanted }] of Object.entries(LIVE)) {
          await el.evaluate((el, name, value) => el.setAttribute(name, value), name, value);
          await el.evaluate((el) => el.playground.status); // a turn, in which it is followed
          if (name === "model") await el.evaluate((el) => el.loaded);
          await becomes(page, name, look, wanted, /** @type {any} */ (el));
        }
        await el.evaluate((el) => el.pause());
        const properties = await el.evaluate((el) => {
          Object.assign(el, { autoplay: false, beta: 3, views: ["digit"], hide: null, seed: null });
          const { autoplay, beta, views, hide, seed, learningRate, batchSize } = el;
          const texts = ["autoplay", "beta", "views", "hide", "seed"].map((name) =>
            el.getAttribute(name),
          );
          return { autoplay, beta, views, hide, seed, learningRate, batchSize, texts };
        });
        const { texts, ...values } = properties;
        assert.deepEqual(texts, [null, "3", "digit", null, null]);
        assert.deepEqual(values, {
          autoplay: false,
          beta: 3,
          views: ["digit"],
          hide: null,
          seed: null,
          learningRate: 0.002,
          batchSize: 64,
        });
        await becomes(page, "β", (el) => el.settings.beta, 3, /** @type {any} */ (el));
      }),
    ),

    claim("a value that cannot be used leaves the last good one, and is told", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="plane" beta="many"></vae-playground>` },
        async (visit) => {
          const told = await visit.page.evaluateHandle(() => {
            /** @type {unknown[]} */
            const told = [];
            document.addEventListener("error", (event) => {
              const { detail } = /** @type {CustomEvent} */ (/** @type {Event} */ (event));
              if (detail) told.push([detail.code, detail.values.attribute, detail.values.value]);
            });
            return told;
          });
          const [el] = await readyElements(visit);
          const bad = {
            ...{ views: "plain", hide: "everything", weights: "tutorail", preset: "vae" },
            ...{ seed: "-1", beta: "101", "learning-rate": "0", "batch-size": "1.5", epochs: "0" },
            ...{
              engine: "gpu",
              axes: "xy",
              data: "mnist",
              model: "a b",
              lang: "fr",
              autoplay: "no",
            },
          };
          assert.deepEqual(Object.keys(bad).sort(), names(declared.attributes));
          const { before, after } = await el.evaluate(async (el, bad) => {
            const before = JSON.stringify([el.values, el.settings]);
            for (const [name, value] of Object.entries(bad)) el.setAttribute(name, value);
            await new Promise((resolve) => setTimeout(resolve, 100));
            return { before, after: JSON.stringify([el.values, el.settings]) };
          }, bad);
          assert.equal(after, before);
          const expected = [["beta", "many"], ...Object.entries(bad)];
          assert.deepEqual(
            await told.jsonValue(),
            expected.map(([name, value]) => ["bad-attribute", name, value]),
          );
        },
      ),
    ),

    claim("every method does what it says, and every event crosses the shadow's edge", () =>
      hosting(stage, { markup: "" }, async (visit) => {
        const { page } = visit;
        const heard = await page.evaluateHandle((events) => {
          /** @type {Record<string, unknown>} */
          const heard = {};
          for (const name of events) {
            document.addEventListener(name, (event) => {
              if (event instanceof CustomEvent) heard[name] ??= event.detail;
            });
          }
          document.body.innerHTML = `<vae-playground weights="none" views="status"></vae-playground>`;
          return heard;
        }, names(declared.events));
        const [el] = await readyElements(visit);
        const result = await el.evaluate(useEverything);
        assert.deepEqual(result.used.sort(), methods(declared));
        assert.equal(result.steps, 2);
        assert(result.millisecondsPerStep > 0);
        assert.equal(result.pixels, IMAGE);
        assert.equal(result.mean, 2);
        assert(result.elbo < 0);
        assert(result.isBuffer && result.same);
        assert.equal(result.seed, 5);
        const { error, ...others } = await heard.jsonValue();
        assert.deepEqual(
          Object.keys({ error, ...others }).sort(),
          names(declared.events),
          "not all events were heard",
        );
        assert.equal(/** @type {{ code: string }} */ (error).code, "bad-setting");
      }),
    ),

    claim("elements with one model name share the point, the training and one worker", () => {
      const already = site.sent.length;
      const markup =
        `<vae-playground model="a" views="plane" axes="sigma"></vae-playground>` +
        `<vae-playground model="a" views="digit" lang="zh"></vae-playground>`;
      return hosting(stage, { markup }, async (visit) => {
        const { page } = visit;
        const [one, two] = await readyElements(visit);
        await one.evaluate(async (el) => {
          el.latent = [0.5, 0.25];
          await el.train({ steps: 2 });
        });
        const told = await two.evaluate((el) => [
          el.latent,
          el.metrics.step,
          el.playground.language,
        ]);
        assert.deepEqual(told, [[0.5, 0.25], 2, "zh"]);
        assert.equal(await one.evaluate((el) => el.playground.language), "en");
        assert.equal(page.workers().length, 1);
        assert.deepEqual(twice(site.sent.slice(already)), []);
        await one.evaluate((el) => el.remove());
        assert.equal(await two.evaluate(async (el) => (await el.step()).steps), 1);
        await two.evaluate((el) => el.remove());
        await gone(() => page.workers().length);
      });
    }),

    claim("elements without one have models of their own, and share what is downloaded", () => {
      const already = site.sent.length;
      const markup = `<vae-playground views="digit"></vae-playground>`.repeat(2);
      return hosting(stage, { markup }, async (visit) => {
        const [one, two] = await readyElements(visit);
        const latents = await one.evaluate((el, other) => {
          el.latent = [1, 1];
          return [el.latent, other.latent];
        }, two);
        assert.deepEqual(latents, [
          [1, 1],
          [0, 0],
        ]);
        assert.equal(visit.page.workers().length, 0, "a digit alone wants no worker");
        const runs = [one, two].map((el) => el.evaluate((el) => el.train({ steps: 2 })));
        await Promise.all(runs);
        assert.equal(visit.page.workers().length, 2);
        const sent = site.sent.slice(already).filter(({ path }) => /wasm|weights|data/.test(path));
        assert.deepEqual(twice(sent), []);
      });
    }),

    claim("training waits while it is out of sight or the tab is hidden, and goes on after", () => {
      const markup =
        `<vae-playground views="status loss" weights="none"></vae-playground>` +
        `<p style="block-size: 4000px"></p>`;
      return hosting(stage, { markup }, async (visit) => {
        const { page } = visit;
        const [el] = await readyElements(visit);
        await el.evaluate((el) => {
          Object.assign(window, { run: el.train({ epochs: 2 }) });
        });
        const state = (/** @type {VaePlayground} */ el) => el.playground.status.state;
        const training = async () => {
          const from = await el.evaluate((el) => el.metrics.step);
          await page.waitForFunction((el, from) => el.metrics.step > from, {}, el, from);
        };
        const rests = async (/** @type {string} */ why) => {
          await becomes(page, why, state, "held", /** @type {any} */ (el));
          const stood = await el.evaluate(async (el) => {
            const { step } = el.metrics;
            await new Promise((resolve) => setTimeout(resolve, 400));
            return el.metrics.step === step;
          });
          assert(stood, `${why}: it trained on`);
        };
        await training();
        await page.evaluate(() => scrollTo(0, 3000));
        await rests("scrolled away");
        const text = await el.evaluate((el) => el.shadowRoot?.querySelector(".state")?.textContent);
        assert.match(text ?? "", /unseen/);
        await page.evaluate(() => scrollTo(0, 0));
        await training();
        const front = await page.browserContext().newPage();
        await front.bringToFront();
        await becomes(page, "the page", () => document.visibilityState, "hidden");
        await rests("another tab in front");
        await front.close();
        await page.bringToFront();
        await training();
        await page.evaluate(() => scrollTo(0, 3000));
        await rests("scrolled away again");
        const paused = await el.evaluate(async (el) => {
          await el.pause();
          const { steps } = await /** @type {any} */ (window).run;
          return { steps, all: el.metrics.step, state: el.playground.status.state };
        });
        assert.equal(paused.steps, paused.all);
        assert.equal(paused.state, "paused");
        await page.evaluate(() => scrollTo(0, 0));
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(await el.evaluate(state), "paused", "it ran again though it was paused");
      });
    }),

    claim("autoplay trains once it is in sight, and not before", () => {
      const markup =
        `<p style="block-size: 1400px"></p>` +
        `<vae-playground views="loss status" autoplay></vae-playground>`;
      return hosting(stage, { markup }, async (visit) => {
        const [el] = await readyElements(visit);
        const state = (/** @type {VaePlayground} */ el) => el.playground.status.state;
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.equal(await el.evaluate(state), "pretrained");
        await el.evaluate((el) => el.scrollIntoView());
        await visit.page.waitForFunction((el) => el.metrics.step > 0, {}, el);
        await el.evaluate((el) => el.pause());
      });
    }),

    claim("another engine goes on from where the one before was", () =>
      hosting(
        stage,
        { markup: `<vae-playground weights="none" views="loss"></vae-playground>` },
        async (visit) => {
          const [el] = await readyElements(visit);
          const { steps, reason, step } = await el.evaluate(async (el) => {
            const run = el.train({ steps: 60 });
            while (el.metrics.step < 10) await new Promise((resolve) => setTimeout(resolve, 10));
            el.engine = "cpu";
            const { steps } = await run;
            return { steps, reason: el.engineInfo?.reason, step: el.metrics.step };
          });
          assert.deepEqual({ steps, reason, step }, { steps: 60, reason: "requested", step: 60 });
        },
      ),
    ),

    claim("colours, light and dark are the page's to choose", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="digit"></vae-playground>`, theme: "dark" },
        async (visit) => {
          const [el] = await readyElements(visit);
          const themeOf = (/** @type {VaePlayground} */ el) => el.playground.theme;
          const theme = () => el.evaluate(themeOf);
          const paint = () =>
            el.evaluate((el) => {
              const layout = el.shadowRoot?.querySelector(".playground");
              return layout ? getComputedStyle(layout).backgroundColor : "";
            });
          assert.equal(await theme(), "light", "a page that says nothing is light");
          const light = await paint();
          await visit.page.evaluate(
            () => (document.documentElement.style.colorScheme = "light dark"),
          );
          await becomes(visit.page, "the theme", themeOf, "dark", /** @type {any} */ (el));
          assert.notEqual(await paint(), light);
          await el.evaluate((el) => el.style.setProperty("--vae-color-scheme", "light"));
          await becomes(visit.page, "the theme", themeOf, "light", /** @type {any} */ (el));
          await visit.page.addStyleTag({ content: "vae-playground { --vae-page: rgb(1, 2, 3) }" });
          assert.equal(await paint(), "rgb(1, 2, 3)");
          await visit.page.addStyleTag({
            content: "vae-playground::part(digit) { border-top: 7px solid }",
          });
          const border = await el.evaluate((el) => {
            const panel = el.shadowRoot?.querySelector(".digit");
            return panel && getComputedStyle(panel).borderTopWidth;
          });
          assert.equal(border, "7px");
        },
      ),
    ),

    claim("any views fit any width, without scrolling sideways", async () => {
      const sets = [
        "plane",
        "plane digit",
        "loss",
        "encoder plane digit controls",
        "lesson:kl digit",
      ];
      for (const width of [360, 768, 1440]) {
        const markup = sets.map((views) => `<vae-playground views="${views}"></vae-playground>`);
        await hosting(stage, { markup: markup.join(""), width }, async (visit) => {
          for (const element of await elementsOf(visit)) {
            await element.evaluate((el) => el.scrollIntoView());
            await element.evaluate((el) => el.ready);
            const { scroll, client } = await element.evaluate((el) => {
              const layout = /** @type {Element} */ (el.shadowRoot?.querySelector(".playground"));
              return { scroll: layout.scrollWidth, client: layout.clientWidth };
            });
            const views = await element.evaluate((el) => el.getAttribute("views"));
            assert(scroll <= client, `${views} at ${width}: ${scroll} in ${client}`);
          }
        });
      }
    }),
  ];
}

/** In the page: brings the element near, and counts what was moved until then. @param {VaePlayground} el */
async function transferredUntilReady(el) {
  document.querySelector(".pages-of-text")?.remove();
  await el.ready;
  const [navigation] = performance.getEntriesByType("navigation");
  const all = [navigation, ...performance.getEntriesByType("resource")];
  return all
    .map((entry) => /** @type {PerformanceResourceTiming} */ (entry).transferSize)
    .reduce((sum, size) => sum + size, 0);
}

/** @param {import("../visit.mjs").Visit} visit @returns {Promise<unknown[]>} the point before and after */
async function drag(visit) {
  const { page } = visit;
  const { middle } = await visit.place(".panel.plane canvas.layer");
  const [el] = await elementsOf(visit);
  const latent = () => el.evaluate((el) => el.latent);
  const before = await latent();
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y - 40, { steps: 8 });
  await page.mouse.up();
  return [before, await latent()];
}

/** In the page: calls each method. @param {VaePlayground} el */
async function useEverything(el) {
  el.latent = [0.5, -0.5];
  const { steps, millisecondsPerStep } = await el.train({ steps: 2 });
  await el.step(1);
  void el.train({ epochs: 1 });
  while (el.metrics.epoch < 1) await new Promise((resolve) => setTimeout(resolve, 20));
  await el.pause();
  const { elbo } = await el.evaluate("validation");
  const pixels = el.decode([0, 1]);
  const { mean } = el.encode(pixels);
  const file = el.exportWeights();
  await el.reset({ seed: 5 });
  const { seed } = el.settings;
  await el.importWeights(file);
  const same = el.decode([0, 1]).join() === pixels.join();
  await el.evaluate(/** @type {any} */ ("train")).catch(() => {}); // told as an event
  return {
    used: ["train", "pause", "step", "reset", "encode", "decode", "evaluate"].concat([
      "exportWeights",
      "importWeights",
    ]),
    ...{ steps, millisecondsPerStep, elbo, pixels: pixels.length, mean: mean.length },
    ...{ isBuffer: file instanceof ArrayBuffer, same, seed },
  };
}

/** @param {{ members: { kind: string, name: string }[] }} declaration */
function methods({ members }) {
  return members
    .filter(({ kind }) => kind === "method")
    .map(({ name }) => name)
    .sort();
}

/** Paths whose body was sent more than once. @param {import("../site.mjs").Sent[]} sent */
function twice(sent) {
  const paths = sent.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  return paths.filter((path, i) => paths.indexOf(path) !== i);
}

/** @param {() => number} count comes to nought soon */
async function gone(count) {
  for (let i = 0; i < 100 && count() > 0; i++) await new Promise((r) => setTimeout(r, 50));
  assert.equal(count(), 0);
}
