//! The core module's `Trainer`, on the CPU engine.

use wasm_bindgen::prelude::*;

use crate::engine::cpu::CpuEngine;
use crate::engine::{EngineError, TrainState};

async fn make(layout: Layout, state: TrainState) -> Result<CpuEngine, EngineError> {
    Ok(CpuEngine::new(layout, state))
}

/// The CPU engine has nothing to build.
async fn warm_up(_: &mut TrainingRun<CpuEngine>) -> Result<(), EngineError> {
    Ok(())
}

export_trainer!(CpuEngine, make, warm_up);
