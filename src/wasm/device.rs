//! The browser's WebGPU device, set up by burn, for the modules that train on it.

use std::cell::RefCell;

use burn::tensor::Device;
use burn::tensor::wgpu::wgpu::Features;

use crate::engine::EngineError;

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

/// The device, which submits by itself at the latest after so many dispatches.
///
/// # Errors
/// An [`EngineError`] where there is none or it lacks what burn needs.
pub async fn device(dispatches_a_submit: usize) -> Result<Device, EngineError> {
    if let Some(device) = DEVICE.with_borrow(Clone::clone) {
        return Ok(device);
    }
    let options = Device::wgpu_options().tasks_max(dispatches_a_submit);
    let setup = options.init_with_setup_async().await;
    let (device, setup) = setup.map_err(|error| EngineError(error.to_string()))?;
    // Without it burn's first use of the device panics.
    if !setup.adapter.features().contains(Features::TIMESTAMP_QUERY) {
        return Err(EngineError("its adapter has no timestamp-query".to_owned()));
    }
    DEVICE.set(Some(device.clone()));
    Ok(device)
}
