// The decoder's side: the digit at the point, where the point is, and what its neighbours are called.
import { digitCanvas, listen, make, number, paintDigits, say, seldom, write } from "./dom.js";
import { createHelp, createPanel } from "./help.js";

/** @import { Playground } from "../playground.js" */

/** Milliseconds between two readings: the page is laid out again for each. */
const FACTS = 120;
/** How many of the nearest test codes vote. */
const NEIGHBOURS = 15;

/** @param {Playground} playground */
export function createDigitView(playground) {
  const canvas = say(playground, digitCanvas(), "digit.image", "aria-label");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("part", "image");
  const z1 = make("span", { class: "figure" });
  const z2 = make("span", { class: "figure" });
  const votes = createVotes(playground);
  // Drawn inside the event, not in the next frame: this is what the finger feels.
  const draw = () => {
    if (!playground.ready) return;
    const [a, b] = playground.latent;
    paintDigits(canvas, playground.model.digit(a, b, playground.theme));
  };
  const tell = seldom(FACTS, () => {
    const [a, b] = playground.latent;
    write(z1, number(a, 2));
    write(z2, number(b, 2));
    votes.draw();
  });
  listen(playground, "ready latent model theme", draw);
  listen(playground, "ready latent codes language", tell);
  draw();
  tell();

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
  const verdict = make("span", { class: "verdict" });
  const share = make("span");
  const bars = Array.from({ length: 10 }, (_, label) => make("i", { class: `bar label-${label}` }));
  const columns = bars.map((bar, label) =>
    make("span", { class: "vote" }, bar, make("b", {}, String(label))),
  );
  const chart = make("div", { class: "votes", "aria-hidden": "true" }, ...columns);
  const draw = () => {
    const [z1, z2] = playground.latent;
    const known = playground.ready && playground.codes.count > 0;
    const votes = known ? [...playground.codes.vote(z1, z2, NEIGHBOURS)] : Array(10).fill(0);
    const most = Math.max(...votes);
    const label = known ? votes.indexOf(most) : -1;
    const nothing = playground.ready ? playground.t("digit.no-codes") : "";
    write(verdict, known ? playground.t("digit.looks-like", { label }) : nothing);
    write(share, known ? playground.t("digit.votes", { votes: most, all: NEIGHBOURS }) : "");
    bars.forEach((bar, i) => {
      bar.style.scale = `1 ${votes[i] / NEIGHBOURS}`;
      columns[i].classList.toggle("most", i === label);
    });
  };
  const line = make("span", { class: "share" }, share, createHelp(playground, "help.votes"));
  const words = make("p", { class: "words" }, verdict, line);
  return { node: make("div", { class: "neighbours" }, words, chart), draw };
}
