// <vae-playground> as others put it on their pages: every method and event, several on a page, and
// looks of the page's choosing.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { becomes, elementsOf, hosting, readyElements } from "../hosting.mjs";
import { declaredElement, namesOf } from "../manifest.mjs";

/** @typedef {import("../visit.mjs").VaePlayground} VaePlayground */

const IMAGE = 784;

/** @param {import("../visit.mjs").Stage} stage */
export function element(stage) {
  const { site } = stage;
  const declared = declaredElement(stage);
  return [
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
        }, namesOf(declared.events));
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
          namesOf(declared.events),
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

    claim("what a method cannot take is refused with a code, and changes nothing", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="digit" weights="none"></vae-playground>` },
        async (visit) => {
          const [el] = await readyElements(visit);
          const { outcomes, told, same } = await el.evaluate(misuse);
          const { image, values, latent, ...asked } = outcomes;
          assert.deepEqual(
            [image, values, latent],
            [
              ["image-size", "image-size"],
              ["image-values"],
              ["bad-latent", "bad-latent", "bad-latent", "bad-latent"],
            ],
          );
          assert.deepEqual(asked, {
            train: new Array(4).fill("bad-setting"),
            reset: ["bad-setting", "bad-setting", "bad-setting", "weights-fetch"],
            evaluate: ["bad-setting"],
            importWeights: ["weights-format", "weights-format"],
          });
          assert.deepEqual(told, Object.values(asked).flat(), "each is an event too");
          assert(same);
        },
      ),
    ),

    claim("its words follow the page around it, across a shadow root and as that changes", () =>
      hosting(stage, {}, async (visit) => {
        const { page } = visit;
        await page.evaluate(() => {
          document.documentElement.lang = "zh-CN";
          const around = document.createElement("div");
          document.body.append(around);
          const root = around.attachShadow({ mode: "open" });
          const el = document.createElement("vae-playground");
          el.setAttribute("views", "digit");
          root.append(el);
          Object.assign(window, { el, around });
          return /** @type {VaePlayground} */ (el).ready;
        });
        const language = () => /** @type {any} */ (window).el.playground.language;
        assert.equal(await page.evaluate(language), "zh");
        await page.evaluate(() => (document.documentElement.lang = "en"));
        await becomes(page, "the language", language, "en");
        await page.evaluate(() => /** @type {any} */ (window).around.setAttribute("lang", "zh"));
        await becomes(page, "the language", language, "zh");
        await page.evaluate(() => /** @type {any} */ (window).el.setAttribute("lang", "en"));
        await becomes(page, "the language", language, "en");
        await page.evaluate(() => /** @type {any} */ (window).around.setAttribute("lang", "zh-TW"));
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
        assert.equal(await page.evaluate(language), "en", "its own attribute has the say");
      }),
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

/** In the page: gives methods what they do not take. @param {VaePlayground} el */
async function misuse(el) {
  const any = /** @type {any} */ (el);
  /** @type {string[]} */
  const told = [];
  el.addEventListener("error", (event) =>
    told.push(/** @type {CustomEvent} */ (/** @type {Event} */ (event)).detail.code),
  );
  const state = () => JSON.stringify([[...el.decode([0, 0])], el.settings, el.metrics, el.latent]);
  const before = state();
  const codes = async (/** @type {(() => unknown)[]} */ ...calls) => {
    const codes = [];
    for (const call of calls) {
      try {
        await call();
        codes.push("taken");
      } catch (error) {
        codes.push(/** @type {{ code: string }} */ (error).code);
      }
    }
    return codes;
  };
  const nowhere = { weights: "http://[" };
  const outcomes = {
    train: await codes(...[null, 5, {}, { steps: "x" }].map((span) => () => any.train(span))),
    reset: await codes(...[null, 5, { seed: "x" }, nowhere].map((start) => () => any.reset(start))),
    evaluate: await codes(() => any.evaluate("train")),
    importWeights: await codes(...[null, 1e12].map((file) => () => any.importWeights(file))),
    image: await codes(...[null, [1, 2, 3]].map((pixels) => () => any.encode(pixels))),
    values: await codes(() => el.encode(new Array(784).fill(NaN))),
    latent: await codes(...[null, [1], [NaN, 0], [1, 2, 3]].map((z) => () => any.decode(z))),
  };
  return { outcomes, told, same: state() === before };
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
