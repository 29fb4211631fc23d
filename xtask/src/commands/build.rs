//! `cargo xtask build`: the wasm modules and their JS, into `pkg/`.

use anyhow::Result;

use crate::wasm::{self, Module};

/// What `cargo xtask build` accepts.
#[derive(clap::Args)]
pub struct Args {
    /// Build the small core module only
    #[arg(long)]
    core_only: bool,
}

/// Builds what is out of date.
pub fn run(args: &Args) -> Result<()> {
    if args.core_only { wasm::build(Module::Core) } else { all() }
}

/// Builds the page's modules, the one it shows itself with first.
pub fn all() -> Result<()> {
    Module::SHIPPED.into_iter().try_for_each(wasm::build)
}
