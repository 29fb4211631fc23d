//! One run from the first epoch to the measured model.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use flate2::read::GzDecoder;
use miniserde::{Deserialize, json};
use vae_playground::config::TrainConfig;
use vae_playground::data::{Images, verify_chunk};
use vae_playground::engine::cpu::CpuEngine;
use vae_playground::engine::{Engine, StepLosses, TrainState};
use vae_playground::explore::{Evaluation, TrainedModel};
use vae_playground::json::{Json, object};
use vae_playground::params::Layout;
use vae_playground::training::{TrainingRun, first_weights};
use vae_playground::weights::WeightsFile;

type Failure = Box<dyn std::error::Error>;

/// The three splits, the training one as the chunks that decide its order.
pub struct Data {
    training: Vec<(String, Vec<u8>)>,
    validation: Images,
    /// The 10,000 test images.
    pub test: Images,
}

#[derive(Deserialize)]
struct Manifest {
    chunks: Vec<Chunk>,
}

#[derive(Deserialize)]
struct Chunk {
    file: String,
    split: String,
    count: usize,
    sha256: String,
}

impl Data {
    /// Reads and checks every chunk that the manifest in `folder` names.
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read(&path).map_err(|error| {
                format!("{}: {error}. Make the data with: cargo xtask data", path.display())
            })
        };
        let manifest = String::from_utf8(read("manifest.json")?)?;
        let manifest: Manifest = json::from_str(&manifest)
            .map_err(|_| "manifest.json is no manifest. Remake it with: cargo xtask data")?;
        let mut data =
            Self { training: Vec::new(), validation: Images::default(), test: Images::default() };
        for chunk in manifest.chunks {
            let mut bytes = Vec::new();
            GzDecoder::new(read(&chunk.file)?.as_slice()).read_to_end(&mut bytes)?;
            verify_chunk(&bytes, chunk.count, &chunk.sha256, &chunk.file)?;
            match chunk.split.as_str() {
                "train" => data.training.push((chunk.file, bytes)),
                "validation" => data.validation.add_chunk(&bytes, &chunk.file)?,
                "test" => data.test.add_chunk(&bytes, &chunk.file)?,
                other => return Err(format!("{}: no split is called {other}", chunk.file).into()),
            }
        }
        Ok(data)
    }
}

/// What one epoch came to.
pub struct Epoch {
    number: usize,
    seconds: f64,
    losses: StepLosses,
    validation: Evaluation,
}

impl Epoch {
    /// The epoch as a line of text or of JSON.
    pub fn line(&self, as_json: bool) -> String {
        let (sums, validation) = (self.losses.sums, self.validation);
        if as_json {
            let train = object([
                ("total", Json::Number(sums.mean_total())),
                ("reconstruction", Json::Number(sums.mean_reconstruction())),
                ("kl", Json::Number(sums.mean_kl())),
                ("cost", Json::Number(self.losses.last_cost)),
            ]);
            return object([
                ("epoch", Json::Whole(self.number as u64)),
                ("seconds", Json::Number(self.seconds)),
                ("steps", Json::Whole(self.losses.steps as u64)),
                ("train", Json::Raw(train)),
                ("validation", Json::Raw(validation.to_json())),
            ]);
        }
        format!(
            "epoch {:3}  {:5.2} s  {:5.2} ms/step  train {:7.3} = {:7.3} + {:6.3} KL  \
             validation {:7.3} = {:7.3} + {:6.3} KL  nats an image",
            self.number,
            self.seconds,
            1000.0 * self.seconds / self.losses.steps.max(1) as f64,
            sums.mean_total(),
            sums.mean_reconstruction(),
            sums.mean_kl(),
            -validation.elbo,
            validation.reconstruction,
            validation.kl,
        )
    }
}

/// A trained model with its figures.
pub struct Trained {
    /// The model.
    pub model: TrainedModel,
    /// Its figures on the test images.
    pub test: Evaluation,
    /// Seconds it took to train.
    pub seconds: f64,
    /// Steps it took.
    pub step: u32,
    /// Epochs it took.
    pub epoch: usize,
    /// What trained it, as the page calls it.
    pub engine: &'static str,
}

impl Trained {
    /// The figures on the test images as a line of text or of JSON.
    pub fn line(&self, as_json: bool) -> String {
        let test = &self.test;
        if as_json {
            return self.to_json();
        }
        format!(
            "test: reconstruction {:.3} (sampled) {:.3} (at the mean), KL {:.3}, ELBO {:.3} \
             nats an image, cost {:.3}, {:.1} s",
            test.reconstruction,
            test.reconstruction_at_mean,
            test.kl,
            test.elbo,
            test.cost,
            self.seconds,
        )
    }

    fn to_json(&self) -> String {
        let test = Json::Raw(self.test.to_json());
        object([
            ("step", Json::Whole(self.step.into())),
            ("epoch", Json::Whole(self.epoch as u64)),
            ("engine", Json::Text(self.engine)),
            ("test", test),
            ("seconds", Json::Number(self.seconds)),
        ])
    }

    /// The model as a file with its figures in the metadata.
    pub fn to_file(&self) -> WeightsFile {
        let metrics = self.to_json();
        self.model.to_file(vec![("metrics".to_owned(), metrics)])
    }
}

/// Trains on the CPU engine.
pub fn on_cpu(
    config: TrainConfig,
    data: &Data,
    report: impl Fn(&Epoch),
) -> Result<Trained, Failure> {
    let layout = Layout::new(config.hidden);
    let engine = CpuEngine::new(layout, TrainState::fresh(first_weights(&config)));
    pollster::block_on(train(config, data, (engine, "cpu"), report))
}

/// Trains on the reference engine, on burn's CPU device.
#[cfg(feature = "autodiff")]
pub fn on_autodiff(
    config: TrainConfig,
    data: &Data,
    report: impl Fn(&Epoch),
) -> Result<Trained, Failure> {
    use vae_playground::engine::autodiff::AutodiffEngine;
    let layout = Layout::new(config.hidden);
    let state = TrainState::fresh(first_weights(&config));
    let engine = AutodiffEngine::new(layout, state, burn::tensor::Device::flex());
    pollster::block_on(train(config, data, (engine, "autodiff"), report))
}

/// Says how to build with the reference engine.
#[cfg(not(feature = "autodiff"))]
pub fn on_autodiff(_: TrainConfig, _: &Data, _: impl Fn(&Epoch)) -> Result<Trained, Failure> {
    Err("this build has no autodiff engine; cargo xtask train --engine autodiff builds one".into())
}

async fn train(
    config: TrainConfig,
    data: &Data,
    (engine, name): (impl Engine, &'static str),
    report: impl Fn(&Epoch),
) -> Result<Trained, Failure> {
    let (epochs, mut model) = (config.epochs, TrainedModel::untrained(config.clone()));
    let mut run = TrainingRun::new(config, engine);
    let count =
        |(_, bytes): &(String, Vec<u8>)| bytes.len() / vae_playground::data::bytes_per_image();
    run.expect_chunks(data.training.iter().map(count).collect());
    for (file, bytes) in &data.training {
        run.add_chunk(bytes, file)?;
    }
    let started = Instant::now();
    for number in 1..=epochs {
        let began = Instant::now();
        run.run(usize::MAX);
        let losses = run.take_losses().await?;
        let seconds = began.elapsed().as_secs_f64();
        model.set_weights(&run.weights().await?);
        let validation = model.evaluate(&data.validation);
        report(&Epoch { number, seconds, losses, validation });
    }
    let test = model.evaluate(&data.test);
    let seconds = started.elapsed().as_secs_f64();
    Ok(Trained { model, test, seconds, step: run.step(), epoch: run.epoch(), engine: name })
}
