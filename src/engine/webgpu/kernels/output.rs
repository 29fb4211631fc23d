//! The output layer with the loss and its derivative: x̂ itself is never stored.

use cubecl::prelude::*;

use super::multiply::{four_rows, multiply_row};
use super::{BYTE, Quad, WIDTH, bytes, number, padded};
use crate::engine::webgpu::places::{IMAGE, Places, TILE};
use crate::engine::webgpu::words;

/// x̂ = h₂ W₃ + b₃, its loss against x, and ∂x̂.
///
/// # Shapes
/// - `errors`: `[rows, 784]`
/// - `losses`: `[98, rows]`, each the sum over a tile's eight pixels
#[cube(launch_unchecked)]
pub fn output(
    words: &[u32],
    units: &[Quad],
    images: &[u32],
    model: &[Quad],
    errors: &mut [Quad],
    losses: &mut [f32],
    #[comptime] places: Places,
    #[comptime] bernoulli: bool,
) {
    let rows = padded(words[words::BATCH]);
    let (row, tile) = (ABSOLUTE_POS_Y as usize * TILE, ABSOLUTE_POS_X as usize);
    let column = tile * WIDTH;
    if row < rows && column < IMAGE {
        let mut sums = Array::<Quad>::new(comptime!(TILE * WIDTH));
        #[unroll]
        for place in 0..TILE * WIDTH {
            sums[place] = model[places.output_bias + column + place % WIDTH];
        }
        let unit = (rows + row) * places.row();
        for quad in 0..comptime!(places.row()) {
            let weight = places.output_weight + quad * comptime!(4 * IMAGE) + column;
            let weights = four_rows(model, weight, IMAGE);
            #[unroll]
            for down in 0..TILE {
                let values = units[unit + down * comptime!(places.row()) + quad];
                multiply_row(values, &weights, down, &mut sums);
            }
        }
        let weight = Quad::new(number(words[words::RECONSTRUCTION]));
        #[unroll]
        for down in 0..TILE {
            let mut loss = 0.0f32.runtime();
            #[unroll]
            for across in 0..WIDTH {
                let at = (row + down) * IMAGE + column + across;
                let pixel = bytes(images[at]) * Quad::new(BYTE);
                let value = sums[down * WIDTH + across];
                if comptime!(bernoulli) {
                    loss += cross_entropy(value, pixel).vector_sum();
                    errors[at] = (sigmoid(value) - pixel) * weight;
                } else {
                    let error = value - pixel;
                    loss += error.dot(error) * 0.5;
                    errors[at] = error * weight;
                }
            }
            losses[tile * rows + row + down] = loss;
        }
    }
}

/// max(l, 0) − x l + ln(1 + e^−|l|), see [`objective`](crate::objective).
#[cube]
fn cross_entropy(logit: Quad, pixel: Quad) -> Quad {
    let one = Quad::new(1.0);
    logit.max(Quad::new(0.0)) - pixel * logit + ((logit.abs() * Quad::new(-1.0)).exp() + one).ln()
}

/// 1 / (1 + e^−l), from e^−|l| lest it overflow.
#[cube]
fn sigmoid(logit: Quad) -> Quad {
    let one = Quad::new(1.0);
    let small = (logit.abs() * Quad::new(-1.0)).exp();
    let above = one / (one + small);
    select_many(logit.greater_than(&Quad::new(0.0)), above, small * above)
}
