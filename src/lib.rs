//! A variational autoencoder that trains on MNIST, natively and in a browser tab.
//!
//! Data flows one way; nothing on the left knows anything on its right:
//!
//! ```text
//! config, noise, params, objective ─▶ data ─▶ engine ─▶ training ─▶ wasm ─▶ www/
//!                                     forward ─▶ explore, raster ──▶
//! ```
//!
//! | symbol      | name      | shape           | meaning                                       |
//! |-------------|-----------|-----------------|-----------------------------------------------|
//! | x           | image     | `[batch, 784]`  | pixels, 0 to 1                                |
//! | μ           | `mean`    | `[batch, 2]`    | mean of the posterior q(z\|x)                 |
//! | log σ²      | `log_var` | `[batch, 2]`    | logarithm of its variance                     |
//! | ε           | `epsilon` | `[batch, 2]`    | standard normal noise                         |
//! | z = μ + σ ε | `latent`  | `[batch, 2]`    | a sample of the posterior: a code             |
//! | x̂           | `output`  | `[batch, 784]`  | the decoder's output, pixels or logits        |
//! | B           | `batch`   |                 | images a step                                 |
//! | H           | `hidden`  |                 | units in each hidden layer                    |

#![warn(missing_docs)]

pub mod checkpoint;
pub mod config;
pub mod data;
pub mod engine;
pub mod explore;
pub mod forward;
pub mod json;
#[cfg(feature = "autodiff")]
pub mod model;
pub mod noise;
pub mod objective;
pub mod params;
pub mod raster;
mod safetensors;
pub mod training;
#[cfg(any(feature = "core", feature = "webgpu", feature = "stock"))]
pub mod wasm;
pub mod weights;
