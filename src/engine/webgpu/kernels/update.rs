//! The gradient of every weight, a sum over the batch, and what Adam makes of it, in one go: the
//! gradient is in registers and nowhere else.
//!
//! The two large tensors and all the small ones are independent of each other, so they are one
//! dispatch, by cube:
//!
//! ```text
//! dW₁ = xᵀ ∂h₁ │ dW₃ = h₂ᵀ ∂x̂ │ b₁, heads, W₂, b₂, by hidden unit │ b₃ │ heads' bias, losses
//! ```

use cubecl::prelude::*;

use super::adam::{Adam, factors, learn_quad, learn_tile};
use super::latent::{self, place};
use super::outer::{outer_products, pixel_products};
use super::{Quad, SIDE, WIDTH, padded};
use crate::engine::webgpu::places::{IMAGE, Places, RING, TILE};
use crate::engine::webgpu::words;

/// Units of a cube.
const UNITS: usize = (SIDE * SIDE) as usize;

/// How the cubes of the dispatch are shared out.
pub struct Shares;

impl Shares {
    /// Cubes along an image's 98 tiles, and along a hidden row's.
    const fn grid(places: Places) -> (usize, usize) {
        ((IMAGE / WIDTH).div_ceil(SIDE as usize), (places.row() / WIDTH).div_ceil(SIDE as usize))
    }

    /// Cubes of either large tensor.
    pub const fn large(places: Places) -> usize {
        let (image, hidden) = Self::grid(places);
        image * hidden
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
        2 * Self::large(places) + Self::hidden(places) + Self::pixels() + 1
    }
}

/// Updates every weight, or where `learn` is false writes its gradient in its stead.
///
/// # Shapes
/// - `model`: see [`Places`]
#[cube(launch_unchecked)]
pub fn update(
    words: &[u32],
    images: &[u32],
    units: &[Quad],
    slopes: &[Quad],
    errors: &[Quad],
    latent: &[Quad],
    model: &mut [Quad],
    #[comptime] places: Places,
    #[comptime] learn: bool,
) {
    let batch = words[words::BATCH] as usize;
    let rows = padded(words[words::BATCH]);
    let adam = factors(words);
    let (image_cubes, hidden_cubes) = comptime!(Shares::grid(places));
    let large = comptime!(Shares::large(places));
    let by_unit = comptime!(2 * large);
    let by_pixel = comptime!(by_unit + Shares::hidden(places));
    let rest = comptime!(by_pixel + Shares::pixels());
    let cube = CUBE_POS;
    if cube < large {
        let across = (cube % hidden_cubes) * SIDE as usize + UNIT_POS_X as usize;
        let down = (cube / hidden_cubes) * SIDE as usize + UNIT_POS_Y as usize;
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
            learn_tile(model, target, comptime!(places.row()), &sums, &adam, places, learn);
        }
    } else if cube < by_unit {
        let cube = cube - large;
        let across = (cube % image_cubes) * SIDE as usize + UNIT_POS_X as usize;
        let down = (cube / image_cubes) * SIDE as usize + UNIT_POS_Y as usize;
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
            learn_tile(model, target, IMAGE, &sums, &adam, places, learn);
        }
    } else if cube < by_pixel {
        let quad = (cube - by_unit) * UNITS + UNIT_POS as usize;
        if quad < places.row() {
            learn_by_unit(units, slopes, latent, model, quad, batch, rows, &adam, places, learn);
        }
    } else if cube < rest {
        let quad = (cube - by_pixel) * UNITS + UNIT_POS as usize;
        if quad < IMAGE {
            let mut sum = Quad::new(0.0);
            for row in 0..batch {
                sum += errors[row * IMAGE + quad];
            }
            learn_quad(model, places.output_bias + quad, sum, &adam, places, learn);
        }
    } else if UNIT_POS == 0 {
        let mut sum = Quad::new(0.0);
        for row in 0..batch {
            sum += latent[place(row, latent::SLOPES)];
        }
        learn_quad(model, places.heads_bias.runtime(), sum, &adam, places, learn);
    } else if UNIT_POS == 1 {
        let mut sum = Quad::new(0.0);
        for row in 0..batch {
            sum += latent[place(row, latent::LOSSES)];
        }
        // This step has been counted by now.
        model[(words[words::TAKEN] as usize + comptime!(RING - 1)) % RING] = sum;
    }
}

/// b₁, the heads' weights, W₂ and b₂ of four hidden units.
#[cube]
fn learn_by_unit(
    units: &[Quad],
    slopes: &[Quad],
    latent: &[Quad],
    model: &mut [Quad],
    quad: usize,
    batch: usize,
    rows: usize,
    adam: &Adam,
    #[comptime] places: Places,
    #[comptime] learn: bool,
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
    learn_quad(model, places.encoder_bias + quad, encoder_bias, adam, places, learn);
    learn_quad(model, places.decoder_bias + quad, decoder_bias, adam, places, learn);
    #[unroll]
    for dimension in 0..2usize {
        let target = places.decoder_weight + dimension * places.row() + quad;
        learn_quad(model, target, decoder_weight[dimension], adam, places, learn);
    }
    #[unroll]
    for lane in 0..4usize {
        let target = places.heads_weight + quad * 4 + lane;
        learn_quad(model, target, heads[lane], adam, places, learn);
    }
}
