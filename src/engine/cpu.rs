//! The training step written out: forward, backward and Adam, over one sparse product.
//!
//! ```text
//!            W₁             W_μ, W_σ                W₂            W₃
//! x [B,784] ───▶ h₁ [B,H] ─────────▶ μ, log σ² ─ε▶ z ───▶ h₂ [B,H] ───▶ x̂ [B,784]
//! ```
//!
//! Every buffer is made once and reused: a step allocates nothing. `backward` reads from the
//! loss to the first layer, `gradients` what that makes of each weight.

mod adam;
mod gradient;

use self::gradient::Workspace;
use super::{Engine, EngineError, StepLosses, StepSettings, TrainState};
use crate::data::{Batch, Images};
use crate::params::Layout;

/// The model and all that a step needs, in memory.
pub struct CpuEngine {
    layout: Layout,
    state: TrainState,
    gradient: Vec<f32>,
    workspace: Workspace,
    losses: StepLosses,
}

impl CpuEngine {
    /// An engine that goes on from `state`.
    ///
    /// # Panics
    /// When `state` is not of `layout`.
    pub fn new(layout: Layout, state: TrainState) -> Self {
        assert_eq!(state.weights.len(), layout.len(), "a state of this layout");
        Self {
            gradient: vec![0.0; layout.len()],
            workspace: Workspace::new(layout.hidden),
            losses: StepLosses::default(),
            layout,
            state,
        }
    }

    /// Fills `gradient` with that of the cost on `rows`; returns the batch's losses.
    fn differentiate(
        &mut self,
        images: &Images,
        rows: &[u32],
        settings: &StepSettings,
    ) -> StepLosses {
        let weights = self.layout.split(&self.state.weights);
        self.workspace.load(images, rows);
        self.workspace.forward(&weights, settings);
        let losses = self.workspace.measure(settings);
        self.workspace.backward(&weights, settings);
        self.workspace.gradients(&self.layout, &mut |start, piece| {
            self.gradient[start..][..piece.len()].copy_from_slice(piece);
        });
        losses
    }
}

impl Engine for CpuEngine {
    fn step(&mut self, images: &Images, batch: &Batch, settings: &StepSettings) {
        let losses = self.differentiate(images, batch.rows(), settings);
        self.losses.steps += 1;
        self.losses.sums += losses.sums;
        self.losses.last_cost = losses.last_cost;
        adam::update(&mut self.state, &self.gradient, settings.learning_rate);
    }

    async fn take_losses(&mut self) -> Result<StepLosses, EngineError> {
        Ok(core::mem::take(&mut self.losses))
    }

    async fn gradient(
        &mut self,
        images: &Images,
        batch: &Batch,
        settings: &StepSettings,
    ) -> Result<Vec<f32>, EngineError> {
        self.differentiate(images, batch.rows(), settings);
        Ok(self.gradient.clone())
    }

    async fn weights(&mut self) -> Result<Vec<f32>, EngineError> {
        Ok(self.state.weights.clone())
    }

    fn restore(&mut self, state: TrainState) {
        assert_eq!(state.weights.len(), self.layout.len(), "a state of this layout");
        self.losses = StepLosses::default();
        self.state = state;
    }

    async fn snapshot(&mut self) -> Result<TrainState, EngineError> {
        Ok(self.state.clone())
    }
}
