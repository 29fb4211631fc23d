//! A tile of a product whose inner dimension is the batch: the gradients of the large tensors.

use cubecl::prelude::*;

use super::{BYTE, Quad, WIDTH, bytes};
use crate::engine::webgpu::places::{IMAGE, TILE};

/// Σ over the batch of eight values of `left` times eight of `right`.
#[cube]
pub fn outer_products(
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

/// The same with eight pixels on the left. In six images of ten they are all paper, and the image is
/// passed over, with what it would be multiplied with.
#[cube]
pub fn pixel_products(
    images: &[u32],
    first: usize,
    right: &[Quad],
    right_first: usize,
    #[comptime] right_stride: usize,
    batch: usize,
) -> Array<Quad> {
    let mut sums = no_sums();
    let mut pixels = Array::<u32>::new(WIDTH);
    let mut next = 0usize.runtime();
    while next < batch {
        // On to the next image with ink; the last may have none, and adds nothing.
        let mut row = next;
        let mut ink = 0u32.runtime();
        while ink == 0 && next < batch {
            row = next;
            #[unroll]
            for half in 0..WIDTH {
                pixels[half] = images[first + row * IMAGE + half];
                ink |= pixels[half];
            }
            next += 1;
        }
        let values = row_of(right, right_first + row * right_stride);
        #[unroll]
        for half in 0..WIDTH {
            multiply_column(bytes(pixels[half]), &values, half, &mut sums);
        }
    }
    #[unroll]
    for place in 0..TILE * WIDTH {
        sums[place] *= Quad::new(BYTE);
    }
    sums
}

/// The sums of a tile before its first product.
#[cube]
pub fn no_sums() -> Array<Quad> {
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
