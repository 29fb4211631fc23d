// What an author pastes to show a state on a page elsewhere: a frame, or the element itself.

import { attributesOf, rounded, writeState } from "./state.js";

/** @import { State } from "./state.js" */

/** What has no attribute: after `ready` a script sets it. */
const SCRIPTED = /** @type {const} */ (["reconstruction", "initialisation", "hidden"]);

/**
 * What views take in a frame 720 to 900 px wide, in px; measured, and within a tenth for the usual
 * choices. A page that listens makes the frame exactly as tall as it must be.
 */
const HEIGHTS = { link: 50, toolbar: 130, plane: 750, planeBesideOthers: 600, digit: 290 };
/** Of a figure under the plane, and of all of them together; and of one where no plane is. */
const FIGURE = { underPlane: 200, allUnderPlane: 400, alone: 350 };

/**
 * @param {State} state
 * @param {URL} page embed.html's address
 * @param {{ title: string, fits: boolean }} options `fits`: with the script that follows the height
 */
export function frameCode(state, page, { title, fits }) {
  const address = new URL(page);
  address.search = writeState(state);
  const frame =
    `<iframe src="${escaped(address.href)}" title="${escaped(title)}" width="100%"` +
    ` height="${heightOf(state)}" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`;
  return fits ? `${frame}\n${FITTING}` : frame;
}

/** For the page around: each frame as tall as the page in it says. */
export const FITTING = `<script>
  addEventListener("message", ({ data, source }) => {
    if (data?.type !== "vae-playground:height") return;
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === source) frame.height = data.height;
  });
</script>`;

/**
 * @param {State} state
 * @param {URL} script vae-playground.js's address
 */
export function elementCode(state, script) {
  const { z, image, extent, theme, ...rest } = state;
  for (const name of SCRIPTED) delete rest[name];
  // The window may follow the image that the script chooses.
  if (image === undefined) Object.assign(rest, { extent });
  const attributes = attributesOf(rest).map(([name, value]) =>
    value === "true" ? ` ${name}` : ` ${name}="${escaped(value)}"`,
  );
  return [
    `<script type="module" src="${escaped(script.href)}"></script>`,
    `<vae-playground${attributes.join("")}></vae-playground>`,
    ...scriptOf(state),
  ].join("\n");
}

/** @param {State} state @returns {string[]} */
function scriptOf(state) {
  const settings = SCRIPTED.filter((name) => state[name] !== undefined);
  const lines = [];
  if (settings.length) {
    const values = settings.map((name) => `${name}: ${JSON.stringify(state[name])}`);
    lines.push(`  vae.settings = { ${values.join(", ")} };`);
  }
  if (settings.length && state.weights === "none") {
    lines.push(`  await vae.reset({ weights: "none" }); // they decide the first weights`);
  }
  if (state.image !== undefined) {
    lines.push(`  vae.image = ${state.image};`);
    if (state.extent) lines.push(`  vae.extent = [${state.extent.join(", ")}];`);
  }
  if (state.z) lines.push(`  vae.latent = [${state.z.map(rounded).join(", ")}];`);
  if (!lines.length) return [];
  const opening = `  const vae = document.querySelector("vae-playground");\n  await vae.ready;`;
  return [`<script type="module">`, opening, ...lines, `</script>`];
}

/** @param {State} state */
function heightOf({ views, hide = [] }) {
  const shows = (/** @type {string} */ name) =>
    (!views || views.includes(name)) && !hide.includes(name);
  const figures = ["encoder", "reconstructions", "loss", "log"].filter(shows).length;
  const bar = shows("controls") || shows("status") ? HEIGHTS.toolbar : 0;
  const around = HEIGHTS.link + bar;
  if (!shows("plane")) {
    return around + (shows("digit") ? HEIGHTS.digit : 0) + figures * FIGURE.alone;
  }
  const isAlone = !shows("digit") && figures === 0;
  const plane = isAlone ? HEIGHTS.plane : HEIGHTS.planeBesideOthers;
  return around + plane + Math.min(figures * FIGURE.underPlane, FIGURE.allUnderPlane);
}

/** Safe in an attribute's double quotes. @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
