// Loads the core module (pkg/core), once for each thread.

import init, * as core from "../pkg/core/vae_playground.js";

/** @typedef {typeof core} Core */
/** @typedef {import("../pkg/core/vae_playground.js").Model} Model */
/** @typedef {import("../pkg/core/vae_playground.js").Images} Images */
/** @typedef {import("../pkg/core/vae_playground.js").Trainer} Trainer */

const WASM = new URL("../pkg/core/vae_playground_bg.wasm", import.meta.url);

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;
/** @type {Promise<Core> | undefined} */
let loaded;

/** Compiled once and posted to the worker, so that one visit fetches and compiles it once. */
export function compileCore() {
  compiled ??= compile();
  return compiled;
}

/**
 * @param {WebAssembly.Module} [module] compiled by another thread
 * @returns {Promise<Core>}
 */
export function loadCore(module) {
  loaded ??= Promise.resolve(module ?? compileCore())
    .then((module) => init({ module_or_path: module }))
    .then(() => core);
  return loaded;
}

async function compile() {
  const response = await fetch(WASM);
  if (!response.ok) throw new Error(`${WASM.pathname}: HTTP ${response.status}`);
  // Streaming wants the MIME type application/wasm, which some plain static hosts do not send.
  const typed = response.headers.get("Content-Type")?.startsWith("application/wasm");
  return typed
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
