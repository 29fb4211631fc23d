// Weights out of the page and into it, well-meant and not.

import assert from "node:assert/strict";
import { claim } from "../harness.mjs";
import { becomes, hosting, readyElements } from "../hosting.mjs";
import { hearErrors } from "../page.mjs";
import { visiting } from "../visit.mjs";

/** @param {import("../visit.mjs").Stage} stage */
export function weights(stage) {
  return [
    claim("exported weights, imported again, decode the same pixels and keep their settings", () =>
      visiting(stage, {}, async ({ element }) => {
        const { same, changed, header, objective } = await element.evaluate(async (el) => {
          const trained = el.exportWeights();
          const pixels = el.decode([1, -1]).join();
          await el.reset({ preset: "tutorial" });
          const changed = el.decode([1, -1]).join() !== pixels;
          await el.importWeights(trained);
          const length = Number(new DataView(trained).getBigUint64(0, true));
          const header = JSON.parse(new TextDecoder().decode(new Uint8Array(trained, 8, length)));
          const same = el.decode([1, -1]).join() === pixels;
          return { same, changed, header, objective: el.settings.objective };
        });
        assert(changed && same);
        assert.equal(objective, "elbo");
        assert.deepEqual(header["decoder.output.weight"].shape, [256, 784]);
        assert(Object.values(header.__metadata__).every((value) => typeof value === "string"));
      }),
    ),
    claim("a hostile file is refused with a code, and changes nothing", () =>
      visiting(stage, {}, async (visit) => {
        const errors = await hearErrors(visit);
        const outcomes = await visit.element.evaluate(async (el) => {
          const good = new Uint8Array(el.exportWeights());
          const before = el.decode([1, -1]).join() + JSON.stringify(el.settings);
          const infinite = good.slice();
          new DataView(infinite.buffer).setFloat32(good.length - 4, NaN, true);
          const huge = good.slice();
          new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
          /** @param {string} header */
          const lying = (header) => {
            const file = new Uint8Array(8 + header.length);
            new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
            file.set(new TextEncoder().encode(header), 8);
            return file;
          };
          const range = [0, 2 ** 53 - 1];
          const tensor = { dtype: "F32", shape: [2 ** 31, 2 ** 31], data_offsets: range };
          const zeros = new Blob([new Uint8Array(65 * 1024 * 1024)]).stream();
          const packed = new Response(zeros.pipeThrough(new CompressionStream("gzip")));
          /** @type {Record<string, Uint8Array<ArrayBuffer>>} */
          const files = {
            "gzip that inflates to more than any model": new Uint8Array(await packed.arrayBuffer()),
            empty: new Uint8Array(),
            garbage: Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
            truncated: good.slice(0, good.length - 1000),
            "header cut": good.slice(0, 40),
            "header longer than anything": huge,
            "not a number": infinite,
            "not JSON": lying("{{{{"),
            "nothing in it": lying("{}"),
            "sizes that overflow": lying(JSON.stringify({ "encoder.hidden.weight": tensor })),
            "deep JSON": lying("[".repeat(100_000)),
            "bad gzip": Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
          };
          /** @type {Record<string, string>} */
          const outcomes = {};
          for (const [name, file] of Object.entries(files)) {
            const code = await el.importWeights(file).then(
              () => "taken",
              (error) => error.code,
            );
            const after = el.decode([1, -1]).join() + JSON.stringify(el.settings);
            outcomes[name] = after === before ? code : `${code}, and it changed the model`;
          }
          return outcomes;
        });
        for (const [name, code] of Object.entries(outcomes)) {
          assert.match(code, /^weights-[a-z]+$/, `${name}: ${code}`);
        }
        assert.deepEqual(await errors(), Object.values(outcomes));
        await visit.page.waitForSelector("vae-playground >>> .alert [role=alert]");
      }),
    ),
    claim(
      "weights or data that cannot be had leave the last good ones, and the rest is followed",
      () =>
        hosting(
          stage,
          { markup: `<vae-playground views="digit"></vae-playground>` },
          async (visit) => {
            visit.expect(/nothing|404/);
            const [element] = await readyElements(visit);
            visit.handle = element;
            const errors = await hearErrors(visit);
            const given = /** @type {any} */ (element);
            const pixels = () => element.evaluate((el) => el.decode([1, -1]).join());
            await element.evaluate((el) => el.step());
            const elbo = await pixels();
            const heard = async (/** @type {number} */ count) => {
              while ((await errors()).length < count) await visit.frames(1);
            };
            await element.evaluate((el) => {
              el.weights = "./nothing.safetensors";
              el.data = "./nothing.json";
            });
            await heard(2);
            assert.deepEqual((await errors()).sort(), ["manifest", "weights-fetch"]);
            await new Promise((resolve) => setTimeout(resolve, 300));
            assert.equal(await element.evaluate((el) => el.metrics.step), 1, "it started again");
            assert.equal(await pixels(), elbo);
            await element.evaluate((el) => {
              el.seed = 5;
              el.beta = 3;
              el.preset = "tutorial";
            });
            /** @param {import("../visit.mjs").VaePlayground} el */
            const look = ({ settings: { seed, beta, objective } }) => [seed, beta, objective];
            await becomes(visit.page, "seed, β, objective", look, [5, 3, "tutorial"], given);
            assert.notEqual(await pixels(), elbo, "the preset's weights are had");
            assert.equal((await errors()).length, 2);
            assert.equal(await element.evaluate(async (el) => (await el.step()).steps), 1);
          },
        ),
    ),
    claim("settings are followed though the weights of their preset cannot be had", () =>
      hosting(
        stage,
        { markup: `<vae-playground views="digit"></vae-playground>` },
        async (visit) => {
          visit.expect(/tutorial|404/);
          const [element] = await readyElements(visit);
          stage.site.faults.set("tutorial.safetensors.gz", "missing");
          await element.evaluate((el) => {
            el.preset = "tutorial";
            el.seed = 9;
          });
          /** @param {import("../visit.mjs").VaePlayground} el */
          const look = ({ settings: { seed, objective } }) => [seed, objective];
          await becomes(
            visit.page,
            "seed, objective",
            look,
            [9, "tutorial"],
            /** @type {any} */ (element),
          );
        },
      ),
    ),
    claim(
      "without `preset` the settings are those of the weights that are named, else ELBO's",
      () => {
        const markup = `<vae-playground views="digit" weights="tutorial" preset="autoencoder"></vae-playground>`;
        return hosting(stage, { markup }, async (visit) => {
          const [element] = await readyElements(visit);
          const given = /** @type {any} */ (element);
          /** @param {import("../visit.mjs").VaePlayground} el */
          const look = ({ settings }) => settings.preset;
          assert.equal(await element.evaluate(look), "autoencoder");
          await element.evaluate((el) => (el.preset = null));
          await becomes(visit.page, "the preset", look, "tutorial", given);
          await element.evaluate((el) => (el.weights = null));
          await becomes(visit.page, "the preset", look, "elbo", given);
        });
      },
    ),
    claim("each preset's trained weights load, with codes, and decode digits of their own", () =>
      visiting(stage, {}, async ({ element }) => {
        const seen = new Set();
        for (const preset of ["autoencoder", "tutorial", "elbo"]) {
          const loaded = await element.evaluate(async (el, preset) => {
            const codes = new Promise((resolve) => {
              el.playground.addEventListener("codes", () => {
                if (el.playground.codes.count) resolve(undefined);
              });
            });
            await el.reset({ preset });
            await codes;
            const { count } = el.playground.codes;
            return { preset: el.settings.preset, count, digit: el.decode([0, 0]).join() };
          }, preset);
          assert.equal(loaded.preset, preset);
          assert(loaded.count >= 1000, `${loaded.count} codes`);
          seen.add(loaded.digit);
        }
        assert.equal(seen.size, 3);
      }),
    ),
  ];
}
