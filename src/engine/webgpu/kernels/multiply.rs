//! The two products whose inner dimension is an image's 784 pixels.
//!
//! Their results are narrow, 128 × 256 for the page's model: 512 tiles, too few to fill a GPU.
//! So the 784 are cut into slices that are summed by whoever reads them, which that kernel does
//! on the way; more and smaller tiles would load more values for each multiplication.
//!
//! Of four neighbouring pixels in the same place of eight digits, four in nine are all paper. Those
//! of `encode` are passed over, with the weights that they would be multiplied with.

use cubecl::prelude::*;

use super::outer::no_sums;
use super::{BYTE, Quad, WIDTH, bytes, padded};
use crate::engine::webgpu::places::{IMAGE, Places, TILE};
use crate::engine::webgpu::words;

/// x W₁, a slice of it for each layer of cubes: every so many quads of pixels, so that no slice
/// gets more of the empty margin than another.
///
/// # Shapes
/// - `parts`: `[slices, rows, hidden]`
#[cube(launch_unchecked)]
pub fn encode(
    words: &[u32],
    images: &[u32],
    model: &[Quad],
    parts: &mut [Quad],
    #[comptime] places: Places,
) {
    let rows = padded(words[words::BATCH]);
    let (row, column) = (ABSOLUTE_POS_Y as usize * TILE, ABSOLUTE_POS_X as usize * WIDTH);
    if row < rows && column < places.row() {
        let slices = words[words::SLICES] as usize;
        let mut sums = no_sums();
        let mut pixels = Array::<u32>::new(TILE);
        let mut next = CUBE_POS_Z as usize;
        while next < IMAGE {
            // On to the next quad with ink; the last may have none, and adds nothing.
            let mut quad = next;
            let mut ink = 0u32.runtime();
            while ink == 0 && next < IMAGE {
                quad = next;
                #[unroll]
                for down in 0..TILE {
                    pixels[down] = images[(row + down) * IMAGE + quad];
                    ink |= pixels[down];
                }
                next += slices;
            }
            let weight = places.encoder_weight + quad * comptime!(4 * places.row()) + column;
            let weights = four_rows(model, weight, comptime!(places.row()));
            #[unroll]
            for down in 0..TILE {
                multiply_row(bytes(pixels[down]), &weights, down, &mut sums);
            }
        }
        let target = (CUBE_POS_Z as usize * rows + row) * places.row() + column;
        #[unroll]
        for place in 0..TILE * WIDTH {
            let (down, right) = (place / WIDTH, place % WIDTH);
            let at = target + down * comptime!(places.row()) + right;
            parts[at] = sums[place] * Quad::new(BYTE);
        }
    }
}

/// Four rows of a tile's eight columns.
#[cube]
pub fn four_rows(matrix: &[Quad], first: usize, #[comptime] stride: usize) -> Array<Quad> {
    let mut rows = Array::<Quad>::new(comptime!(4 * WIDTH));
    #[unroll]
    for place in 0..4 * WIDTH {
        let (down, across) = (place / WIDTH, place % WIDTH);
        rows[place] = matrix[first + down * stride + across];
    }
    rows
}

/// Adds the products of four values with four rows to a tile's row `down`.
#[cube]
pub fn multiply_row(
    values: Quad,
    rows: &Array<Quad>,
    #[comptime] down: usize,
    sums: &mut Array<Quad>,
) {
    #[unroll]
    for inner in 0..4usize {
        let value = Quad::new(values.extract(inner));
        #[unroll]
        for across in 0..WIDTH {
            sums[down * WIDTH + across] += value * rows[inner * WIDTH + across];
        }
    }
}

/// ∂x̂ W₃ᵀ in slices of neighbouring quads: both are read along their rows.
///
/// # Shapes
/// - `parts`: `[slices, rows, hidden]`
#[cube(launch_unchecked)]
pub fn through_output(
    words: &[u32],
    errors: &[Quad],
    model: &[Quad],
    parts: &mut [Quad],
    #[comptime] places: Places,
) {
    let rows = padded(words[words::BATCH]);
    let (row, column) = (ABSOLUTE_POS_Y as usize * TILE, ABSOLUTE_POS_X as usize * WIDTH);
    if row < rows && column < places.row() {
        let (first, last) = slice_of(words[words::SLICES]);
        let mut sums = Array::<f32>::new(comptime!(TILE * TILE));
        #[unroll]
        for place in 0..TILE * TILE {
            sums[place] = 0.0;
        }
        let weight = places.output_weight + column * comptime!(4 * IMAGE);
        for quad in first..last {
            let mut weights = Array::<Quad>::new(comptime!(TILE));
            #[unroll]
            for across in 0..TILE {
                weights[across] = model[weight + across * IMAGE + quad];
            }
            #[unroll]
            for down in 0..TILE {
                let values = errors[(row + down) * IMAGE + quad];
                #[unroll]
                for across in 0..TILE {
                    sums[down * TILE + across] += values.dot(weights[across]);
                }
            }
        }
        let target = (CUBE_POS_Z as usize * rows + row) * places.row() + column;
        #[unroll]
        for place in 0..TILE * WIDTH {
            let (down, right) = (place / WIDTH, place % WIDTH);
            let mut quad = Quad::new(0.0);
            #[unroll]
            for lane in 0..4usize {
                quad.insert(lane, sums[down * TILE + right * 4 + lane]);
            }
            parts[target + down * comptime!(places.row()) + right] = quad;
        }
    }
}

/// The first and the last quad of an image, exclusive, that this layer of cubes sums.
#[cube]
fn slice_of(slices: u32) -> (usize, usize) {
    let (slice, slices) = (CUBE_POS_Z as usize, slices as usize);
    (slice * IMAGE / slices, (slice + 1) * IMAGE / slices)
}
