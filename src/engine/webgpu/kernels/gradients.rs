//! The gradient of every weight, a sum over the batch, and the batch's losses.
//!
//! What Adam makes of it is [`update`](super::update). Adam on each tile that is in registers
//! would save a pass over the gradients, but double this kernel: SwiftShader then took four times
//! as long to compile it, and longer for a step.
//!
//! The two large tensors and all the small ones are independent of each other, so they are one
//! dispatch, by cube:
//!
//! ```text
//! dW₁ = xᵀ ∂h₁ │ dW₃ = h₂ᵀ ∂x̂ │ b₁, heads, W₂, b₂, by hidden unit │ b₃ │ heads' bias, losses
//! ```

use cubecl::prelude::*;

use super::latent::{self, place};
use super::outer::{outer_products, pixel_products};
use super::{Quad, SIDE, WIDTH, padded, wide};
use crate::engine::webgpu::places::{IMAGE, Places, TILE};
use crate::engine::webgpu::words;

/// Units of a cube.
const UNITS: usize = (SIDE * SIDE) as usize;

/// How the cubes of the dispatch are shared out.
pub struct Shares;

impl Shares {
    /// Cubes of dW₁ along a row of hidden units, and along an image's 98 tiles.
    const fn encoder(places: Places) -> (usize, usize) {
        let wide = wide(places) as usize;
        ((places.row() / WIDTH).div_ceil(wide), (IMAGE / WIDTH).div_ceil(UNITS / wide))
    }

    /// Cubes of dW₃ along an image's 98 tiles, and along the hidden units'.
    const fn output(places: Places) -> (usize, usize) {
        ((IMAGE / WIDTH).div_ceil(SIDE as usize), (places.row() / WIDTH).div_ceil(SIDE as usize))
    }

    /// Cubes of both large tensors.
    const fn large(places: Places) -> usize {
        let (encoder, output) = (Self::encoder(places), Self::output(places));
        encoder.0 * encoder.1 + output.0 * output.1
    }

    /// Cubes of the tensors that go by hidden unit.
    pub const fn hidden(places: Places) -> usize {
        places.row().div_ceil(UNITS)
    }

    /// Cubes of the output's bias.
    pub const fn pixels() -> usize {
        IMAGE.div_ceil(UNITS)
    }

    /// All cubes.
    pub const fn cubes(places: Places) -> usize {
        Self::large(places) + Self::hidden(places) + Self::pixels() + 1
    }
}

/// Every weight's gradient, and after them the batch's losses.
///
/// # Shapes
/// - `gradients`: as the weights in [`Places`]; the first quad: reconstruction, KL
#[cube(launch_unchecked)]
pub fn gradients(
    words: &[u32],
    images: &[u32],
    units: &[Quad],
    slopes: &[Quad],
    errors: &[Quad],
    latent: &[Quad],
    gradients: &mut [Quad],
    #[comptime] places: Places,
) {
    let batch = words[words::BATCH] as usize;
    let rows = padded(words[words::BATCH]);
    let (encoder_across, encoder_down) = comptime!(Shares::encoder(places));
    let (output_across, _) = comptime!(Shares::output(places));
    let encoder = comptime!(encoder_across * encoder_down);
    let by_unit = comptime!(Shares::large(places));
    let by_pixel = comptime!(by_unit + Shares::hidden(places));
    let rest = comptime!(by_pixel + Shares::pixels());
    let cube = CUBE_POS;
    let unit = UNIT_POS as usize;
    if cube < encoder {
        let wide = comptime!(wide(places) as usize);
        let across = (cube % encoder_across) * wide + unit % wide;
        let down = (cube / encoder_across) * comptime!(UNITS / wide) + unit / wide;
        if across < comptime!(places.row() / WIDTH) && down < comptime!(IMAGE / WIDTH) {
            let sums = pixel_products(
                images,
                down * WIDTH,
                slopes,
                across * WIDTH,
                comptime!(places.row()),
                batch,
            );
            let target =
                places.encoder_weight + down * comptime!(TILE * places.row()) + across * WIDTH;
            store_tile(gradients, target, comptime!(places.row()), &sums);
        }
    } else if cube < by_unit {
        let cube = cube - encoder;
        let across = (cube % output_across) * SIDE as usize + unit % SIDE as usize;
        let down = (cube / output_across) * SIDE as usize + unit / SIDE as usize;
        if across < comptime!(IMAGE / WIDTH) && down < comptime!(places.row() / WIDTH) {
            let first = rows * places.row() + down * WIDTH;
            let sums = outer_products(
                units,
                first,
                comptime!(places.row()),
                errors,
                across * WIDTH,
                IMAGE,
                batch,
            );
            let target = places.output_weight + down * comptime!(TILE * IMAGE) + across * WIDTH;
            store_tile(gradients, target, IMAGE, &sums);
        }
    } else if cube < by_pixel {
        let quad = (cube - by_unit) * UNITS + unit;
        if quad < places.row() {
            sum_by_unit(units, slopes, latent, gradients, quad, batch, rows, places);
        }
    } else if cube < rest {
        let quad = (cube - by_pixel) * UNITS + unit;
        if quad < IMAGE {
            let mut sum = Quad::new(0.0);
            for row in 0..batch {
                sum += errors[row * IMAGE + quad];
            }
            gradients[places.output_bias + quad] = sum;
        }
    } else if unit == 0 {
        let mut sum = Quad::new(0.0);
        for row in 0..batch {
            sum += latent[place(row, latent::SLOPES)];
        }
        gradients[places.heads_bias.runtime()] = sum;
    } else if unit == 1 {
        let mut sum = Quad::new(0.0);
        for row in 0..batch {
            sum += latent[place(row, latent::LOSSES)];
        }
        gradients[0] = sum;
    }
}

/// Stores a tile whose rows are `stride` quads apart.
#[cube]
fn store_tile(
    gradients: &mut [Quad],
    target: usize,
    #[comptime] stride: usize,
    sums: &Array<Quad>,
) {
    #[unroll]
    for place in 0..TILE * WIDTH {
        gradients[target + (place / WIDTH) * stride + place % WIDTH] = sums[place];
    }
}

/// b₁, the heads' weights, W₂ and b₂ of four hidden units.
#[cube]
fn sum_by_unit(
    units: &[Quad],
    slopes: &[Quad],
    latent: &[Quad],
    gradients: &mut [Quad],
    quad: usize,
    batch: usize,
    rows: usize,
    #[comptime] places: Places,
) {
    let mut encoder_bias = Quad::new(0.0);
    let mut decoder_bias = Quad::new(0.0);
    let mut decoder_weight = Array::<Quad>::new(2usize);
    let mut heads = Array::<Quad>::new(4usize);
    #[unroll]
    for dimension in 0..2usize {
        decoder_weight[dimension] = Quad::new(0.0);
    }
    #[unroll]
    for lane in 0..4usize {
        heads[lane] = Quad::new(0.0);
    }
    for row in 0..batch {
        let at = row * places.row() + quad;
        let decoded = slopes[rows * places.row() + at];
        let code = latent[place(row, latent::CODE)];
        let by_heads = latent[place(row, latent::SLOPES)];
        let active = units[at];
        encoder_bias += slopes[at];
        decoder_bias += decoded;
        #[unroll]
        for dimension in 0..2usize {
            decoder_weight[dimension] += Quad::new(code.extract(dimension)) * decoded;
        }
        #[unroll]
        for lane in 0..4usize {
            heads[lane] += Quad::new(active.extract(lane)) * by_heads;
        }
    }
    gradients[places.encoder_bias + quad] = encoder_bias;
    gradients[places.decoder_bias + quad] = decoder_bias;
    #[unroll]
    for dimension in 0..2usize {
        let target = places.decoder_weight + dimension * places.row() + quad;
        gradients[target] = decoder_weight[dimension];
    }
    #[unroll]
    for lane in 0..4usize {
        let target = places.heads_weight + quad * 4 + lane;
        gradients[target] = heads[lane];
    }
}
