//! The webgpu module's `Trainer`: this model's own kernels on the browser's WebGPU device.

use wasm_bindgen::prelude::*;

use super::device::device;
use crate::engine::webgpu::{DISPATCHES_A_SUBMIT, WebGpuEngine};
use crate::engine::{EngineError, TrainState};

async fn make(layout: Layout, state: TrainState) -> Result<WebGpuEngine, EngineError> {
    device(DISPATCHES_A_SUBMIT).await?;
    // burn's device is cubecl's default one.
    Ok(WebGpuEngine::new(layout, state, cubecl::Device::default().client()))
}

async fn warm_up(run: &mut TrainingRun<WebGpuEngine>) -> Result<(), EngineError> {
    let (batch, reconstruction) = (run.config().batch_size, run.config().reconstruction);
    run.engine_mut().warm_up(batch, reconstruction)
}

export_trainer!(WebGpuEngine, make, warm_up);
