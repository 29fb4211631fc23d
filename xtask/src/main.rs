//! The project's commands: `cargo xtask serve`, `build`, `test`, `dist`, `package`, `bench`,
//! `data`, `train`, `pretrain`.
//!
//! One file a command under `commands/`; what several of them need stands beside it.

#![warn(missing_docs)]

mod commands;
mod http;
mod idx;
mod node;
mod paths;
mod process;
mod sizes;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{bench, build, data, dist, package, serve, test, train};

/// Builds, serves, tests and packs VAE Playground.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build what the page needs and serve it on 127.0.0.1
    Serve(serve::Args),
    /// Build the wasm modules and their JS into pkg/
    Build(build::Args),
    /// Run every check: format, lints, docs, native tests, types, the page in real browsers
    Test(test::Args),
    /// Write the optimised static site to dist/
    Dist,
    /// Write the npm package and the zip of the site to package/
    Package,
    /// Time a training step beside other libraries', and the page itself, in Chromium
    Bench(bench::Args),
    /// Rebuild www/data/ from the original MNIST files
    Data,
    /// Train natively; `cargo xtask train --help` lists the trainer's own options
    #[command(disable_help_flag = true)]
    Train(train::Args),
    /// Remake the committed weights in www/weights/
    #[command(disable_help_flag = true)]
    Pretrain(train::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::run(&args),
        Command::Build(args) => build::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Dist => dist::run(),
        Command::Package => package::run(),
        Command::Bench(args) => bench::run(&args),
        Command::Data => data::run(),
        Command::Train(args) => train::train(&args),
        Command::Pretrain(args) => train::pretrain(&args),
    };
    // Printed here: the standard way would add a backtrace, where one sentence is to be read.
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
