//! `cargo xtask test`: every check there is, the cheap ones first, up to the first that fails.

mod python;
mod report;
mod steps;
mod tools;

use anyhow::Result;
use clap::builder::PossibleValuesParser;

use steps::STEPS;
pub use tools::ensure as browsers;

/// What `cargo xtask test` accepts.
#[derive(clap::Args)]
pub struct Args {
    /// Run one step alone; those before it must have passed in this checkout
    #[arg(long, value_name = "STEP", value_parser = PossibleValuesParser::new(STEPS.map(|step| step.name)))]
    only: Option<String>,
}

/// Runs the steps; the error is the failed one's.
pub fn run(args: &Args) -> Result<()> {
    let chosen = |name: &str| args.only.as_deref().is_none_or(|only| only == name);
    report::run(STEPS.iter().filter(|step| chosen(step.name)))
}
