// A course's own script, in TypeScript: what the declarations promise, used as a stranger would.

import type { Evaluation, RunResult, VaePlaygroundElement } from "vae-playground";

const vae: VaePlaygroundElement | null = document.querySelector("vae-playground");
if (!vae) throw new Error("the page has no figure");

vae.views = "plane digit";
vae.views = ["plane", "digit"];
vae.hide = null;
vae.preset = "elbo";
vae.learningRate = 1e-3;
vae.engine = "cpu";
vae.axes = "sigma";
vae.extent = [0.5, -1, 2];
vae.layers = ["codes", "label:3"];
vae.layers = "none";
vae.logSteps = true;
vae.image = 3;
vae.autoplay = false;
// @ts-expect-error there is no such preset
vae.preset = "vae";
// @ts-expect-error it is a number
vae.beta = "4";

vae.addEventListener("step", ({ detail }) => console.log(detail.step.toFixed(), detail.total));
vae.addEventListener("epoch", ({ detail }) => console.log(detail.validation?.elbo));
vae.addEventListener("latentchange", ({ detail: { latent } }) => console.log(latent[0]));
vae.addEventListener("enginechange", ({ detail }) => console.log(detail.kind, detail.reason));
vae.addEventListener("error", ({ detail }) =>
  console.error(detail.code, detail.values["attribute"]),
);
vae.addEventListener("click", (event) => console.log(event.clientX));

export async function lesson(figure: VaePlaygroundElement): Promise<Evaluation> {
  await figure.ready;
  figure.latent = [0.4, -1.1];
  figure.settings = { beta: 4 };
  const pixels: Float32Array = figure.decode(figure.latent);
  const { mean, logVar } = figure.encode(pixels);
  console.log(mean[0] + logVar[1], figure.settings.batchSize, figure.metrics.history.length);
  await figure.reset({ seed: 7, weights: "none" });
  const run: RunResult = await figure.train({ epochs: 1 });
  console.log(run.millisecondsPerStep, figure.engineInfo?.adapter);
  // @ts-expect-error it takes steps or epochs
  await figure.train({ minutes: 1 });
  await figure.step(10);
  await figure.pause();
  const file: ArrayBuffer = figure.exportWeights();
  await figure.importWeights(file);
  return figure.evaluate("test");
}

document.body.append(document.createElement("vae-playground"));
