//! `cargo xtask train` and `cargo xtask pretrain`: the native trainer, built when it needs to be.
//!
//! The options are the trainer's own; they are passed on as they came, so that they stand once.

use anyhow::Result;

use crate::process;

/// What follows the command.
#[derive(clap::Args)]
pub struct Args {
    /// Passed to the trainer: --preset, --epochs, --seed, --engine cpu|autodiff, --out, --json
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

/// Trains one model and prints a line an epoch.
pub fn train(args: &Args) -> Result<()> {
    trainer(&args.options)
}

/// Remakes the committed weights.
pub fn pretrain(args: &Args) -> Result<()> {
    let mode = ["pretrain".to_owned()];
    trainer(&[&mode, args.options.as_slice()].concat())
}

fn trainer(options: &[String]) -> Result<()> {
    // The reference engine brings burn with it, minutes of building that the CPU engine does not need.
    let features = if wants_autodiff(options) { "cli,autodiff" } else { "cli" };
    process::run(
        process::cargo()
            .args(["run", "--release", "--quiet", "--features", features, "--bin", "train", "--"])
            .args(options),
    )
}

fn wants_autodiff(options: &[String]) -> bool {
    let engine = options.iter().position(|option| option == "--engine");
    engine.is_some_and(|at| options.get(at + 1).is_some_and(|value| value == "autodiff"))
        || options.iter().any(|option| option == "--engine=autodiff")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn burn_is_built_only_for_the_reference_engine() {
        assert!(wants_autodiff(&words("--preset elbo --engine autodiff --json")));
        assert!(wants_autodiff(&words("--engine=autodiff")));
        assert!(!wants_autodiff(&words("--engine cpu --out autodiff")));
        assert!(!wants_autodiff(&words("--preset elbo --engine")));
    }
}
