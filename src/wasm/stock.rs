//! The stock module's `Trainer`: the reference engine on the browser's WebGPU device, which the
//! benchmark compares with the page's own.

use burn::tensor::Device;
use wasm_bindgen::prelude::*;

use super::device::device;
use crate::engine::autodiff::AutodiffEngine;
use crate::engine::{EngineError, TrainState};

/// What burn submits after where nothing else is asked of it.
const DISPATCHES_A_SUBMIT: usize = 32;

async fn make(layout: Layout, state: TrainState) -> Result<AutodiffEngine, EngineError> {
    let device: Device = device(DISPATCHES_A_SUBMIT).await?;
    Ok(AutodiffEngine::new(layout, state, device))
}

async fn warm_up(run: &mut TrainingRun<AutodiffEngine>) -> Result<(), EngineError> {
    let config = run.config().clone();
    run.engine_mut().warm_up(&config).await
}

export_trainer!(AutodiffEngine, make, warm_up);
