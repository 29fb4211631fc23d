//! The webgpu module's `Trainer`: the reference engine on the browser's WebGPU device.

use std::cell::RefCell;

use burn::tensor::Device;
use burn::tensor::wgpu::wgpu::Features;
use wasm_bindgen::prelude::*;

use crate::engine::autodiff::AutodiffEngine;
use crate::engine::{EngineError, TrainState};

thread_local! {
    /// burn sets up its device once a thread and refuses to do it again.
    static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// Runs the constructors by which cubecl's parts enter themselves in its tables, once.
///
/// Where a module calls them nowhere, the linker takes it for a program that is run once, and
/// has every export call all of them first: also those by which wasm-bindgen takes and drops
/// each JavaScript value, hundreds of times a training step. That took longer than the step.
#[cfg(target_family = "wasm")]
pub fn call_constructors() {
    unsafe extern "C" {
        fn __wasm_call_ctors();
    }
    // SAFETY: the linker defines it with this signature in every module, and nothing in the
    // module has run before its start function, which calls this.
    unsafe { __wasm_call_ctors() }
}

async fn device() -> Result<Device, EngineError> {
    if let Some(device) = DEVICE.with_borrow(Clone::clone) {
        return Ok(device);
    }
    let setup = Device::wgpu_options().init_with_setup_async().await;
    let (device, setup) = setup.map_err(|error| EngineError(error.to_string()))?;
    // Without it burn's first tensor panics.
    if !setup.adapter.features().contains(Features::TIMESTAMP_QUERY) {
        return Err(EngineError("its adapter has no timestamp-query".to_owned()));
    }
    DEVICE.set(Some(device.clone()));
    Ok(device)
}

async fn make(layout: Layout, state: TrainState) -> Result<AutodiffEngine, EngineError> {
    Ok(AutodiffEngine::new(layout, state, device().await?))
}

async fn warm_up(run: &mut TrainingRun<AutodiffEngine>) -> Result<(), EngineError> {
    let config = run.config().clone();
    run.engine_mut().warm_up(&config).await
}

export_trainer!(AutodiffEngine, make, warm_up);
