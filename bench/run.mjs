// A training step beside other libraries', and the page itself: `cargo xtask bench` builds what
// this needs and then runs it. README.md tells how to read what it prints.
//
//   --json FILE   writes every round, the versions and the machine
//   --quick       batch 128 and hidden 256 alone
//   --only NAME   parts and contestants whose name contains it
//   --software    the software WebGPU adapter, also where there is a GPU

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { Browsers } from "../tests/browser/browsers.mjs";
import { openSite } from "../tests/browser/site.mjs";
import { CONTESTANTS } from "./contestants.mjs";
import { chooseBrowser, machine } from "./machine.mjs";
import { native } from "./native.mjs";
import { page } from "./page.mjs";
import { CASES, steps } from "./steps.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    software: { type: "boolean", default: false },
  },
});
/** @param {string} name */
const wanted = (name) => name.toLowerCase().includes(options.only.toLowerCase());

const repository = fileURLToPath(new URL("..", import.meta.url));
const built = join(repository, "target/bench");
await build({
  entryPoints: [join(repository, "bench/contestants/tfjs.mjs")],
  outdir: built,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  format: "esm",
  logLevel: "error",
});
const site = await openSite(join(repository, "dist"), repository, {
  "/built/": built,
  "/stock/": join(repository, "pkg/stock"),
});
const browsers = new Browsers();
const began = performance.now();
try {
  const { kind, adapter } = await chooseBrowser(site, browsers, options.software);
  const browser = await browsers.get(kind);
  const report = { ...(await machine(browser)), adapter };
  console.log(`${report.browser}, ${report.cpus} × ${report.cpu}, ${report.date}`);
  console.log(`WebGPU adapter: ${adapter.name}${adapter.software ? ", which is software" : ""}`);

  const entries = Object.values(CONTESTANTS).filter(({ name }) => wanted("steps") || wanted(name));
  const cases = entries.length ? CASES.slice(0, options.quick ? 1 : undefined) : [];
  /** @type {unknown[]} */
  const measured = [];
  for (const problem of cases) measured.push(await steps(site, browser, problem, entries));
  const results = {
    ...report,
    steps: measured,
    page: wanted("page") ? await page({ site, browsers, repository }, kind) : null,
    native: wanted("native") ? await native(repository) : null,
    seconds: (performance.now() - began) / 1000,
  };
  if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 1)}\n`);
  console.log(`\nMeasured in ${(results.seconds / 60).toFixed(1)} minutes.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await browsers.close();
  site.close();
}
