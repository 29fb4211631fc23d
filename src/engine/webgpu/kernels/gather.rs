//! The batch's pixels in one place.

use cubecl::prelude::*;

use super::{number, padded};
use crate::engine::webgpu::places::IMAGE;
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2};

/// Writes x, and zeros for the rows beyond the batch.
///
/// A unit does a word of pixels; the very first one also brings Adam's bias corrections to this
/// step, which nobody reads before `update`.
///
///   1 − βᵗ = (1 − βᵗ⁻¹) β + (1 − β)
///
/// loses no digits, where βᵗ in f32 would lose most of them.
///
/// # Shapes
/// - `images`: `[rows, 196]`
#[cube(launch_unchecked)]
pub fn gather(words: &mut [u32], order: &[u32], pixels: &[u32], images: &mut [u32]) {
    let batch = words[words::BATCH];
    let (row, word) = (ABSOLUTE_POS / IMAGE, ABSOLUTE_POS % IMAGE);
    if row < padded(batch) {
        let mut four = 0u32.runtime();
        if row < batch as usize {
            let image = order[words[words::POSITION] as usize + row] as usize;
            four = pixels[image * IMAGE + word];
        }
        images[ABSOLUTE_POS] = four;
    }
    if ABSOLUTE_POS == 0 {
        let next_1 = corrected(words[words::CORRECTION_1], ADAM_BETA_1);
        let next_2 = corrected(words[words::CORRECTION_2], ADAM_BETA_2);
        words[words::CORRECTION_1] = next_1;
        words[words::CORRECTION_2] = next_2;
    }
}

#[cube]
fn corrected(word: u32, #[comptime] decay: f32) -> u32 {
    u32::reinterpret(number(word) * decay + comptime!(1.0 - decay))
}
