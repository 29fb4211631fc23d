// Links: what is on screen is in the address, and an address opens as what was on screen.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { becomes } from "../hosting.mjs";
import { addressKeys } from "./address-keys.mjs";
import { DIGIT, PLANE, chooseFromMenu, pixelsOf } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @typedef {import("../visit.mjs").Stage} Stage */
/** @typedef {import("../visit.mjs").Visit} Visit */

/** A change is in the address after 400 ms. */
const WRITTEN_MS = 700;

const written = () => new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));

/** @param {Visit} visit */
const fragment = ({ page }) => new URL(page.url()).hash;

/** @param {Visit} visit what must be the same after opening a link */
async function screen(visit) {
  // The image and then the point come last.
  await visit.page.waitForFunction((el) => el.playground.selected >= 0, {}, visit.element);
  const facts = await visit.element.evaluate((el) => ({
    settings: el.settings,
    axes: el.playground.plane.axes,
    // The window's corners, to a thousandth: four decimals are kept of its middle and half width.
    window: [0, 1].flatMap((at) =>
      [...el.playground.plane.toLatent(at, at)].map((z) => Math.round(z * 1e3) / 1e3),
    ),
    layers: el.playground.layers,
    logarithmic: el.playground.logarithmic,
    boxes: [...(el.shadowRoot?.querySelectorAll("input[type=checkbox]") ?? [])].map(
      (box) => /** @type {HTMLInputElement} */ (box).checked,
    ),
    pressed: el.shadowRoot?.querySelector(".legend [aria-pressed=true]")?.textContent,
    language: el.playground.language,
    image: el.playground.selected,
    views: el.getAttribute("views"),
    source: el.playground.source,
  }));
  const latent = await visit.element.evaluate((el) => el.latent);
  return { facts, latent, digit: await pixelsOf(visit.element, DIGIT) };
}

/** @typedef {Awaited<ReturnType<typeof screen>>} Screen */

/** @param {Screen} ours @param {Screen} theirs */
function assertSame(ours, theirs) {
  assert.deepEqual(ours.facts, theirs.facts);
  // Four decimals are kept, and none of it may show.
  theirs.latent.forEach((z, i) =>
    assert(Math.abs(ours.latent[i] - z) < 0.00006, `${ours.latent} was ${theirs.latent}`),
  );
  assert.equal(ours.digit.length, theirs.digit.length);
  const apart = Math.max(...ours.digit.map((value, i) => Math.abs(value - theirs.digit[i])));
  assert(apart <= 1, `pixels differ by ${apart} grey levels`);
}

/** @param {Visit} visit */
function allowClipboard({ page, site }) {
  const permissions = /** @type {const} */ ([
    "clipboard-read",
    "clipboard-write",
    "clipboard-sanitized-write",
  ]);
  return page.browserContext().overridePermissions(site.origin, [...permissions]);
}

/** @param {Visit} visit */
async function copiedLink(visit) {
  await allowClipboard(visit);
  await chooseFromMenu(visit, "share.link");
  await visit.page.waitForSelector("vae-playground >>> .told:popover-open");
  const told = await visit.page.$eval("vae-playground >>> .told", (node) => node.textContent);
  const link = await visit.page.evaluate(() => navigator.clipboard.readText());
  assert(link.startsWith(visit.site.address()), link);
  return { link, told, query: link.slice(visit.site.address().length) };
}

/** @param {Visit} visit */
async function changeEverything({ page, element, ...visit }) {
  await page.$eval("input[name=language][value=zh]", (radio) => /** @type {any} */ (radio).click());
  await element.evaluate(async (el) => {
    el.settings = { beta: 4, learningRate: 0.003, reconstruction: "bernoulli", seed: 7, epochs: 3 };
    el.setAttribute("views", "plane,digit,encoder,controls");
    el.playground.select(3);
  });
  const radio = await page.waitForSelector("vae-playground >>> .axes-switch input[value=sigma]");
  await radio?.evaluate((node) => node.closest("label")?.click());
}

/** By hand: layers, label, zoom and pan, the loss's axis. @param {Visit} visit */
async function changeLook(visit) {
  const { page } = visit;
  const press = async (/** @type {string} */ selector) => (await visit.find(selector)).click();
  await press(".axes-switch label:has(input[value=sigma])");
  for (const place of [1, 3, 5]) await press(`.layers label:nth-of-type(${place}) input`);
  await press(".legend button.label-3");
  await press(".loss-foot input");
  for (let i = 0; i < 4; i++) await press(".zoom button:nth-of-type(2)");
  const { middle } = await visit.place(PLANE);
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down({ button: "right" });
  await page.mouse.move(middle.x - 80, middle.y + 33, { steps: 3 });
  await page.mouse.up({ button: "right" });
}

/** The playground is there, its model of that hidden width. @param {Visit} visit @param {number} width */
async function isSeenAndWide(visit, width) {
  const look = (/** @type {any} */ el) => JSON.parse(el.playground.model.settings()).hidden;
  await becomes(visit.page, "the hidden width", look, width, visit.element);
  const box = await (await visit.find(PLANE)).boundingBox();
  assert(box && box.width > 100, "the plane is not to be seen");
}

/** @param {Visit} visit */
async function drag({ page, ...visit }, place = { x: 0, y: 0 }) {
  await page.mouse.move(place.x, place.y);
  await page.mouse.down();
  for (let i = 1; i <= 30; i++) {
    await page.mouse.move(place.x + 3 * i, place.y - 2 * i);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await page.mouse.up();
}

/** @param {Stage} stage */
export function links(stage) {
  return [
    claim("a copied link opens in a fresh profile as what was on screen", () =>
      visiting(stage, {}, async (visit) => {
        assert.equal(fragment(visit), "", "the page as it opens has nothing to say");
        await changeEverything(visit);
        await drag(visit, (await visit.place(PLANE)).middle);
        await written();
        const { link, told, query } = await copiedLink(visit);
        assert.equal(link, visit.page.url(), "the address is the link");
        assert.equal(told, "已复制。");
        const here = await screen(visit);
        await visiting(stage, { query }, async (other) => assertSame(await screen(other), here));
      }),
    ),
    claim("a link holds the plane's window, layers and label, and the loss's axis", () =>
      visiting(stage, { query: "#lang=en" }, async (visit) => {
        await changeLook(visit);
        await written();
        assert.match(
          fragment(visit),
          /^#axes=sigma&extent=[\d.-]+,[\d.-]+,1\.2288&layers=codes,posterior,numerals,label:3&log-steps=true$/,
        );
        const here = await screen(visit);
        await visiting(stage, { query: fragment(visit) }, async (other) => {
          assertSame(await screen(other), here);
          await written();
          assert.equal(fragment(other), fragment(visit), "and it stays as it was");
          await other.page.evaluate(() => (location.hash = "#lang=en"));
          const usual = { tiles: true, codes: true, prior: true, posterior: true };
          const layers = { ...usual, numerals: false, label: -1 };
          const look = (/** @type {any} */ el) => el.playground.layers;
          await becomes(other.page, "layers", look, layers, other.element);
          const { facts } = await screen(other);
          assert.deepEqual(
            [facts.axes, facts.logarithmic, facts.pressed],
            ["phi", false, undefined],
          );
        });
        const query = `embed.html?${fragment(visit).slice(1)}`;
        await visiting(stage, { query }, async (frame) => assertSame(await screen(frame), here));
      }),
    ),
    claim(
      "a link with another hidden width opens a model of that width, to be seen and trained",
      async () => {
        for (const query of ["#hidden=64", "?hidden=64&weights=none"]) {
          await visiting(stage, { query }, async (visit) => {
            await isSeenAndWide(visit, 64);
            await screen(visit);
            assert.equal(
              await visit.element.evaluate(async (el) => (await el.train({ steps: 2 })).steps),
              2,
            );
            assert.equal(fragment(visit).includes("hidden=64"), true);
          });
        }
      },
    ),
    claim("after a wider model's file was opened, a reload shows the playground, as wide", () =>
      visiting(stage, {}, async (visit) => {
        const { page, element } = visit;
        await element.evaluate(async (el) => {
          el.settings = { hidden: 320 };
          await el.reset({ weights: "none" });
          const file = el.exportWeights();
          await el.reset({ preset: "elbo" });
          await el.importWeights(file);
        });
        await isSeenAndWide(visit, 320);
        await written();
        assert.match(fragment(visit), /weights=none&hidden=320/);
        await page.reload({ waitUntil: "domcontentloaded" });
        visit.handle = /** @type {any} */ (await page.waitForSelector("vae-playground"));
        await page.evaluate(() => customElements.whenDefined("vae-playground"));
        await visit.element.evaluate((el) => el.ready);
        await isSeenAndWide(visit, 320);
      }),
    ),
    claim("an address that names another model leaves the page whole", () =>
      visiting(stage, { query: "#model=a&lang=en" }, async (visit) => {
        const { page, element } = visit;
        await page.evaluate(() => (location.hash = "#model=b&seed=9&lang=zh"));
        await becomes(page, "the seed", (el) => el.settings.seed, 9, /** @type {any} */ (element));
        await page.waitForFunction(() => document.documentElement.lang === "zh-Hans");
        await written();
        assert.equal(fragment(visit), "#seed=9&model=a&lang=zh");
        assert.equal((await copiedLink(visit)).told, "已复制。");
      }),
    ),
    ...addressKeys(stage),
    claim("a link to random weights opens with the same ones, and the address keeps them", () =>
      visiting(stage, {}, async (visit) => {
        await visit.element.evaluate(async (el) => {
          await el.reset({ preset: "tutorial" });
          el.settings = { initialisation: "kaiming", seed: 11 };
          await el.reset({ weights: "none" });
          el.latent = [0.4, -1.1];
        });
        await written();
        const wanted = "#preset=tutorial&weights=none&seed=11&initialisation=kaiming&z=0.4,-1.1";
        assert.equal(fragment(visit), wanted);
        const here = await screen(visit);
        await visiting(stage, { query: wanted }, async (other) => {
          assertSame(await screen(other), here);
          await written();
          assert.equal(fragment(other), wanted);
        });
      }),
    ),
    claim("a link from a model trained here says that it opens where the run began", () =>
      visiting(stage, { query: "?lang=en&seed=5&weights=none" }, async (visit) => {
        await visit.element.evaluate((el) => el.train({ steps: 3 }));
        await written();
        const { told, query } = await copiedLink(visit);
        assert.match(told ?? "", /trained or imported here/);
        assert.match(query, /^#weights=none&seed=5&z=.*&lang=en$/);
      }),
    ),
    claim("a moving point is written every 300 ms at most, and where it stopped", () =>
      visiting(stage, { before: countWrites }, async (visit) => {
        await drag(visit, (await visit.place(PLANE)).middle);
        await written();
        const times = await visit.page.evaluate(() => /** @type {any} */ (window).writes);
        assert(times.length >= 3, `${times.length} writes`);
        for (let i = 1; i < times.length; i++) {
          assert(times[i] - times[i - 1] >= 300, `${times[i] - times[i - 1]} ms between writes`);
        }
        const [z1, z2] = await visit.element.evaluate((el) => el.latent);
        const z = [z1, z2].map((z) => Number(z.toFixed(4)) + 0).join(",");
        assert.equal(fragment(visit), `#z=${z}`);
      }),
    ),
    claim("a pasted address and the back button show what they say", () =>
      visiting(stage, { query: "#beta=2&lang=en" }, async (visit) => {
        const { page, element } = visit;
        await page.evaluate(() => (location.hash = "#preset=autoencoder&axes=sigma&z=1,2&lang=zh"));
        await page.waitForFunction((el) => el.playground.source === "autoencoder", {}, element);
        await written();
        const there = await screen(visit);
        assert.equal(there.facts.settings.preset, "autoencoder");
        assert.equal(there.facts.axes, "sigma");
        assert.equal(there.facts.language, "zh");
        assert.deepEqual(there.latent, [1, 2]);
        await page.goBack();
        await page.waitForFunction((el) => el.playground.source === "elbo", {}, element);
        await written();
        const back = await screen(visit);
        assert.equal(back.facts.settings.beta, 2);
        assert.equal(back.facts.axes, "phi");
        assert.equal(back.facts.language, "en");
      }),
    ),
    claim(
      "an address that names the weights that training began with leaves the trained ones",
      () =>
        visiting(stage, { query: "#weights=none" }, async ({ page, element }) => {
          await element.evaluate((el) => el.train({ steps: 2 }));
          await page.evaluate(() => (location.hash = "#weights=none&beta=3&z=1,1"));
          await page.waitForFunction((el) => el.settings.beta === 3, {}, element);
          assert.equal(await element.evaluate((el) => el.metrics.step), 2);
        }),
    ),
    claim("an old link works: its query, keys of another version, a value that cannot be", () =>
      visiting(
        stage,
        {
          query: "?engine=cpu&preset=tutorial&seed=7&lang=zh&from=mail&beta=-4#z=1,-1&tab=3&beta=x",
          before: hearFromTheStart,
        },
        async (visit) => {
          const { facts, latent } = await screen(visit);
          assert.equal(facts.settings.preset, "tutorial");
          assert.equal(facts.settings.seed, 7);
          assert.equal(facts.language, "zh");
          assert.deepEqual(latent, [1, -1]);
          await written();
          const { search, hash } = new URL(visit.page.url());
          assert.equal(search, "?from=mail");
          assert.equal(hash, "#preset=tutorial&seed=7&engine=cpu&z=1,-1&lang=zh");
          const codes = await visit.page.evaluate(() => /** @type {any} */ (window).heard);
          assert(
            codes.length > 0 && codes.every((/** @type {string} */ c) => c === "bad-attribute"),
          );
        },
      ),
    ),
    claim("what cannot be used in an address is told in the reader's own words", () =>
      visiting(stage, { query: "?lang=zh#z=1e300,0" }, async (visit) => {
        const told = async () =>
          (await visit.find(".alert [role=alert]")).evaluate((node) => node.textContent);
        await visit.page.waitForSelector("vae-playground >>> .alert:popover-open");
        assert.match(
          (await told()) ?? "",
          /^“z”不能设为“1e300,0”，因此保持原来的值。可用的值：两个 −1,000 到 1,000 之间的数/,
        );
        await visit.page.evaluate(() => (location.hash = `#x=${"9".repeat(9_000)}`));
        const tooLong = (/** @type {any} */ el) =>
          /9,003 .*8,192 /.test(el.shadowRoot.querySelector(".alert").textContent);
        await visit.page.waitForFunction(tooLong, {}, visit.element);
      }),
    ),
    claim(
      "weights that do not come are named, with what the server said or what may be in the way",
      () =>
        visiting(stage, { query: "#lang=en" }, async (visit) => {
          const { page, element } = visit;
          visit.expect(/404|none-here/, /nobody\.invalid/, /Content.Security.Policy/);
          const isTold = (/** @type {any} */ el, /** @type {string} */ words) =>
            el.shadowRoot.querySelector(".alert").textContent.includes(words);
          for (const [lang, weights, words] of [
            [
              "en",
              "none-here.safetensors",
              "none-here.safetensors could not be downloaded: its server answered 404.",
            ],
            [
              "en",
              "https://nobody.invalid/w.safetensors",
              "nobody.invalid/w.safetensors could not be downloaded: no answer came",
            ],
            ["en", "https://nobody.invalid/w.safetensors", "Content-Security-Policy"],
            ["zh", "https://nobody.invalid/v.safetensors", "内容安全策略"],
          ]) {
            const hash = new URLSearchParams({ lang, weights });
            await page.evaluate((hash) => (location.hash = hash), String(hash));
            await page.waitForFunction(isTold, {}, element, words);
            await page.evaluate(() => (location.hash = "#lang=en"));
          }
        }),
    ),
    claim("#lesson opens at the lesson, and the link to it leaves the state in the address", () =>
      visiting(stage, { query: "#lesson" }, async (visit) => {
        const { page } = visit;
        const isThere = () =>
          (document.getElementById("lesson")?.getBoundingClientRect().top ?? Infinity) < 100;
        await page.waitForFunction(isThere);
        assert.equal(fragment(visit), "#lesson");
        await page.evaluate(() => scrollTo(0, 0));
        await visit.element.evaluate((el) => (el.latent = [1, 2]));
        await written();
        assert.equal(fragment(visit), "#z=1,2");
        await page.click("a[href='#lesson']");
        await page.waitForFunction(isThere);
        assert.equal(await page.evaluate(() => document.activeElement?.id), "lesson");
        assert.equal(fragment(visit), "#z=1,2");
      }),
    ),
    claim(
      "where the clipboard is refused, the text is selected, and a screen reader hears so",
      () =>
        visiting(stage, { query: "?lang=en&seed=3", before: refuseClipboard }, async (visit) => {
          await chooseFromMenu(visit, "share.link");
          const text = await visit.find(".share-dialog[open] textarea");
          const selected = await text.evaluate((node) => {
            const { value, selectionStart, selectionEnd } = /** @type {HTMLTextAreaElement} */ (
              node
            );
            return value.slice(selectionStart, selectionEnd);
          });
          assert.equal(selected, visit.site.address("#seed=3&lang=en"));
          const status = await visit.find(".share-dialog [role=status]");
          assert.match((await status.evaluate((node) => node.textContent)) ?? "", /Ctrl\+C/);
          await visit.page.keyboard.press("Escape");
          await visit.frames();
          const focused = await visit.element.evaluate(
            (el) => el.shadowRoot?.activeElement?.className,
          );
          assert.equal(focused, "menu-button");
        }),
    ),
    claim("embed code is shown in each form, and Copy copies what is shown", () =>
      visiting(stage, { query: "?lang=en&seed=3" }, async (visit) => {
        const { page } = visit;
        await allowClipboard(visit);
        await chooseFromMenu(visit, "share.embed");
        for (const [form, pattern] of /** @type {[string, RegExp][]} */ ([
          ["element", /^<script type="module" src="[^"]*"><\/script>\n<vae-playground seed="3"/],
          ["link", /^http:\/\/\S+#seed=3&lang=en$/],
          ["frame", /^<iframe src="[^"]*embed\.html\?seed=3&amp;lang=en" title="VAE Playground"/],
        ])) {
          const radio = await visit.find(`.share-dialog input[value=${form}]`);
          await radio.evaluate((node) => node.closest("label")?.click());
          await (await visit.find(".share-dialog .primary")).click();
          await page.waitForFunction(
            (el) => el.shadowRoot?.querySelector(".share-dialog [role=status]")?.textContent,
            {},
            visit.element,
          );
          const shown = await page.$eval(
            "vae-playground >>> .share-dialog textarea",
            (n) => n.value,
          );
          assert.match(shown, pattern);
          assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown);
        }
      }),
    ),
  ];
}

/** @param {import("puppeteer-core").Page} page */
const countWrites = (page) =>
  page.evaluateOnNewDocument(() => {
    /** @type {number[]} */
    const writes = [];
    Object.assign(window, { writes });
    const replace = history.replaceState.bind(history);
    history.replaceState = (...words) => {
      writes.push(performance.now());
      replace(...words);
    };
  });

/** @param {import("puppeteer-core").Page} page */
const hearFromTheStart = (page) =>
  page.evaluateOnNewDocument(() => {
    /** @type {string[]} */
    const heard = [];
    Object.assign(window, { heard });
    addEventListener("error", (event) => {
      const { detail } = /** @type {CustomEvent} */ (/** @type {Event} */ (event));
      heard.push(detail?.code ?? "none");
    });
  });

/** @param {import("puppeteer-core").Page} page */
const refuseClipboard = (page) =>
  page.evaluateOnNewDocument(() => {
    const refused = new DOMException("refused", "NotAllowedError");
    navigator.clipboard.writeText = () => Promise.reject(refused);
  });
