//! Training engines: the same step, computed in different ways.
//!
//! | engine                     | how                                     | where                    |
//! |----------------------------|-----------------------------------------|--------------------------|
//! | [`cpu::CpuEngine`]         | written out, over a matrix product      | browser and native       |
//! | `webgpu::WebGpuEngine`     | written out, as CubeCL kernels          | burn's wgpu device       |
//! | `autodiff::AutodiffEngine` | burn's autodiff and Adam: the reference | any burn device          |

#[cfg(feature = "autodiff")]
pub mod autodiff;
pub mod cpu;
#[cfg(feature = "gpu")]
pub mod webgpu;

use core::future::Future;

use crate::config::{Objective, Reconstruction, TrainConfig};
use crate::data::{Batch, Images};
use crate::objective::LossSums;

/// Adam's decay of the gradient's mean (Kingma & Ba 2015, and the tutorial's).
pub const ADAM_BETA_1: f32 = 0.9;
/// Adam's decay of the gradient's mean square.
pub const ADAM_BETA_2: f32 = 0.999;
/// Adam's guard against division by zero.
pub const ADAM_EPSILON: f32 = 1e-8;

/// What one step is computed with; may change from step to step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepSettings {
    /// What is minimised.
    pub objective: Objective,
    /// How images are compared.
    pub reconstruction: Reconstruction,
    /// Weight of the KL term.
    pub beta: f32,
    /// Adam's step size.
    pub learning_rate: f32,
    /// With `step`, decides ε.
    pub seed: u32,
    /// Steps taken before this one.
    pub step: u32,
}

impl StepSettings {
    /// The settings of step `step` of a run.
    pub fn new(config: &TrainConfig, step: u32) -> Self {
        Self {
            objective: config.objective,
            reconstruction: config.reconstruction,
            beta: config.beta as f32,
            learning_rate: config.learning_rate as f32,
            seed: config.seed,
            step,
        }
    }
}

/// The losses of some steps, before each one's update.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepLosses {
    /// Steps summed.
    pub steps: usize,
    /// Both terms summed over every image of those steps.
    pub sums: LossSums,
    /// The objective's own figure for the last step's batch.
    pub last_cost: f64,
}

/// All that training needs to go on: the weights and what Adam remembers, in the order of
/// [`Layout`](crate::params::Layout).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainState {
    /// The model.
    pub weights: Vec<f32>,
    /// Adam's running mean of the gradient.
    pub first_moment: Vec<f32>,
    /// Adam's running mean of the squared gradient.
    pub second_moment: Vec<f32>,
    /// Updates behind the moments, for Adam's bias correction.
    pub updates: u32,
}

impl TrainState {
    /// Weights that have never been updated.
    pub fn fresh(weights: Vec<f32>) -> Self {
        let zeros = vec![0.0; weights.len()];
        Self { first_moment: zeros.clone(), second_moment: zeros, weights, updates: 0 }
    }
}

/// An engine that failed: the device was lost, or memory ran out. The message is the device's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the training device failed: {0}")]
pub struct EngineError(pub String);

#[cfg(any(feature = "autodiff", feature = "gpu"))]
impl EngineError {
    /// The device's own sentence, which burn and cubecl set under headings of their own and
    /// over a backtrace:
    ///
    /// ```text
    /// The device is poisoned
    /// Caused by:
    ///   Unknown: the driver was reset
    /// Backtrace:
    /// ```
    fn from_device(error: impl core::fmt::Display) -> Self {
        let text = error.to_string();
        let cause = text.split("\nBacktrace:").next().and_then(|above| above.lines().last());
        Self(cause.unwrap_or(&text).trim().to_owned())
    }
}

/// One way to compute training steps.
///
/// `step` may only queue work; the methods that are `async` wait for what is queued.
pub trait Engine {
    /// Takes one optimiser step on a batch of `images`. ε of its row `i` is that of
    /// (`settings.seed`, `settings.step`, `i`).
    fn step(&mut self, images: &Images, batch: &Batch, settings: &StepSettings);

    /// Has the device begin with what is queued.
    fn submit(&mut self) {}

    /// How many more steps can be taken before the losses must be.
    fn room(&self) -> usize {
        usize::MAX
    }

    /// The losses since the last call.
    fn take_losses(&mut self) -> impl Future<Output = Result<StepLosses, EngineError>>;

    /// The gradient of the cost that `step` would use, without taking the step.
    fn gradient(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> impl Future<Output = Result<Vec<f32>, EngineError>>;

    /// A copy of the weights.
    fn weights(&mut self) -> impl Future<Output = Result<Vec<f32>, EngineError>>;

    /// Goes on from `state`, in place of what it has come to. Losses not yet taken are gone.
    ///
    /// # Panics
    /// When `state` is of another layout.
    fn restore(&mut self, state: TrainState);

    /// A copy of the weights and of Adam's memory.
    fn snapshot(&mut self) -> impl Future<Output = Result<TrainState, EngineError>>;
}

#[cfg(all(test, feature = "autodiff"))]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_what_the_device_said() {
        let burns =
            "The device is poisoned\nCaused by:\n  Unknown: reset\nBacktrace:\nNo backtrace";
        let said = |text: &str| EngineError::from_device(text).0;
        assert_eq!(
            (said(burns), said("out of memory")),
            ("Unknown: reset".into(), "out of memory".into())
        );
    }
}
