// The decoder's side: the digit at the point, where the point is, and what its neighbours are called.
import { digitCanvas, listen, make, number, paintDigits, say } from "./dom.js";
import { createHelp, createPanel } from "./help.js";

/** @import { Playground } from "../playground.js" */

/** How many of the nearest test codes vote. */
const NEIGHBOURS = 15;

/** @param {Playground} playground */
export function createDigitView(playground) {
  const canvas = say(playground, digitCanvas(), "digit.image", "aria-label");
  canvas.setAttribute("role", "img");
  const z1 = make("output", { class: "figure" });
  const z2 = make("output", { class: "figure" });
  const votes = createVotes(playground);
  // Drawn inside the event, not in the next frame: this is what the finger feels.
  const draw = () => {
    if (!playground.ready) return;
    const [a, b] = playground.latent;
    paintDigits(canvas, playground.model.digit(a, b, playground.theme));
    z1.textContent = number(a, 2);
    z2.textContent = number(b, 2);
    votes.draw();
  };
  listen(playground, "ready latent model theme language", draw);
  listen(playground, "codes", votes.draw);
  draw();

  const point = make(
    "p",
    { class: "point" },
    "z = (",
    z1,
    ", ",
    z2,
    ")",
    createHelp(playground, "help.z"),
  );
  return createPanel(
    playground,
    "digit",
    make(
      "div",
      { class: "digit-body" },
      canvas,
      make("div", { class: "digit-facts" }, point, votes.node),
    ),
  );
}

/**
 * Ten bars in ten fixed places, so that nothing moves but their heights.
 * @param {Playground} playground
 */
function createVotes(playground) {
  const verdict = make("output", { class: "verdict" });
  const share = make("span", { class: "share" });
  const bars = Array.from({ length: 10 }, (_, label) => make("i", { class: `bar label-${label}` }));
  const columns = bars.map((bar, label) =>
    make("span", { class: "vote" }, bar, make("b", {}, String(label))),
  );
  const chart = make("div", { class: "votes", "aria-hidden": "true" }, ...columns);
  const draw = () => {
    if (!playground.ready || !playground.codes.count) {
      verdict.textContent = playground.t("digit.no-codes");
      share.textContent = "";
      return;
    }
    const votes = [
      ...playground.codes.vote(playground.latent[0], playground.latent[1], NEIGHBOURS),
    ];
    const most = Math.max(...votes);
    const label = votes.indexOf(most);
    verdict.textContent = playground.t("digit.looks-like", { label });
    share.textContent = playground.t("digit.votes", { votes: most, all: NEIGHBOURS });
    bars.forEach((bar, i) => {
      bar.style.scale = `1 ${votes[i] / NEIGHBOURS}`;
      columns[i].classList.toggle("most", i === label);
    });
  };
  const words = make("p", { class: "words" }, verdict, share, createHelp(playground, "help.votes"));
  return { node: make("div", { class: "neighbours" }, words, chart), draw };
}
