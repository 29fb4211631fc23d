//! `cargo xtask bench`: a training step beside other libraries', and the page itself.
//!
//! Everything is built here first, so that nothing compiles while `bench/run.mjs` measures.

use std::path::PathBuf;

use anyhow::Result;

use crate::commands::{dist, test};
use crate::wasm::{self, Module};
use crate::{node, process};

/// What `cargo xtask bench` accepts.
#[derive(clap::Args)]
pub struct Args {
    /// Write every round, the versions and the machine to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The tutorial's own case alone: batch 128, hidden 256
    #[arg(long)]
    quick: bool,
    /// Parts and contestants whose name contains this: steps, page, native; jax, TF.js, stock, WebGPU
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Take Chromium's software WebGPU adapter, also where there is a GPU
    #[arg(long)]
    software: bool,
}

/// Builds what is out of date and measures.
pub fn run(args: &Args) -> Result<()> {
    let browsers = test::browsers()?;
    dist::run()?;
    wasm::build(Module::Stock)?;
    node::ensure_installed(&node::bench())?;
    let mut measure = process::program("node");
    measure.arg(node::bench().join("run.mjs")).env("CHROMIUM", browsers.chromium);
    if let Some(file) = &args.json {
        measure.arg("--json").arg(std::path::absolute(file)?);
    }
    if let Some(name) = &args.only {
        measure.arg("--only").arg(name);
    }
    measure.args(args.quick.then_some("--quick"));
    measure.args(args.software.then_some("--software"));
    process::run(&mut measure)
}
