// What is claimed of the page, in the order in which it is checked.

import { accessibility } from "./accessibility.mjs";
import { element } from "./element.mjs";
import { elementAttributes } from "./element-attributes.mjs";
import { elementLoading } from "./element-loading.mjs";
import { embed } from "./embed.mjs";
import { encoder } from "./encoder.mjs";
import { exports } from "./exports.mjs";
import { failures } from "./failures.mjs";
import { firefox } from "./firefox.mjs";
import { firstPaint } from "./first-paint.mjs";
import { fitted } from "./fitted.mjs";
import { handOver } from "./hand-over.mjs";
import { languages } from "./languages.mjs";
import { layout } from "./layout.mjs";
import { links } from "./links.mjs";
import { offline } from "./offline.mjs";
import { npmPackage } from "./package.mjs";
import { memory } from "./memory.mjs";
import { peers } from "./peers.mjs";
import { plane } from "./plane.mjs";
import { resume } from "./resume.mjs";
import { samples } from "./samples.mjs";
import { screenshots } from "./screenshots.mjs";
import { serve } from "./serve.mjs";
import { speed } from "./speed.mjs";
import { training } from "./training.mjs";
import { webgpu } from "./webgpu.mjs";
import { webgpuStep } from "./webgpu-step.mjs";
import { weights } from "./weights.mjs";

/** @param {import("../visit.mjs").Stage} stage */
export function suites(stage) {
  return [
    { name: "first paint", claims: firstPaint(stage) },
    { name: "the plane", claims: plane(stage) },
    { name: "the encoder", claims: encoder(stage) },
    {
      name: "the element",
      claims: [...elementLoading(stage), ...elementAttributes(stage), ...element(stage)],
    },
    { name: "training", claims: training(stage) },
    { name: "weights", claims: weights(stage) },
    { name: "exports", claims: exports(stage) },
    { name: "resume", claims: resume(stage) },
    { name: "speed", claims: [...speed(stage), ...peers(stage)] },
    { name: "memory", claims: memory(stage) },
    { name: "failures", claims: failures(stage) },
    { name: "links", claims: links(stage) },
    { name: "frames", claims: [...embed(stage), ...fitted(stage)] },
    { name: "serve", claims: serve(stage) },
    { name: "offline", claims: offline(stage) },
    { name: "package", claims: npmPackage(stage) },
    { name: "samples", claims: samples(stage) },
    { name: "languages", claims: languages(stage) },
    { name: "layout", claims: layout(stage) },
    { name: "accessibility", claims: accessibility(stage) },
    { name: "screenshots", claims: screenshots(stage) },
    { name: "WebGPU", claims: [...webgpuStep(stage), ...webgpu(stage), ...handOver(stage)] },
    { name: "Firefox", claims: firefox(stage) },
  ];
}
