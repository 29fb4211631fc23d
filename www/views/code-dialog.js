// "Show the code": the program in PyTorch or burn that does what the page does, for the settings on
// screen, to read and to copy.
import { PlaygroundError } from "../errors.js";
import { PROGRAMS, dataFolder, render, valuesOf } from "../exports/program.js";
import { saveFile } from "../exports/save.js";
import { locate } from "../files.js";
import { createDialog, openDialog } from "./dialog.js";
import { button, listen, make, say } from "./dom.js";

/** @import { Playground } from "../playground.js" */
/** @typedef {{ name: string, file: string, text: string }} Program */

/**
 * Opens the dialog; it is gone when the reader closes it.
 * @param {Playground} playground
 * @param {HTMLElement} place where in the page
 */
export async function showCode(playground, place) {
  const programs = await writePrograms(playground);
  const note = say(playground, make("p", { class: "hint" }), "code.note");
  const text = make("pre", { class: "lines", tabindex: 0 });
  const told = make("span", { class: "hint", role: "status" });
  /** @type {Program} */
  let shown = programs[0];
  const name = () => text.setAttribute("aria-label", playground.t(`code.${shown.name}`));
  listen(playground, "language", name);
  /** @param {Program} program */
  const show = (program) => {
    shown = program;
    text.textContent = program.text;
    name();
    text.scrollTop = 0;
    told.textContent = "";
  };
  show(shown);
  const copy = button(
    playground,
    "share.copy",
    async () => {
      told.textContent = playground.t((await copied(text)) ? "share.copied" : "share.by-hand");
    },
    { class: "primary" },
  );
  const save = button(playground, "code.save", () =>
    saveFile(new Blob([shown.text], { type: "text/plain" }), shown.file),
  );
  const dialog = createDialog(
    playground,
    "code",
    createChoice(playground, programs, show),
    note,
    text,
    make("footer", {}, copy, save, told),
  );
  dialog.addEventListener("close", () => dialog.remove());
  await openDialog(dialog, place);
}

/** @param {Playground} playground @returns {Promise<Program[]>} */
function writePrograms({ settings, data: manifest }) {
  const data = dataFolder(manifest ?? locate("data/mnist/manifest.json").href);
  return Promise.all(
    PROGRAMS.map(async ({ name, template, file }) => {
      const response = await fetch(locate(template));
      if (!response.ok) {
        const values = { file: template };
        throw new PlaygroundError("code-fetch", `${template}: HTTP ${response.status}`, values);
      }
      return { name, file, text: render(await response.text(), valuesOf(settings, data)) };
    }),
  );
}

/**
 * @param {Playground} playground
 * @param {Program[]} programs the first is shown
 * @param {(program: Program) => void} show
 */
function createChoice(playground, programs, show) {
  const group = make("fieldset", { class: "switch" });
  group.append(say(playground, make("legend", { class: "unseen" }), "code.language"));
  programs.forEach((program, index) => {
    const radio = make("input", { type: "radio", name: "program", checked: index === 0 });
    radio.addEventListener("change", () => show(program));
    const name = say(playground, make("span"), `code.${program.name}`);
    group.append(make("label", {}, radio, name));
  });
  return group;
}

/**
 * Copies a text; where the page may not (an iframe, plain HTTP), selects it for the reader to.
 * @param {HTMLElement} text
 * @returns {Promise<boolean>} whether it was copied
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
    return true;
  } catch {
    text.focus();
    getSelection()?.selectAllChildren(text);
    return false;
  }
}
