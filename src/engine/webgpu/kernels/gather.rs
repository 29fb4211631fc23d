//! The batch's pixels in one place, and its ε.

use cubecl::prelude::*;

use super::{Quad, latent, number, padded};
use crate::engine::webgpu::places::IMAGE;
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2};

/// The width of the cells that [`noise::uniform`](crate::noise::uniform) picks from.
const CELL: f32 = 1.0 / 16_777_216.0;

/// Writes x, zeros for the rows beyond the batch, and ε.
///
/// A unit does a word of pixels; the first of each image draws its ε, and the very first one
/// brings Adam's bias corrections to this step, which nobody reads before `update`.
///
///   1 − βᵗ = (1 − βᵗ⁻¹) β + (1 − β)
///
/// loses no digits, where βᵗ in f32 would lose most of them.
///
/// # Shapes
/// - `images`: `[rows, 196]`
#[cube(launch_unchecked)]
pub fn gather(
    words: &mut [u32],
    order: &[u32],
    pixels: &[u32],
    images: &mut [u32],
    latent: &mut [Quad],
) {
    let batch = words[words::BATCH];
    let (row, word) = (ABSOLUTE_POS / IMAGE, ABSOLUTE_POS % IMAGE);
    if row < padded(batch) {
        let mut four = 0u32.runtime();
        if row < batch as usize {
            let image = order[words[words::POSITION] as usize + row] as usize;
            four = pixels[image * IMAGE + word];
            if word == 0 {
                let (first, second) = epsilon(words[words::SEED], words[words::STEP], row as u32);
                let samples = number(words[words::SAMPLES]);
                let mut noise = Quad::new(0.0);
                noise.insert(0usize, first * samples);
                noise.insert(1usize, second * samples);
                latent[latent::place(row, latent::NOISE)] = noise;
            }
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

/// [`noise::epsilon`](crate::noise::epsilon) of the training stream. The words are its words;
/// the normals are off by what the device's ln, sin and cos are.
#[cube]
fn epsilon(seed: u32, step: u32, row: u32) -> (f32, f32) {
    let mut counter_0 = row;
    let mut counter_1 = step;
    let mut counter_2 = 0u32.runtime();
    let mut counter_3 = 0u32.runtime();
    let mut key_0 = seed;
    let mut key_1 = 0u32.runtime();
    // Philox4x32-10, as in `noise::philox`, which names its constants' source.
    #[unroll]
    for _ in 0..10usize {
        let low_high = u32::mul_hi(counter_0, 0xD251_1F53);
        let low_low = counter_0 * 0xD251_1F53;
        let high_high = u32::mul_hi(counter_2, 0xCD9E_8D57);
        let high_low = counter_2 * 0xCD9E_8D57;
        counter_0 = high_high ^ counter_1 ^ key_0;
        counter_1 = high_low;
        counter_2 = low_high ^ counter_3 ^ key_1;
        counter_3 = low_low;
        key_0 += 0x9E37_79B9;
        key_1 += 0xBB67_AE85;
    }
    // Box & Muller 1958, the angle half a turn back, because WGSL's sin and cos are only held to
    // be good from −π to π.
    let radius = (uniform(counter_0).ln() * f32::new(-2.0)).sqrt();
    let angle = (uniform(counter_1) - 0.5) * core::f32::consts::TAU;
    (-radius * angle.cos(), -radius * angle.sin())
}

/// [`noise::uniform`](crate::noise::uniform)
#[cube]
fn uniform(word: u32) -> f32 {
    (f32::cast_from(word >> 8) + 0.5) * CELL
}
