// The browsers, each started when first wanted and closed at the end.

import puppeteer from "puppeteer-core";

/** @typedef {import("puppeteer-core").Browser} Browser */
/** @typedef {"chromium" | "scroll-bars" | "webgpu" | "gpu" | "firefox"} Kind */

const { CHROMIUM = "/usr/bin/chromium", FIREFOX = "/usr/bin/firefox-esr" } = process.env;

const ARGUMENTS = [
  "--no-sandbox", // containers run it as root
  "--disable-dev-shm-usage", // where /dev/shm is small
  // No request leaves this machine, wherever it was meant to go.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const NO_SCROLL_BARS = "--hide-scrollbars"; // which Puppeteer asks for by itself

/** WebGPU in software. */
const SWIFTSHADER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** WebGPU on the machine's own GPU, also where headless Chromium would not trust its driver. */
const GPU = ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--ignore-gpu-blocklist"];

/** @type {Record<Kind, () => Promise<Browser>>} */
const LAUNCH = {
  chromium: () => launchChromium(ARGUMENTS),
  /** With scroll bars that take room, as on Windows and Linux. */
  "scroll-bars": () => launchChromium(ARGUMENTS, [NO_SCROLL_BARS]),
  webgpu: () => launchChromium([...ARGUMENTS, ...SWIFTSHADER]),
  gpu: () => launchChromium([...ARGUMENTS, ...GPU]),
  firefox: () =>
    puppeteer.launch({
      browser: "firefox",
      executablePath: FIREFOX,
      headless: true,
      timeout: 90e3,
    }),
};

/** @param {string[]} args @param {string[]} [ignoreDefaultArgs] */
function launchChromium(args, ignoreDefaultArgs) {
  return puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    args,
    ignoreDefaultArgs,
    timeout: 90_000,
    protocolTimeout: 300_000,
  });
}

export class Browsers {
  /** @type {Map<Kind, Promise<Browser>>} */
  #open = new Map();

  /** @param {Kind} kind */
  get(kind) {
    let browser = this.#open.get(kind);
    if (!browser) {
      browser = LAUNCH[kind]();
      this.#open.set(kind, browser);
    }
    return browser;
  }

  /** Leaves the machine to the browser that is measured. @param {Kind} [kind] all where absent */
  async close(kind) {
    for (const [name, browser] of this.#open) {
      if (kind && name !== kind) continue;
      this.#open.delete(name);
      await browser.then(
        (open) => open.close(),
        () => {},
      );
    }
  }
}
