//! What Adam makes of a gradient that is in registers.

use cubecl::prelude::*;

use super::{Quad, WIDTH, number};
use crate::engine::webgpu::places::{Places, TILE};
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON};

/// Adam's two factors of a step, the same for every weight.
#[derive(CubeType)]
pub struct Adam {
    /// η / (1 − β₁ᵗ)
    step_size: f32,
    /// 1 / √(1 − β₂ᵗ)
    scale: f32,
}

/// Those factors, of the step that the words tell of.
#[cube]
pub fn factors(words: &[u32]) -> Adam {
    Adam {
        step_size: number(words[words::LEARNING_RATE]) / number(words[words::CORRECTION_1]),
        scale: 1.0 / number(words[words::CORRECTION_2]).sqrt(),
    }
}

/// [`learn_quad`](fn@learn_quad) on a tile's weights, whose rows are `stride` quads apart.
#[cube]
pub fn learn_tile(
    model: &mut [Quad],
    target: usize,
    #[comptime] stride: usize,
    gradient: &Array<Quad>,
    adam: &Adam,
    #[comptime] places: Places,
    #[comptime] learn: bool,
) {
    #[unroll]
    for place in 0..TILE * WIDTH {
        let at = target + (place / WIDTH) * stride + place % WIDTH;
        learn_quad(model, at, gradient[place], adam, places, learn);
    }
}

/// Adam on four weights, see [`cpu`](crate::engine::cpu):
///
///   m ← β₁ m + (1 − β₁) g
///   v ← β₂ v + (1 − β₂) g²
///   θ ← θ − η m̂ / (√v̂ + ε)      Kingma & Ba 2015, algorithm 1
#[cube]
pub fn learn_quad(
    model: &mut [Quad],
    at: usize,
    gradient: Quad,
    adam: &Adam,
    #[comptime] places: Places,
    #[comptime] learn: bool,
) {
    if comptime!(learn) {
        let first = at + places.moment();
        let second = first + places.moment();
        let mean = model[first] * Quad::new(ADAM_BETA_1)
            + gradient * Quad::new(comptime!(1.0 - ADAM_BETA_1));
        let square = model[second] * Quad::new(ADAM_BETA_2)
            + gradient * gradient * Quad::new(comptime!(1.0 - ADAM_BETA_2));
        let root = square.sqrt() * Quad::new(adam.scale) + Quad::new(ADAM_EPSILON);
        model[at] -= mean * Quad::new(adam.step_size) / root;
        model[first] = mean;
        model[second] = square;
    } else {
        model[at] = gradient;
    }
}
