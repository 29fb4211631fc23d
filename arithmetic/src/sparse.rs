//! Matrix products that leave out zeros.
//!
//! Four pixels in five of MNIST are 0, and ReLU leaves about every second hidden unit at 0. Of
//! the five large products of a training step each has one of the two as an operand, or as a
//! mask over its result, so that a step needs about a third of the multiplications. What is left
//! is summed in registers, a tile of columns at a time.

use crate::lanes::{LANES, Lanes};

/// Columns summed at a time: eight of the sixteen vector registers of the smallest machines.
/// 16, 24 and 48 were no faster, and 32 divides the widths of this model best.
const TILE: usize = 32;
/// Dot products computed side by side, so that one operand is loaded once for all of them.
const DOTS: usize = 4;

/// A matrix without its zeros: for each row, where its other values stand and what they are.
#[derive(Clone, Debug, Default)]
pub struct SparseRows {
    columns: usize,
    /// Where each row's values start, and after them where the last row's end.
    starts: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
    /// Columns of the matrix that is multiplied by, row after row: as they lie in the matrix,
    /// a power of two apart, few of them would fit in a cache.
    tile: Vec<[f32; TILE]>,
}

impl SparseRows {
    /// The matrix `dense`, row by row.
    ///
    /// # Panics
    /// When `dense` is no whole number of rows.
    pub fn new(dense: &[f32], columns: usize) -> Self {
        let mut rows = Self::default();
        rows.set(dense, columns);
        rows
    }

    /// Becomes the matrix `dense`, row by row. Nothing is allocated where there is room.
    ///
    /// # Panics
    /// When `dense` is no whole number of rows.
    pub fn set(&mut self, dense: &[f32], columns: usize) {
        assert!(dense.len().is_multiple_of(columns), "whole rows");
        self.columns = columns;
        self.starts.clear();
        self.starts.push(0);
        // Room for a matrix without a single zero: each value is written, and kept if the next
        // goes to the place after it.
        self.make_room(dense.len() + 1);
        let mut count = 0;
        for row in dense.chunks_exact(columns) {
            for (column, &value) in row.iter().enumerate() {
                self.indices[count] = column as u32;
                self.values[count] = value;
                count += usize::from(value != 0.0);
            }
            self.starts.push(count);
        }
    }

    /// Becomes the transpose of `other`.
    pub fn set_transposed(&mut self, other: &Self) {
        let count = other.starts[other.rows()];
        self.columns = other.rows();
        self.starts.clear();
        self.starts.resize(other.columns + 2, 0);
        self.make_room(count);
        // Two places on, each row's count; then where it starts, one place on; and when every
        // value has been put there, it is where the next starts.
        for &column in &other.indices[..count] {
            self.starts[column as usize + 2] += 1;
        }
        for row in 2..self.starts.len() {
            self.starts[row] += self.starts[row - 1];
        }
        for row in 0..other.rows() {
            for (&column, &value) in core::iter::zip(other.indices(row), other.values(row)) {
                let place = &mut self.starts[column as usize + 1];
                self.indices[*place] = row as u32;
                self.values[*place] = value;
                *place += 1;
            }
        }
        self.starts.pop();
    }

    fn make_room(&mut self, count: usize) {
        if self.indices.len() < count {
            self.indices.resize(count, 0);
            self.values.resize(count, 0.0);
        }
    }

    /// How many rows the matrix has.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    fn indices(&self, row: usize) -> &[u32] {
        &self.indices[self.starts[row]..self.starts[row + 1]]
    }

    fn values(&self, row: usize) -> &[f32] {
        &self.values[self.starts[row]..self.starts[row + 1]]
    }

    /// Multiplies by `matrix` and hands over the product in pieces of rows, each once: its
    /// place in the product, row by row, its first column, and its values.
    ///
    /// # Shapes
    /// - `matrix`: `[self.columns, columns]`; the product: `[self.rows(), columns]`
    ///
    /// # Panics
    /// When the shapes do not fit.
    pub fn multiply(
        &mut self,
        matrix: &[f32],
        columns: usize,
        take: &mut dyn FnMut(usize, usize, &[f32]),
    ) {
        assert_eq!(matrix.len(), self.columns * columns, "inner dimensions");
        let mut tile = core::mem::take(&mut self.tile);
        tile.resize(self.columns, [0.0; TILE]);
        for at in (0..columns).step_by(TILE) {
            let width = TILE.min(columns - at);
            for (target, row) in tile.iter_mut().zip(matrix.chunks_exact(columns)) {
                target[..width].copy_from_slice(&row[at..][..width]);
            }
            for row in 0..self.rows() {
                let sums = self.combine(row, &tile);
                take(row * columns + at, at, &sums[..width]);
            }
        }
        self.tile = tile;
    }

    /// The rows of `tile` that row `row` names, each times its value, added up.
    #[inline(always)]
    fn combine(&self, row: usize, tile: &[[f32; TILE]]) -> [f32; TILE] {
        let mut sums = [Lanes::ZERO; TILE / LANES];
        for (&index, &value) in core::iter::zip(self.indices(row), self.values(row)) {
            let value = Lanes::splat(value);
            let terms = tile[index as usize].as_chunks::<LANES>().0;
            for (sum, &terms) in sums.iter_mut().zip(terms) {
                *sum += Lanes::from(terms) * value;
            }
        }
        let mut array = [0.0; TILE];
        array.copy_from_slice(sums.map(|sum| sum.to_array()).as_flattened());
        array
    }

    /// The product `left · rightᵀ` where this matrix is not 0, and 0 where it is.
    ///
    /// # Shapes
    /// - `left`: `[self.rows(), width]`, `right`: `[self.columns, width]`
    /// - `target`: `[self.rows(), self.columns]`
    ///
    /// # Panics
    /// When the shapes do not fit, or `width` is no multiple of eight.
    pub fn mask_product(&self, target: &mut [f32], left: &[f32], right: &[f32], width: usize) {
        assert_eq!(right.len(), self.columns * width, "inner dimensions");
        assert_eq!(target.len(), self.rows() * self.columns, "room for the product");
        target.fill(0.0);
        let lefts = left.chunks_exact(width);
        for (row, (left, target)) in lefts.zip(target.chunks_exact_mut(self.columns)).enumerate() {
            for group in self.indices(row).chunks(DOTS) {
                // The last group may be short of some: its last stands in for them.
                let group = [0, 1, 2, 3].map(|place: usize| group[place.min(group.len() - 1)]);
                let dots = dots(left, group.map(|index| &right[index as usize * width..][..width]));
                for (index, dot) in group.into_iter().zip(dots) {
                    target[index as usize] = dot;
                }
            }
        }
    }
}

/// The dot products of `left` with each of `rights`.
#[inline(always)]
fn dots(left: &[f32], [a, b, c, d]: [&[f32]; DOTS]) -> [f32; DOTS] {
    let (left, rest) = left.as_chunks::<LANES>();
    assert!(rest.is_empty(), "a multiple of eight");
    let [a, b, c, d] = [a, b, c, d].map(|right| &right.as_chunks::<LANES>().0[..left.len()]);
    let [mut sum_a, mut sum_b, mut sum_c, mut sum_d] = [Lanes::ZERO; DOTS];
    for (place, &left) in left.iter().enumerate() {
        let left = Lanes::from(left);
        sum_a += Lanes::from(a[place]) * left;
        sum_b += Lanes::from(b[place]) * left;
        sum_c += Lanes::from(c[place]) * left;
        sum_d += Lanes::from(d[place]) * left;
    }
    [sum_a.reduce_add(), sum_b.reduce_add(), sum_c.reduce_add(), sum_d.reduce_add()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 64 bits decided by `place`: SplitMix64's finaliser (Steele, Lea & Flood 2014).
    fn mixed(place: u64) -> u64 {
        let word = (place + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A third of values, the rest zeros; every seventh row is all zeros, every seventh after it
    /// has none.
    fn matrix(stream: u32, rows: usize, columns: usize) -> Vec<f32> {
        let value = |index: usize| {
            let word = mixed(index as u64 | u64::from(stream) << 32);
            let value = (word >> 32) as f32 / 2.0_f32.powi(31) - 1.0;
            match index / columns % 7 {
                0 => 0.0,
                1 => value,
                _ if word.is_multiple_of(3) => value,
                _ => 0.0,
            }
        };
        (0..rows * columns).map(value).collect()
    }

    fn transpose(values: &[f32], columns: usize) -> Vec<f32> {
        let rows = values.len() / columns;
        (0..values.len()).map(|index| values[index % rows * columns + index / rows]).collect()
    }

    /// `left · right` in f64.
    fn product(left: &[f32], right: &[f32], inner: usize, columns: usize) -> Vec<f64> {
        let term = |row: usize, k: usize, column: usize| {
            f64::from(left[row * inner + k]) * f64::from(right[k * columns + column])
        };
        let value = |index: usize| {
            (0..inner).map(|k| term(index / columns, k, index % columns)).sum::<f64>()
        };
        (0..left.len() / inner * columns).map(value).collect()
    }

    fn agree(ours: &[f32], exact: &[f64]) {
        assert_eq!(ours.len(), exact.len());
        for (index, (&ours, &exact)) in ours.iter().zip(exact).enumerate() {
            // At most 90 terms below 1, each rounded to half a unit in the last place of a sum
            // below 16: 90 · 5e-7, and far less as a rule.
            let difference = (f64::from(ours) - exact).abs();
            assert!(difference < 2e-5, "{index}: {ours} vs {exact}");
        }
    }

    fn multiply(left: &mut SparseRows, right: &[f32], columns: usize) -> Vec<f32> {
        let mut target = vec![f32::NAN; left.rows() * columns];
        left.multiply(right, columns, &mut |place, at, piece| {
            assert_eq!(place % columns, at, "a piece's column");
            assert!(target[place..][..piece.len()].iter().all(|value| value.is_nan()), "twice");
            target[place..][..piece.len()].copy_from_slice(piece);
        });
        target
    }

    #[test]
    fn a_product_is_the_dense_one_for_every_width() {
        for (rows, inner, columns) in [(1, 1, 1), (9, 30, 7), (15, 90, 16), (8, 33, 61), (3, 5, 96)]
        {
            let (left, right) = (matrix(1, rows, inner), matrix(2, inner, columns));
            let exact = product(&left, &right, inner, columns);
            let mut sparse = SparseRows::new(&left, inner);
            agree(&multiply(&mut sparse, &right, columns), &exact);
            let mut turned = SparseRows::new(&[1.0; 99], 9); // what was there does not show
            turned.set_transposed(&sparse);
            sparse.set_transposed(&turned);
            agree(&multiply(&mut sparse, &right, columns), &exact);
        }
    }

    #[test]
    fn the_transpose_multiplies_from_the_other_side() {
        let (left, right) = (matrix(1, 20, 31), matrix(2, 20, 50));
        let mut turned = SparseRows::default();
        turned.set_transposed(&SparseRows::new(&left, 31));
        agree(&multiply(&mut turned, &right, 50), &product(&transpose(&left, 31), &right, 20, 50));
    }

    #[test]
    fn a_masked_product_is_the_dense_one_where_the_mask_is_not_zero() {
        let (mask, left, right) = (matrix(1, 15, 37), matrix(2, 15, 48), matrix(3, 37, 48));
        let mut target = vec![f32::NAN; 15 * 37];
        SparseRows::new(&mask, 37).mask_product(&mut target, &left, &right, 48);
        let mut exact = product(&left, &transpose(&right, 48), 48, 37);
        exact.iter_mut().zip(&mask).filter(|(_, mask)| **mask == 0.0).for_each(|(e, _)| *e = 0.0);
        agree(&target, &exact);
    }

    #[test]
    #[should_panic(expected = "inner dimensions")]
    fn shapes_that_do_not_fit_are_refused() {
        SparseRows::new(&[1.0; 6], 3).multiply(&[1.0; 8], 4, &mut |_, _, _| {});
    }
}
