//! The boundary to JavaScript: convert, delegate, map errors. No maths here.
//!
//! Two modules are built from this package for the page, and a third for the benchmark. All
//! export a `Trainer` of the same shape; the core module also exports what the page draws with.

mod error;
#[macro_use]
mod trainer;

#[cfg(feature = "core")]
mod data;
#[cfg(feature = "core")]
mod model;
#[cfg(feature = "core")]
mod plane;
#[cfg(feature = "core")]
mod settings;

// One engine a module.
#[cfg(all(feature = "core", not(any(feature = "webgpu", feature = "stock"))))]
mod cpu;
#[cfg(any(feature = "webgpu", feature = "stock"))]
mod device;
#[cfg(all(feature = "stock", not(feature = "webgpu")))]
mod stock;
#[cfg(feature = "webgpu")]
mod webgpu;

use wasm_bindgen::prelude::*;

/// Makes a panic's message and place readable in the browser's console, and readies statics.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    #[cfg(all(any(feature = "webgpu", feature = "stock"), target_family = "wasm"))]
    device::call_constructors();
}
