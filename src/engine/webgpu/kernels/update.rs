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

use super::latent::{self, place};
use super::{BYTE, Quad, SIDE, bytes, number, padded};
use crate::engine::webgpu::places::{IMAGE, Places, RING, TILE};
use crate::engine::webgpu::words;
use crate::engine::{ADAM_BETA_1, ADAM_BETA_2, ADAM_EPSILON};

/// Quads in a row of a tile.
const WIDTH: usize = TILE / 4;
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
    let adam = Adam {
        step_size: number(words[words::LEARNING_RATE]) / number(words[words::CORRECTION_1]),
        scale: 1.0 / number(words[words::CORRECTION_2]).sqrt(),
    };
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

/// Adam's two factors of a step, the same for every weight.
#[derive(CubeType)]
struct Adam {
    /// η / (1 − β₁ᵗ)
    step_size: f32,
    /// 1 / √(1 − β₂ᵗ)
    scale: f32,
}

/// Σ over the batch of eight values of `left` times eight of `right`.
#[cube]
fn outer_products(
    left: &[Quad],
    left_first: usize,
    #[comptime] left_stride: usize,
    right: &[Quad],
    right_first: usize,
    #[comptime] right_stride: usize,
    batch: usize,
) -> Array<Quad> {
    let mut sums = no_sums();
    for row in 0..batch {
        let values = row_of(right, right_first + row * right_stride);
        #[unroll]
        for half in 0..WIDTH {
            let lanes = left[left_first + row * left_stride + half];
            multiply_column(lanes, &values, half, &mut sums);
        }
    }
    sums
}

/// The same with eight pixels on the left.
#[cube]
fn pixel_products(
    images: &[u32],
    first: usize,
    right: &[Quad],
    right_first: usize,
    #[comptime] right_stride: usize,
    batch: usize,
) -> Array<Quad> {
    let mut sums = no_sums();
    for row in 0..batch {
        let values = row_of(right, right_first + row * right_stride);
        #[unroll]
        for half in 0..WIDTH {
            let lanes = bytes(images[first + row * IMAGE + half]);
            multiply_column(lanes, &values, half, &mut sums);
        }
    }
    #[unroll]
    for place in 0..TILE * WIDTH {
        sums[place] = sums[place] * Quad::new(BYTE);
    }
    sums
}

#[cube]
fn no_sums() -> Array<Quad> {
    let mut sums = Array::<Quad>::new(comptime!(TILE * WIDTH));
    #[unroll]
    for place in 0..TILE * WIDTH {
        sums[place] = Quad::new(0.0);
    }
    sums
}

/// A tile's eight values of one row.
#[cube]
fn row_of(matrix: &[Quad], first: usize) -> Array<Quad> {
    let mut values = Array::<Quad>::new(WIDTH);
    #[unroll]
    for across in 0..WIDTH {
        values[across] = matrix[first + across];
    }
    values
}

/// Adds the products of four values with a row's eight to the tile's four rows of that `half`.
#[cube]
fn multiply_column(
    lanes: Quad,
    values: &Array<Quad>,
    #[comptime] half: usize,
    sums: &mut Array<Quad>,
) {
    #[unroll]
    for lane in 0..4usize {
        let value = Quad::new(lanes.extract(lane));
        #[unroll]
        for across in 0..WIDTH {
            sums[(half * 4 + lane) * WIDTH + across] += value * values[across];
        }
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

#[cube]
fn learn_tile(
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
fn learn_quad(
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
