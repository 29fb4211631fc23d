// What the page hands to the reader as files.

import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("./visit.mjs").Visit} Visit */
/** @typedef {{ name: string, bytes: Buffer }} Download */

const LATE_MS = 30_000;

/**
 * Does what `work` does with a function that waits for the file which an action makes.
 *
 * @param {Visit} visit in Chromium
 * @param {(download: (act: () => Promise<unknown>) => Promise<Download>) => Promise<void>} work
 */
export async function downloading({ page }, work) {
  const folder = await mkdtemp(join(tmpdir(), "vae-downloads-"));
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: folder,
    browserContextId: page.browserContext().id,
  });
  try {
    await work(async (act) => {
      const before = new Set(await readdir(folder));
      await act();
      for (const began = Date.now(); Date.now() - began < LATE_MS; await pause(50)) {
        const name = (await readdir(folder)).find((name) => !before.has(name));
        // Under another name until it is whole.
        if (!name || name.endsWith(".crdownload") || name.startsWith(".")) continue;
        const file = { name, bytes: await readFile(join(folder, name)) };
        await rm(join(folder, name));
        return file;
      }
      assert.fail("no file came");
    });
  } finally {
    await session.detach();
    await rm(folder, { recursive: true });
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
