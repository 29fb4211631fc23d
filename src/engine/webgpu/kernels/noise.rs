//! ε, drawn on the device as [`noise`](crate::noise) draws it on the host.

use cubecl::prelude::*;

/// The width of the cells that [`noise::uniform`](crate::noise::uniform) picks from.
const CELL: f32 = 1.0 / 16_777_216.0;

/// [`noise::epsilon`](crate::noise::epsilon) of the training stream. The words are its words;
/// the normals are off by what the device's ln, sin and cos are.
#[cube]
pub fn epsilon(seed: u32, step: u32, row: u32) -> (f32, f32) {
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
