// One visit to the page in a browser profile of its own: cold caches, and nothing goes wrong
// unseen. Console errors, page errors, failed requests and requests elsewhere fail the claim.

import assert from "node:assert/strict";

/** @typedef {import("../../www/vae-playground.js").VaePlaygroundElement} VaePlayground */
/** @typedef {import("puppeteer-core").BrowserContext} Profile */
/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {import("puppeteer-core").ElementHandle<VaePlayground>} Handle */
/**
 * Where the page is, and the origins of the frames that are in it on purpose.
 *
 * @typedef {{ origin: string, address: (query?: string) => string, guests?: string[] }} Place
 */

/**
 * @typedef {object} Stage
 * @property {import("./site.mjs").Site} site
 * @property {import("./browsers.mjs").Browsers} browsers
 * @property {string} repository
 */

/**
 * @typedef {object} Wishes
 * @property {import("./browsers.mjs").Kind} [kind] of browser, Chromium without WebGPU by default
 * @property {string} [query] of the page's address
 * @property {import("puppeteer-core").Viewport} [viewport]
 * @property {Profile} [profile] one that was here before
 * @property {boolean} [serviceWorker] whether the page may have one. Without it every answer is the
 *   site's, and nothing is fetched beside what is measured
 * @property {(page: Page) => Promise<unknown>} [before] what must be in place before the page loads
 * @property {RegExp[]} [expected] trouble that is to come before the page is ready
 */

export class Visit {
  /** @type {string[]} */
  troubles = [];
  /** Troubles that the claim is about. @type {RegExp[]} */
  #expected = [];

  /** @param {Place} site @param {Page} page @param {boolean} ownsProfile */
  constructor(site, page, ownsProfile) {
    this.site = site;
    this.page = page;
    this.ownsProfile = ownsProfile;
    page.on("console", (message) => {
      const said = message.type();
      if (said === "error" || said === "warn") this.#note(`console ${said}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#note(`page error: ${error}`));
    page.on("request", (request) => {
      const url = request.url();
      const known = [site.origin, ...(site.guests ?? [])];
      const here =
        known.some((origin) => url.startsWith(origin)) || /^(data|blob|about):/.test(url);
      if (!here) this.#note(`request to another origin: ${url}`);
    });
    page.on("requestfailed", (request) => {
      this.#note(`failed request: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.#note(`HTTP ${response.status()}: ${response.url()}`);
    });
  }

  /** @type {Handle} */
  get element() {
    assert(this.handle, "the page has not been opened");
    return this.handle;
  }

  /** @param {Wishes} wishes */
  async open({ query, before, serviceWorker, viewport }) {
    const { page, site } = this;
    page.setDefaultTimeout(60_000);
    await page.setViewport(viewport ?? { width: 1440, height: 1000 });
    if (!serviceWorker) await page.evaluateOnNewDocument(withoutServiceWorker);
    await before?.(page);
    await page.goto(site.address(query), { waitUntil: "domcontentloaded" });
    /** @type {Handle | undefined} */
    this.handle = /** @type {any} */ (await page.waitForSelector("vae-playground"));
    await page.evaluate(() => customElements.whenDefined("vae-playground"));
    await this.element.evaluate((playground) => playground.ready);
    await this.frames(2);
  }

  /** Names trouble that is to come, so that it is not counted. @param {...RegExp} patterns */
  expect(...patterns) {
    this.#expected.push(...patterns);
  }

  /** Lets the page draw. @param {number} [count] */
  async frames(count = 2) {
    await this.page.evaluate(async (frames) => {
      for (let i = 0; i < frames; i++) await new Promise(requestAnimationFrame);
    }, count);
  }

  /** @param {string} selector inside the element */
  async find(selector) {
    const found = await this.page.waitForSelector(`vae-playground >>> ${selector}`);
    assert(found, `nothing is ${selector}`);
    return found;
  }

  /** The middle, and the box around it. @param {string} selector inside the element */
  async place(selector) {
    const found = await this.find(selector);
    await found.evaluate((node) => node.scrollIntoView({ block: "center" }));
    const box = await found.boundingBox();
    assert(box, `${selector} is not to be seen`);
    return { ...box, middle: { x: box.x + box.width / 2, y: box.y + box.height / 2 } };
  }

  /** Fails where anything went wrong that was not expected. */
  checkQuiet() {
    assert.deepEqual(this.troubles, [], `what went wrong:\n${this.troubles.join("\n")}`);
  }

  async close() {
    const { page } = this;
    if (this.ownsProfile) await page.browserContext().close();
    else await page.close();
  }

  /** @param {string} trouble */
  #note(trouble) {
    if (!this.#expected.some((pattern) => pattern.test(trouble))) this.troubles.push(trouble);
  }
}

/** As on an address that is neither https nor localhost. Runs in the page. */
function withoutServiceWorker() {
  Object.defineProperty(Navigator.prototype, "serviceWorker", { value: undefined });
}

/**
 * Opens the page, does what is to be done, and checks that nothing went wrong on the way.
 *
 * @param {{ site: Place, browsers: Stage["browsers"] }} stage
 * @param {Wishes} wishes
 * @param {(visit: Visit) => Promise<void>} act
 */
export async function visiting({ browsers, site }, wishes, act) {
  const browser = await browsers.get(wishes.kind ?? "chromium");
  const profile = wishes.profile ?? (await browser.createBrowserContext());
  const visit = new Visit(site, await profile.newPage(), !wishes.profile);
  visit.expect(...(wishes.expected ?? []));
  await accompany(visit, async () => {
    await visit.open(wishes);
    await act(visit);
  });
}

/**
 * Does what is to be done in a visit, checks that nothing went wrong on the way, and ends it.
 *
 * @param {Visit} visit
 * @param {() => Promise<void>} act
 */
export async function accompany(visit, act) {
  try {
    await act();
    visit.checkQuiet();
  } catch (error) {
    const told = visit.troubles.map((trouble) => `\n  also: ${trouble}`).join("");
    if (error instanceof Error) error.message += told;
    throw error;
  } finally {
    await visit.close();
  }
}
