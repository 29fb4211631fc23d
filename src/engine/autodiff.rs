//! The reference engine: the model of [`model`], burn's autodiff, burn's Adam.
//!
//! It is generic over burn's devices: on `flex` it checks the other engines, on WebGPU it is what
//! the benchmark compares them with. All weights, and all that Adam remembers, are flat tensors on
//! the device: the modules of a step are cut from them, Adam updates them at one go, and reading
//! them is one read. Nothing here waits for the device but the methods that are `async`.

use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};

use super::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON};
use super::{Engine, EngineError, StepLosses, StepSettings, TrainState};
use crate::config::{LATENT, PIXELS};
use crate::data::{Batch, Images};
use crate::model::{self, Vae};
use crate::noise::{self, Stream};
use crate::objective::{LossSums, TermWeights};
use crate::params::Layout;

/// The model, what Adam remembers, and the losses not yet read: all on one device.
pub struct AutodiffEngine {
    layout: Layout,
    device: Device,
    /// `[layout.len()]`
    weights: Tensor<1>,
    adam: Adam,
    /// Both moments, each `[layout.len()]`. Adam takes it and gives it back; always there.
    memory: Option<AdamState<1>>,
    losses: Option<QueuedLosses>,
}

impl AutodiffEngine {
    /// An engine on `device` that goes on from `state`.
    ///
    /// # Panics
    /// When `state` is not of `layout`.
    pub fn new(layout: Layout, state: TrainState, device: Device) -> Self {
        assert_eq!(state.weights.len(), layout.len(), "a state of this layout");
        let device = device.without_autodiff();
        let upload = |values: Vec<f32>| Tensor::from_data(values.as_slice(), &device);
        let momentum = AdaptiveMomentumState::new(
            state.updates as usize,
            upload(state.first_moment),
            upload(state.second_moment),
        );
        let adam = AdamConfig::new()
            .with_beta_1(ADAM_BETA_1)
            .with_beta_2(ADAM_BETA_2)
            .with_epsilon(ADAM_EPSILON);
        Self {
            weights: upload(state.weights),
            adam: adam.build(),
            memory: Some(AdamState::new(momentum)),
            losses: None,
            layout,
            device,
        }
    }

    /// The gradient of the cost on `rows`, and the batch's losses.
    ///
    /// # Shapes
    /// - returns `[layout.len()]`
    fn differentiate(
        &self,
        images: &Images,
        rows: &[u32],
        settings: &StepSettings,
    ) -> (Tensor<1>, QueuedLosses) {
        let terms = TermWeights::new(settings.objective, settings.beta, rows.len());
        let images = self.upload_images(images, rows);
        let noise = self.upload_noise(rows.len(), settings, terms.samples);

        let model = Vae::from_flat(&self.layout, &self.weights.clone().autodiff());
        let (output, posterior) = model.forward(images.clone(), noise);
        // By image first: one f32 sum of 100,000 pixels is off by 1e-4 where a device adds in order.
        let reconstruction = model::reconstruction(settings.reconstruction, output, images);
        let reconstruction = reconstruction.sum_dim(1).sum();
        let kl = model::kl(&posterior).sum();
        let cost = reconstruction.clone() * terms.reconstruction + kl.clone() * terms.kl;

        let gradient = model.gradient(&cost.backward());
        let sums = Sums { reconstruction: reconstruction.inner(), kl: kl.inner() };
        (gradient, QueuedLosses::of_step(sums, rows.len(), terms))
    }

    /// # Shapes
    /// - returns `[rows, 784]`
    fn upload_images(&self, images: &Images, rows: &[u32]) -> Tensor<2> {
        let mut pixels = vec![0.0; rows.len() * PIXELS];
        images.gather(rows.iter().map(|&row| row as usize), &mut pixels);
        Tensor::from_data(TensorData::new(pixels, [rows.len(), PIXELS]), &self.device).autodiff()
    }

    /// ε, or zeros where nothing is sampled.
    ///
    /// # Shapes
    /// - returns `[rows, latent]`
    fn upload_noise(&self, rows: usize, settings: &StepSettings, samples: bool) -> Tensor<2> {
        let epsilon = |row| match samples {
            true => noise::epsilon(settings.seed, Stream::Noise, settings.step, row as u32),
            false => [0.0; LATENT],
        };
        let values = (0..rows).flat_map(epsilon).collect::<Vec<_>>();
        Tensor::from_data(TensorData::new(values, [rows, LATENT]), &self.device).autodiff()
    }
}

impl Engine for AutodiffEngine {
    fn step(&mut self, images: &Images, batch: &Batch, settings: &StepSettings) {
        let (gradient, losses) = self.differentiate(images, batch.rows(), settings);
        self.losses = Some(match self.losses.take() {
            Some(queued) => queued.followed_by(losses),
            None => losses,
        });
        (self.weights, self.memory) = self.adam.step(
            settings.learning_rate.into(),
            self.weights.clone(),
            gradient,
            self.memory.take(),
        );
    }

    async fn take_losses(&mut self) -> Result<StepLosses, EngineError> {
        match self.losses.take() {
            Some(queued) => queued.read().await,
            None => Ok(StepLosses::default()),
        }
    }

    async fn gradient(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> Result<Vec<f32>, EngineError> {
        let (gradient, _) = self.differentiate(images, batch.rows(), settings);
        read(gradient).await
    }

    async fn weights(&mut self) -> Result<Vec<f32>, EngineError> {
        read(self.weights.clone()).await
    }

    fn restore(&mut self, state: TrainState) {
        *self = Self::new(self.layout.clone(), state, self.device.clone());
    }

    async fn snapshot(&mut self) -> Result<TrainState, EngineError> {
        let Some(AdamState { momentum }) = self.memory.clone() else {
            return Err(EngineError("a step was broken off".to_owned()));
        };
        let tensors = vec![self.weights.clone(), momentum.moment_1, momentum.moment_2];
        let mut weights = read(Tensor::cat(tensors, 0)).await?;
        let second_moment = weights.split_off(2 * self.layout.len());
        let first_moment = weights.split_off(self.layout.len());
        Ok(TrainState { weights, first_moment, second_moment, updates: momentum.time as u32 })
    }
}

/// Σ reconstruction and Σ KL, each `[1]`, on the device.
#[derive(Clone)]
struct Sums {
    reconstruction: Tensor<1>,
    kl: Tensor<1>,
}

/// The losses of the steps since the last read, on the device.
struct QueuedLosses {
    steps: usize,
    images: usize,
    sums: Sums,
    last: Sums,
    last_terms: TermWeights,
}

impl QueuedLosses {
    fn of_step(sums: Sums, images: usize, terms: TermWeights) -> Self {
        Self { steps: 1, images, last: sums.clone(), sums, last_terms: terms }
    }

    fn followed_by(self, next: Self) -> Self {
        let sums = Sums {
            reconstruction: self.sums.reconstruction + next.sums.reconstruction,
            kl: self.sums.kl + next.sums.kl,
        };
        Self { steps: self.steps + next.steps, images: self.images + next.images, sums, ..next }
    }

    async fn read(self) -> Result<StepLosses, EngineError> {
        let Self { steps, images, sums, last, last_terms } = self;
        let tensors = [sums.reconstruction, sums.kl, last.reconstruction, last.kl];
        let values = read(Tensor::cat(tensors.into(), 0)).await?;
        let sums_of = |at: usize, images| LossSums {
            reconstruction: values[at].into(),
            kl: values[at + 1].into(),
            images,
        };
        let last_cost = last_terms.cost(sums_of(2, 0));
        Ok(StepLosses { steps, sums: sums_of(0, images), last_cost })
    }
}

/// The values of a tensor, once the device has computed them.
async fn read(tensor: Tensor<1>) -> Result<Vec<f32>, EngineError> {
    let data = tensor.into_data_async().await.map_err(EngineError::from_device)?;
    data.try_into_vec().map_err(EngineError::from_device)
}
