//! The kernels of a step, in the order in which they run.
//!
//! | kernel | computes | reads | writes |
//! |---|---|---|---|
//! | [`gather`] | x of the batch | order, pixels, words | images, words |
//! | [`encode`](fn@multiply::encode) | x W₁ | images, model, words | parts |
//! | [`sample`](fn@latent::sample) | h₁, μ, log σ², ε, z, h₂ | parts, model, words | units, latent |
//! | [`output`] | x̂, its loss, ∂x̂ | units, images, model, words | errors, losses |
//! | [`through_output`](fn@multiply::through_output) | ∂x̂ W₃ᵀ | errors, model, words | parts |
//! | [`through_latent`](fn@latent::through_latent) | ∂h₂, ∂z, ∂μ, ∂log σ², ∂h₁ | parts, model, units, losses | slopes, latent, words |
//! | [`gradients`] | every weight's gradient, the losses | images, units, slopes, errors, latent, words | gradients |
//! | [`update`] | Adam | gradients, words | model |
//!
//! The most bindings are seven. ∂ stands for the cost's derivative.
//!
//! # Shapes
//! `rows` is the batch padded to whole tiles. What the rows beyond the batch hold comes from
//! images of zeros and goes nowhere: whatever sums over images stops at the batch.
//!
//! | buffer | shape | holds |
//! |---|---|---|
//! | words | `[16]` | the step's place and settings, see [`words`](super::words) |
//! | order | `[images]` | the epoch's order |
//! | pixels | `[images, 196]` | four pixels a word |
//! | images | `[rows, 196]` | x, four pixels a word: a quarter of what the products would load |
//! | units | `[2, rows, hidden]` | h₁ and h₂ |
//! | slopes | `[2, rows, hidden]` | ∂h₁ and ∂h₂, before ReLU |
//! | errors | `[rows, 784]` | ∂x̂ |
//! | parts | `[slices, rows, hidden]` | parts of a long product |
//! | latent | `[rows, 5, 4]` | see [`latent`] |
//! | losses | `[98, rows]` | reconstruction, by tile of pixels |
//! | gradients | see [`gradients`](fn@gradients::gradients) | the batch's losses, every weight's gradient |
//! | model | see [`Places`] | losses of past steps, weights, moments |

// The cube macro writes items without docs beside each documented kernel.
#![allow(missing_docs)]

pub mod gather;
pub mod gradients;
pub mod latent;
pub mod multiply;
pub mod noise;
pub mod outer;
pub mod output;
pub mod update;

use cubecl::prelude::*;

use super::places::{Places, TILE};

/// Four f32: what is loaded and stored at once.
pub type Quad = Vector<f32, Const<4>>;

/// Units of a cube along each side of a product, 64 in all: a GPU's wave, or two.
pub const SIDE: u32 = 8;
/// Units of a cube of any other kernel: a wave of most GPUs, so that its units meet at no cost.
pub const UNITS: u32 = 32;

/// Units side by side along a row of hidden units where a kernel passes over paper, of the SIDE² in a
/// cube: a wave, or the whole row where that is less. So a wave sees the same images and passes over
/// the same places; in a square of units each of its rows would wait for the others.
pub const fn wide(places: Places) -> u32 {
    let tiles = (places.row() / WIDTH).next_power_of_two() as u32;
    if tiles < UNITS { tiles } else { UNITS }
}

/// The batch, padded to whole tiles.
#[cube]
pub fn padded(batch: u32) -> usize {
    (batch as usize + comptime!(TILE - 1)) / TILE * TILE
}

/// Quads in a row of a tile.
pub const WIDTH: usize = TILE / 4;

/// What a byte of 1 stands for.
pub const BYTE: f32 = 1.0 / 255.0;

/// A word's four bytes as numbers from 0 to 255, the lowest first. They go by way of an i32, which
/// everything can convert to f32 in one instruction.
#[cube]
pub fn bytes(word: u32) -> Quad {
    let mut quad = Quad::new(0.0);
    #[unroll]
    for lane in 0..4usize {
        let byte = (word >> comptime!(8 * lane as u32)) & 255;
        quad.insert(lane, f32::cast_from(i32::cast_from(byte)));
    }
    quad
}

/// The f32 whose bits a word holds.
#[cube]
pub fn number(word: u32) -> f32 {
    f32::reinterpret(word)
}
