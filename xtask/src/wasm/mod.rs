//! The wasm modules: what each is built from, and where it goes.

mod bindgen;
mod compile;
mod toolchain;
mod version;

use std::path::PathBuf;

use anyhow::Result;

use crate::paths;
pub use toolchain::ensure_target;

/// The name of every built file: `vae_playground.js`, `vae_playground_bg.wasm`.
pub const NAME: &str = "vae_playground";

/// A module of the page, or of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// Data, CPU engine, decoder, pictures: small, and there first.
    Core,
    /// The trainer on burn's WebGPU device: large, and loaded when training is asked for.
    Webgpu,
    /// The reference engine as burn has it, on the same device: what the benchmark compares with.
    Stock,
}

impl Module {
    /// The page's, in the order it needs them.
    pub const SHIPPED: [Self; 2] = [Self::Core, Self::Webgpu];

    /// Its cargo feature and its folder's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Webgpu => "webgpu",
            Self::Stock => "stock",
        }
    }

    /// Its folder in `pkg/`.
    pub fn folder(self) -> PathBuf {
        paths::pkg().join(self.name())
    }

    /// Its wasm in `pkg/`.
    pub fn wasm(self) -> PathBuf {
        self.folder().join(format!("{NAME}_bg.wasm"))
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Core => "wasm",
            Self::Webgpu => "wasm-webgpu",
            Self::Stock => "wasm-stock",
        }
    }

    /// How long a first build takes on two cores, as measured, to tell who waits for it.
    fn first_build(self) -> &'static str {
        match self {
            Self::Core => "about a minute",
            Self::Webgpu | Self::Stock => "about ten minutes",
        }
    }
}

/// Brings one module in `pkg/` up to date, saying what it does where that takes a while.
pub fn build(module: Module) -> Result<()> {
    ensure_target()?;
    let name = module.name();
    if !module.wasm().exists() {
        println!(
            "Building the {name} module; the first time takes {} on two cores.",
            module.first_build()
        );
    }
    let compiled = compile::compile(module)?;
    bindgen::write_glue(module, &compiled)
}
