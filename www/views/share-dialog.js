// What is on screen as a link, a frame or an element, to be looked at and copied.
import { linkTo } from "../address.js";
import { elementCode, frameCode } from "../embed-code.js";
import { isOfHere } from "../on-screen.js";
import { createDialog, openDialog } from "./dialog.js";
import { listen, make, say } from "./dom.js";
import { stateToShare } from "./share.js";

/** @import { VaePlaygroundElement } from "../vae-playground.js" */
/** @typedef {"link" | "frame" | "element"} Form */

const FORMS = /** @type {const} */ (["frame", "element", "link"]);

/** @type {WeakMap<VaePlaygroundElement, ReturnType<typeof create>>} */
const dialogs = new WeakMap();

/** @param {VaePlaygroundElement} element @param {Form} form */
export async function openShareDialog(element, form) {
  const dialog = dialogs.get(element) ?? create(element);
  dialogs.set(element, dialog);
  await dialog.open(form);
}

/** @param {VaePlaygroundElement} element */
function create(element) {
  const { playground } = element;
  const code = createCode(playground);
  const forms = createForms(playground, () => show());
  const fits = make("input", { type: "checkbox" });
  const words = say(playground, make("span"), "share.fits");
  const fitting = make("label", { class: "share-fits" }, fits, words);
  const note = make("p", { class: "hint" });
  const caution = say(playground, make("p", { class: "hint" }), "share.of-here");
  const parts = [forms.node, note, code.node, fitting, caution, code.foot];
  const node = createDialog(playground, "share", ...parts);
  const show = () => {
    const form = forms.chosen();
    code.write(textOf(element, form, fits.checked), form);
    note.textContent = playground.t(`share.${form}.note`);
    fitting.hidden = form !== "frame";
    caution.hidden = !isOfHere(playground);
  };
  fits.addEventListener("change", show);
  listen(playground, "language", () => node.open && show());
  /** @param {Form} form */
  const open = async (form) => {
    forms.choose(form);
    show();
    await openDialog(node, /** @type {HTMLElement} */ (layoutOf(element)));
    if (form === "link") code.refuse(); // it is here because the clipboard refused
  };
  return { node, open };
}

/** @param {VaePlaygroundElement} element */
const layoutOf = ({ shadowRoot }) => shadowRoot?.querySelector(".playground");

/**
 * @param {VaePlaygroundElement} element
 * @param {Form} form
 * @param {boolean} fits
 */
function textOf(element, form, fits) {
  const { theme, ...state } = stateToShare(element, { whole: form === "element" });
  const here = new URL(location.href);
  if (form === "link") return linkTo(state, here);
  if (form === "element") {
    return elementCode(state, new URL("../vae-playground.js", import.meta.url));
  }
  const title = element.playground.t("page.title");
  return frameCode({ ...state, theme }, new URL("embed.html", here), { title, fits });
}

/**
 * @param {VaePlaygroundElement["playground"]} playground
 * @param {() => void} change
 */
function createForms(playground, change) {
  const legend = say(playground, make("legend", { class: "unseen" }), "share.form");
  const node = make("fieldset", { class: "switch" }, legend);
  const radios = FORMS.map((form) => {
    const radio = make("input", { type: "radio", name: "share-form", value: form });
    radio.addEventListener("change", change);
    node.append(make("label", {}, radio, say(playground, make("span"), `share.form.${form}`)));
    return radio;
  });
  const chosen = () => /** @type {Form} */ (radios.find(({ checked }) => checked)?.value);
  /** @param {Form} form */
  const choose = (form) => radios.forEach((radio) => (radio.checked = radio.value === form));
  return { node, chosen, choose };
}

/**
 * The text, the button that copies it, and what came of that.
 * @param {VaePlaygroundElement["playground"]} playground
 */
function createCode(playground) {
  const node = make("textarea", {
    readonly: true,
    rows: 7,
    spellcheck: "false",
    class: "share-code",
  });
  const copy = make("button", { type: "button", class: "primary" });
  say(playground, copy, "share.copy");
  const told = make("p", { role: "status" });
  const refuse = () => {
    node.focus();
    node.select();
    told.textContent = playground.t("share.by-hand");
  };
  copy.addEventListener("click", async () => {
    told.textContent = "";
    try {
      await navigator.clipboard.writeText(node.value);
      told.textContent = playground.t("share.copied");
    } catch {
      refuse();
    }
  });
  /** @param {string} text @param {Form} form */
  const write = (text, form) => {
    node.value = text;
    node.setAttribute("aria-label", playground.t(`share.form.${form}`));
    told.textContent = "";
  };
  return { node, foot: make("footer", {}, copy, told), write, refuse };
}
