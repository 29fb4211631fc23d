// The files that the page fetches, by their paths below this folder. Each address is written out as
// `new URL("…", import.meta.url)`: that is the form in which bundlers find a file and copy it, and it
// means the same where there is no bundler.

/** @type {Record<string, URL>} */
const FILES = {
  "code/burn.rs.txt": new URL("./code/burn.rs.txt", import.meta.url),
  "code/pytorch.py.txt": new URL("./code/pytorch.py.txt", import.meta.url),
  "data/figure.bin": new URL("./data/figure.bin", import.meta.url),
  "data/mnist/manifest.json": new URL("./data/mnist/manifest.json", import.meta.url),
  "data/mnist/test-00.bin.gz": new URL("./data/mnist/test-00.bin.gz", import.meta.url),
  "data/mnist/test-01.bin.gz": new URL("./data/mnist/test-01.bin.gz", import.meta.url),
  "data/mnist/train-00.bin.gz": new URL("./data/mnist/train-00.bin.gz", import.meta.url),
  "data/mnist/train-01.bin.gz": new URL("./data/mnist/train-01.bin.gz", import.meta.url),
  "data/mnist/train-02.bin.gz": new URL("./data/mnist/train-02.bin.gz", import.meta.url),
  "data/mnist/train-03.bin.gz": new URL("./data/mnist/train-03.bin.gz", import.meta.url),
  "data/mnist/train-04.bin.gz": new URL("./data/mnist/train-04.bin.gz", import.meta.url),
  "data/mnist/train-05.bin.gz": new URL("./data/mnist/train-05.bin.gz", import.meta.url),
  "data/mnist/train-06.bin.gz": new URL("./data/mnist/train-06.bin.gz", import.meta.url),
  "data/mnist/train-07.bin.gz": new URL("./data/mnist/train-07.bin.gz", import.meta.url),
  "data/mnist/train-08.bin.gz": new URL("./data/mnist/train-08.bin.gz", import.meta.url),
  "data/mnist/train-09.bin.gz": new URL("./data/mnist/train-09.bin.gz", import.meta.url),
  "data/mnist/train-10.bin.gz": new URL("./data/mnist/train-10.bin.gz", import.meta.url),
  "data/mnist/train-11.bin.gz": new URL("./data/mnist/train-11.bin.gz", import.meta.url),
  "lang/en.json": new URL("./lang/en.json", import.meta.url),
  "lang/lesson.en.html": new URL("./lang/lesson.en.html", import.meta.url),
  "lang/lesson.zh.html": new URL("./lang/lesson.zh.html", import.meta.url),
  "lang/zh.json": new URL("./lang/zh.json", import.meta.url),
  "weights/autoencoder.codes.bin.gz": new URL(
    "./weights/autoencoder.codes.bin.gz",
    import.meta.url,
  ),
  "weights/autoencoder.safetensors.gz": new URL(
    "./weights/autoencoder.safetensors.gz",
    import.meta.url,
  ),
  "weights/elbo.codes.bin.gz": new URL("./weights/elbo.codes.bin.gz", import.meta.url),
  "weights/elbo.safetensors.gz": new URL("./weights/elbo.safetensors.gz", import.meta.url),
  "weights/tutorial.codes.bin.gz": new URL("./weights/tutorial.codes.bin.gz", import.meta.url),
  "weights/tutorial.safetensors.gz": new URL("./weights/tutorial.safetensors.gz", import.meta.url),
};

/** Every path that `locate` knows. */
export const PATHS = Object.keys(FILES);

/** @param {string} path below this folder, such as "lang/en.json" */
export function locate(path) {
  const url = FILES[path];
  if (!url) throw new Error(`${path} is not in www/files.js`);
  return url;
}
