//! What Adam makes of a gradient.

use cubecl::prelude::*;

use super::{Quad, number};
use crate::engine::webgpu::places::{Places, RING};
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON};

/// Adam on four weights a unit, see [`cpu`](crate::engine::cpu):
///
///   m ← β₁ m + (1 − β₁) g
///   v ← β₂ v + (1 − β₂) g²
///   θ ← θ − η m̂ / (√v̂ + ε)      Kingma & Ba 2015, algorithm 1
///
/// The very first unit also puts the batch's losses in their place in the ring.
///
/// # Shapes
/// - `gradients`: as the weights in [`Places`]; the first quad: reconstruction, KL
#[cube(launch_unchecked)]
pub fn update(words: &[u32], gradients: &[Quad], model: &mut [Quad], #[comptime] places: Places) {
    if ABSOLUTE_POS < comptime!(places.moment()) {
        let at = ABSOLUTE_POS + RING;
        let first = at + comptime!(places.moment());
        let second = first + comptime!(places.moment());
        let gradient = gradients[at];
        let mean = model[first] * Quad::new(ADAM_BETA_1)
            + gradient * Quad::new(comptime!(1.0 - ADAM_BETA_1));
        let square = model[second] * Quad::new(ADAM_BETA_2)
            + gradient * gradient * Quad::new(comptime!(1.0 - ADAM_BETA_2));
        // η / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ).
        let step_size = number(words[words::LEARNING_RATE]) / number(words[words::CORRECTION_1]);
        let scale = 1.0 / number(words[words::CORRECTION_2]).sqrt();
        let root = square.sqrt() * Quad::new(scale) + Quad::new(ADAM_EPSILON);
        model[at] -= mean * Quad::new(step_size) / root;
        model[first] = mean;
        model[second] = square;
    }
    if ABSOLUTE_POS == 0 {
        // This step has been counted by now.
        model[(words[words::TAKEN] as usize + comptime!(RING - 1)) % RING] = gradients[0];
    }
}
