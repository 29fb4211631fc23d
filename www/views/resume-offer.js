// Offers the run of the last visit: a small bar in a corner, which says what it is, and goes away
// when it is answered or when the reader trains something else. Nothing happens by itself.
import { RunStore, keepRuns } from "../resume.js";
import { button, listen, make, say } from "./dom.js";
import { icon } from "./icons.js";
import { layoutAround, partInSight } from "./in-sight.js";

/** @import { Playground } from "../playground.js" */
/** @import { Kept } from "../resume.js" */

const BUSY = ["fetching", "warming", "training"];

/** A page keeps one run, however many playgrounds it has, and offers it once. */
const page = { asked: false, unanswered: false };

/** @param {Playground} playground that has a model */
export function createResumeOffer(playground) {
  const place = make("div", { class: "later" });
  const start = async () => {
    const store = new RunStore();
    keepRuns(playground, store, () => !page.unanswered);
    if (page.asked) return;
    page.asked = page.unanswered = true;
    const kept = await store.get();
    if (!kept || playground.metrics.step > 0) {
      page.unanswered = false;
      return;
    }
    const bar = createBar(playground, store, kept);
    place.append(bar);
    await partInSight(layoutAround(place));
    if (bar.isConnected) bar.showPopover();
  };
  start().catch(() => {}); // a page that cannot keep anything need not hear of it
  return place;
}

/**
 * @param {Playground} playground
 * @param {RunStore} store
 * @param {Kept} kept
 */
function createBar(playground, store, kept) {
  const bar = make("div", { popover: "manual", class: "offer", part: "offer" });
  const answer = () => {
    page.unanswered = false;
    bar.remove();
  };
  const words = make("p", { role: "status" });
  const write = () => (words.textContent = describeRun(playground, kept));
  write();
  listen(playground, "language", write);
  listen(playground, "status", () => {
    if (BUSY.includes(playground.status.state)) bar.remove();
  });
  const resume = button(
    playground,
    "resume.resume",
    async () => {
      answer();
      try {
        await playground.resume(kept);
      } catch {
        await store.forget(); // it is damaged, and the status view says so
      }
    },
    { class: "primary" },
  );
  const forget = button(playground, "resume.forget", () => {
    answer();
    store.forget();
  });
  const close = make("button", { type: "button", class: "close" }, icon("close"));
  say(playground, close, "resume.later", "aria-label");
  close.addEventListener("click", answer);
  bar.append(words, make("div", {}, resume, forget), close);
  return bar;
}

/** @param {Playground} playground @param {Kept} kept */
function describeRun(playground, { settings, checkpoint, date, opened }) {
  const when = new Intl.DateTimeFormat(playground.languageTag, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return playground.t(opened ? "resume.offer.opened" : "resume.offer", {
    preset: playground.t(`setting.preset.${settings.preset ?? "own"}`),
    seed: String(settings.seed),
    step: checkpoint.step,
    epoch: checkpoint.epoch,
    date: when.format(date),
  });
}
