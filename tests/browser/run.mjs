// The page in real browsers, against the built site: `node tests/browser/run.mjs`.
//
//   --root FOLDER    the site to serve, default dist/
//   --only PATTERN   claims whose suite or name matches
//   --screenshot     makes docs/screenshot.png instead
//
// CHROMIUM and FIREFOX name the browsers' programs, NOTEBOOK_PYTHON a Python with IPython, which is
// else python3. It never passes by skipping: a browser that is not there, or a module that was not
// built, fails the claims that need it.

import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Browsers } from "./browsers.mjs";
import { run } from "./harness.mjs";
import { openSite } from "./site.mjs";
import { takeReadmePicture } from "./suites/screenshots.mjs";
import { suites } from "./suites/index.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    root: { type: "string", default: join(repository, "dist") },
    only: { type: "string", default: "" },
    screenshot: { type: "boolean", default: false },
  },
});

const root = resolve(values.root);
await access(join(root, "index.html")).catch(() => {
  console.error(`${root} has no index.html. Run \`cargo xtask dist\` first`);
  process.exit(1);
});
const site = await openSite(root, repository);
const browsers = new Browsers();
const stage = { site, browsers, repository };
try {
  if (values.screenshot) await takeReadmePicture(stage);
  else {
    const tidy = () => {
      site.faults.clear();
      site.rewrites.clear();
    };
    const failed = await run(suites(stage), new RegExp(values.only, "i"), tidy);
    process.exitCode = failed ? 1 : 0;
  }
} finally {
  await browsers.close();
  site.close();
}
