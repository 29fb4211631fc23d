// The tutorial's printed lines, as it prints them, and the test result it ends with.
import { metricsOfFile } from "../file-metrics.js";
import { listen, make, number, oncePerFrame, say } from "./dom.js";
import { createHelp, createPanel } from "./help.js";

/** @import { Evaluation } from "../protocol.js" */
/** @import { Playground } from "../playground.js" */

/** @param {Playground} playground */
export function createLogView(playground) {
  const lines = say(
    playground,
    make("pre", { class: "lines", tabindex: 0, role: "log" }),
    "log.title",
    "aria-label",
  );
  const result = createResult(playground);
  let shown = "";
  const draw = oncePerFrame(() => {
    const { log, result } = playground.metrics;
    // print("Epoch:", '%04d' % (epoch + 1), "cost=", "{:.9f}".format(c)) and print("Result:", …)
    const text = log.map(
      ({ epoch, cost }) => `Epoch: ${String(epoch).padStart(4, "0")} cost= ${cost.toFixed(9)}`,
    );
    if (result) text.push(`Result: ${result.cost.toFixed(5)}`);
    const all = text.join("\n") || playground.t("log.empty");
    if (all === shown) return;
    shown = lines.textContent = all;
    lines.scrollTop = lines.scrollHeight;
  });
  listen(playground, "ready metrics language", draw);
  draw();
  return createPanel(playground, "log", lines, result);
}

/**
 * The 10,000 test images, per image in nats, once the last epoch is over.
 * @param {Playground} playground
 */
function createResult(playground) {
  const parts = /** @type {const} */ (["reconstruction", "reconstructionAtMean", "kl", "total"]);
  const values = parts.map((part) => {
    const value = make("dd", { class: "figure" }, "–");
    const name = say(playground, make("span"), `log.result.${part}`);
    return { part, value, term: make("dt", {}, name) };
  });
  const list = make("dl", { class: "result" });
  for (const { term, value } of values) list.append(make("div", {}, term, value));
  const name = say(playground, make("h3"), "log.result");
  const heading = make(
    "div",
    { class: "result-heading" },
    name,
    createHelp(playground, "help.result"),
  );
  const node = make("div", { class: "result-block" }, heading, list);
  const draw = oncePerFrame(() => {
    const result = playground.metrics.result ?? resultOfFile(playground);
    for (const { part, value } of values) {
      if (!result) value.textContent = "–";
      else value.textContent = number(part === "total" ? -result.elbo : result[part], 2);
    }
  });
  listen(playground, "ready metrics status model", draw);
  draw();
  return node;
}

/**
 * What the weights' file says of its own test, as long as they have not been trained further.
 * @param {Playground} playground
 * @returns {Evaluation | null}
 */
function resultOfFile({ ready, status, model }) {
  if (!ready || status.state !== "pretrained") return null;
  return metricsOfFile(model).test ?? null;
}
