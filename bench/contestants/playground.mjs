// The playground's own trainer, of any of its modules: core (CPU), webgpu, stock (burn's autodiff,
// Adam and fusion).

/** @type {import("./contestant.mjs").Load} `module` is its URL */
export async function load(module) {
  const { default: instantiate, Trainer } = await import(module);
  await instantiate({ module_or_path: module.replace(/\.js$/, "_bg.wasm") });
  return async ({ batch, hidden, weights, chunk, chunkName }) => {
    const settings = JSON.stringify({ batchSize: batch, hidden, seed: 1 });
    const trainer = await Trainer.create(settings, weights);
    trainer.expectChunks(Uint32Array.of(chunk.length / 785)); // a label and 784 pixels an image
    trainer.addChunk(chunk, chunkName);
    await trainer.warmUp();
    return async (steps) => {
      for (let taken = 0; taken < steps;) taken += trainer.run(steps - taken);
      // Reading is its only way to wait for the device.
      const { total } = JSON.parse(await trainer.read());
      return async () => total;
    };
  };
}
