//! What happens to each image between the wide layers: forward through the latent code, and back.
//!
//! A cube does two images, half of its units each, and a unit a few quads of hidden units. The code
//! is a sum over all of them, so they meet once, in shared memory: the alternatives are an image a
//! unit, a hundred units for a whole GPU, or two more dispatches. Every unit then adds the same 16
//! quads up for itself, which is sooner done than another meeting to hear of the sum.
//!
//! The `latent` buffer holds five quads an image:
//!
//! | quad          | values                               |
//! |---------------|--------------------------------------|
//! | [`NOISE`]     | ε₀, ε₁                               |
//! | [`POSTERIOR`] | μ₀, μ₁, log σ²₀, log σ²₁             |
//! | [`CODE`]      | z₀, z₁, σ₀, σ₁                       |
//! | [`SLOPES`]    | ∂μ₀, ∂μ₁, ∂log σ²₀, ∂log σ²₁         |
//! | [`LOSSES`]    | reconstruction, KL                   |

use cubecl::prelude::*;

use super::noise::epsilon;
use super::{Quad, UNITS, number, padded};
use crate::config::PIXELS;
use crate::engine::webgpu::places::{Places, TILE};
use crate::engine::webgpu::words;

/// See the [module](self).
pub const NOISE: usize = 0;
/// See the [module](self).
pub const POSTERIOR: usize = 1;
/// See the [module](self).
pub const CODE: usize = 2;
/// See the [module](self).
pub const SLOPES: usize = 3;
/// See the [module](self).
pub const LOSSES: usize = 4;
/// Quads an image.
pub const QUADS: usize = 5;

/// Images of a cube, and how many of its units share one.
pub const IMAGES: u32 = 2;
const MEMBERS: usize = (UNITS / IMAGES) as usize;

/// Where a quad of the image in `row` lies.
#[cube]
pub fn place(row: usize, #[comptime] quad: usize) -> usize {
    row * QUADS + quad
}

/// h₁ = ReLU(x W₁ + b₁), the heads, ε, z = μ + σ ε, and h₂ = ReLU(z W₂ + b₂).
///
/// # Shapes
/// - `parts`: `[slices, rows, hidden]`, x W₁ in parts
/// - `units`: `[2, rows, hidden]`
#[cube(launch_unchecked)]
pub fn sample(
    words: &[u32],
    parts: &[Quad],
    model: &[Quad],
    units: &mut [Quad],
    latent: &mut [Quad],
    #[comptime] places: Places,
) {
    let rows = padded(words[words::BATCH]);
    let (row, unit) = (ABSOLUTE_POS_Y as usize, UNIT_POS_X as usize);
    let mut heads = Quad::new(0.0);
    for quad in range_stepped(unit, comptime!(places.row()), MEMBERS) {
        let mut sums = model[places.encoder_bias + quad];
        for slice in 0..words[words::SLICES] as usize {
            sums += parts[(slice * rows + row) * places.row() + quad];
        }
        let active = sums.max(Quad::new(0.0));
        units[row * places.row() + quad] = active;
        #[unroll]
        for lane in 0..4usize {
            heads += Quad::new(active.extract(lane)) * model[places.heads_weight + quad * 4 + lane];
        }
    }
    let posterior = sum_of_image(heads) + model[places.heads_bias];
    // Every unit needs it, and drawing it is sooner done than hearing of it.
    let (normal_0, normal_1) = epsilon(words[words::SEED], words[words::STEP], row as u32);
    let samples = number(words[words::SAMPLES]);
    let (noise_0, noise_1) = (normal_0 * samples, normal_1 * samples);
    let mean_0 = posterior.extract(0usize);
    let mean_1 = posterior.extract(1usize);
    let std_0 = (posterior.extract(2usize) * 0.5).exp();
    let std_1 = (posterior.extract(3usize) * 0.5).exp();
    let latent_0 = mean_0 + std_0 * noise_0;
    let latent_1 = mean_1 + std_1 * noise_1;
    if unit == 0 {
        let mut noise = Quad::new(0.0);
        noise.insert(0usize, noise_0);
        noise.insert(1usize, noise_1);
        let mut code = Quad::new(0.0);
        code.insert(0usize, latent_0);
        code.insert(1usize, latent_1);
        code.insert(2usize, std_0);
        code.insert(3usize, std_1);
        latent[place(row, NOISE)] = noise;
        latent[place(row, POSTERIOR)] = posterior;
        latent[place(row, CODE)] = code;
    }
    for quad in range_stepped(unit, comptime!(places.row()), MEMBERS) {
        let sums = Quad::new(latent_0) * model[places.decoder_weight + quad]
            + Quad::new(latent_1) * model[places.decoder_weight + places.row() + quad]
            + model[places.decoder_bias + quad];
        units[(rows + row) * places.row() + quad] = sums.max(Quad::new(0.0));
    }
}

/// ∂h₂ → ∂z → ∂μ and ∂log σ² → ∂h₁, and the image's loss; the very first unit counts the step.
///
///   ∂z/∂μ = 1,   ∂z/∂log σ² = ½ σ ε,   and the KL's own: μ and ½ (σ² − 1)
///
/// # Shapes
/// - `parts`: `[slices, rows, hidden]`, ∂x̂ W₃ᵀ in parts
/// - `slopes`: `[2, rows, hidden]`
#[cube(launch_unchecked)]
pub fn through_latent(
    words: &mut [u32],
    parts: &[Quad],
    model: &[Quad],
    units: &[Quad],
    losses: &[f32],
    slopes: &mut [Quad],
    latent: &mut [Quad],
    #[comptime] places: Places,
) {
    let batch = words[words::BATCH];
    let rows = padded(batch);
    let (row, unit) = (ABSOLUTE_POS_Y as usize, UNIT_POS_X as usize);
    // ∂z₀, ∂z₁ and the reconstruction, this unit's share of each.
    let mut share_0 = 0.0f32.runtime();
    let mut share_1 = 0.0f32.runtime();
    let mut share_2 = 0.0f32.runtime();
    for quad in range_stepped(unit, comptime!(places.row()), MEMBERS) {
        let mut sums = Quad::new(0.0);
        for slice in 0..words[words::SLICES] as usize {
            sums += parts[(slice * rows + row) * places.row() + quad];
        }
        let at = (rows + row) * places.row() + quad;
        let slope = where_active(sums, units[at]);
        slopes[at] = slope;
        share_0 += slope.dot(model[places.decoder_weight + quad]);
        share_1 += slope.dot(model[places.decoder_weight + places.row() + quad]);
    }
    for tile in range_stepped(unit, comptime!(PIXELS / TILE), MEMBERS) {
        share_2 += losses[tile * rows + row];
    }
    let mut share = Quad::new(0.0);
    share.insert(0usize, share_0);
    share.insert(1usize, share_1);
    share.insert(2usize, share_2);
    let sums = sum_of_image(share);

    let noise = latent[place(row, NOISE)];
    let posterior = latent[place(row, POSTERIOR)];
    let code = latent[place(row, CODE)];
    let weight = number(words[words::KL]);
    let mut heads = Quad::new(0.0);
    let mut divergence = 0.0f32.runtime();
    #[unroll]
    for dimension in 0..2usize {
        let slope = sums.extract(dimension);
        let mean = posterior.extract(dimension);
        let std = code.extract(dimension + 2);
        let by_std = slope * 0.5 * std * noise.extract(dimension);
        heads.insert(dimension, slope + weight * mean);
        heads.insert(dimension + 2, by_std + weight * 0.5 * (std * std - 1.0));
        divergence += (mean * mean + std * std - posterior.extract(dimension + 2) - 1.0) * 0.5;
    }
    if unit == 0 {
        let mut loss = Quad::new(0.0);
        loss.insert(0usize, sums.extract(2usize));
        loss.insert(1usize, divergence);
        latent[place(row, SLOPES)] = heads;
        latent[place(row, LOSSES)] = loss;
    }
    for quad in range_stepped(unit, comptime!(places.row()), MEMBERS) {
        let mut sums = Quad::new(0.0);
        #[unroll]
        for lane in 0..4usize {
            sums.insert(lane, heads.dot(model[places.heads_weight + quad * 4 + lane]));
        }
        let at = row * places.row() + quad;
        slopes[at] = where_active(sums, units[at]);
    }
    // None of these is read in this kernel.
    if row == 0 && unit == 0 {
        words[words::STEP] += 1;
        words[words::POSITION] += batch;
        words[words::TAKEN] += 1;
    }
}

/// ReLU's derivative: lets `slope` through where the unit was active.
#[cube]
fn where_active(slope: Quad, unit: Quad) -> Quad {
    let none = Quad::new(0.0);
    select_many(unit.greater_than(&none), slope, none)
}

/// The sum of every unit's `share` in the image. All units of the cube must come by.
#[cube]
fn sum_of_image(share: Quad) -> Quad {
    let mut shares = Shared::<[Quad]>::new_slice(comptime!(UNITS as usize));
    shares[UNIT_POS as usize] = share;
    sync_cube();
    let first = UNIT_POS_Y as usize * MEMBERS;
    let mut sum = Quad::new(0.0);
    for member in 0..MEMBERS {
        sum += shares[first + member];
    }
    sum
}
