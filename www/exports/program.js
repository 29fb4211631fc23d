// The program that does what the page does, for the settings on screen: a template of code, with
// values put in and the lines left out that other settings would need.
//
//   {{beta}}                          the value of that name
//   %if objective=elbo,tutorial       the lines up to %else or %end are for these values
//   %else
//   %end                              no %if stands within another

/** @typedef {import("../protocol.js").Settings} Settings */
/** @typedef {Record<string, string | number>} Values */

const MANIFEST = "manifest.json";

/** The programs there are: the template, and what to call a copy of it. */
export const PROGRAMS = /** @type {const} */ ([
  { name: "pytorch", template: "code/pytorch.py.txt", file: "vae.py" },
  { name: "burn", template: "code/burn.rs.txt", file: "main.rs" },
]);

/**
 * @param {string} template
 * @param {Values} values
 */
export function render(template, values) {
  let shown = true;
  const lines = template.split("\n").filter((line) => {
    const [, word, name, wanted] = /^%(if|else|end)(?: (\w+)=(\S+))?$/.exec(line) ?? [];
    if (word === "if") shown = wanted.split(",").includes(String(valueOf(values, name)));
    else if (word === "else") shown = !shown;
    else if (word === "end") shown = true;
    return shown && !word;
  });
  return lines.join("\n").replace(/\{\{(\w+)\}\}/g, (_, name) => String(valueOf(values, name)));
}

/** @param {Values} values @param {string} name */
function valueOf(values, name) {
  const value = values[name];
  if (value === undefined) throw new Error(`a program's template wants ${name}`);
  return value;
}

/**
 * Where a program finds the images: beside their manifest. Where a bundler gave every file a name of
 * its own there is no such folder, and the reader has to bring a copy.
 *
 * @param {string} manifest its address
 */
export function dataFolder(manifest) {
  return manifest.endsWith(`/${MANIFEST}`) ? manifest.slice(0, -MANIFEST.length) : "www/data/mnist";
}

/**
 * What the templates ask for.
 *
 * @param {Settings} settings
 * @param {string} data the folder of the images, or its address
 * @returns {Values}
 */
export function valuesOf({ preset, ...settings }, data) {
  const { beta, learningRate } = settings;
  return {
    ...settings,
    beta: decimal(beta),
    learningRate: decimal(learningRate),
    data,
  };
}

/**
 * A number that Rust too takes for a float. The core keeps single precision, in which 0.001 is
 * 0.0010000000475.
 *
 * @param {number} value
 */
function decimal(value) {
  const text = String(Number(value.toPrecision(7)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
