//! Trains natively with the code that the page runs: `cargo xtask train` and
//! `cargo xtask pretrain`.

mod pretrain;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use vae_playground::config::{Preset, TrainConfig};

#[derive(Parser)]
#[command(about = "Trains the model natively")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    train: TrainArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Remake the weights and codes that ship with the page, in www/weights
    Pretrain,
}

#[derive(clap::Args)]
struct TrainArguments {
    /// elbo, tutorial or autoencoder
    #[arg(long, default_value = "elbo", value_parser = preset)]
    preset: Preset,
    /// Passes over the 55,000 training images
    #[arg(long, default_value_t = 50)]
    epochs: usize,
    /// Decides the first weights, the order of the images and every ε
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Which engine computes the steps
    #[arg(long, value_enum, default_value_t = EngineName::Cpu)]
    engine: EngineName,
    /// Write the trained model here, float32 safetensors
    #[arg(long)]
    out: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    /// The step written out by hand
    Cpu,
    /// burn's autodiff and Adam, the reference
    Autodiff,
}

fn preset(name: &str) -> Result<Preset, String> {
    Preset::named(name).map_err(|error| error.to_string())
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(Command::Pretrain) => pretrain::pretrain(Path::new("www")),
        None => train(&arguments.train),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn train(arguments: &TrainArguments) -> Outcome {
    let preset = TrainConfig::preset(arguments.preset);
    let config = TrainConfig { epochs: arguments.epochs, seed: arguments.seed, ..preset };
    config.validate()?;
    let data = run::Data::load(Path::new("www/data/mnist"))?;
    let report = |epoch: &run::Epoch| println!("{}", epoch.line(arguments.json));
    let trained = match arguments.engine {
        EngineName::Cpu => run::on_cpu(config, &data, report)?,
        EngineName::Autodiff => run::on_autodiff(config, &data, report)?,
    };
    println!("{}", trained.line(arguments.json));
    if let Some(path) = &arguments.out {
        let file = trained.to_file();
        std::fs::write(path, file.to_bytes(vae_playground::weights::Precision::Float32))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
