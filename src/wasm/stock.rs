//! The stock module's `Trainer`: the reference engine on the browser's WebGPU device, as burn has
//! it, fusion included. Only the benchmark builds it.

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

/// Each kernel is built where it is first used: the benchmark's first steps do that.
async fn warm_up(_: &mut TrainingRun<AutodiffEngine>) -> Result<(), EngineError> {
    Ok(())
}

export_trainer!(AutodiffEngine, make, warm_up);
