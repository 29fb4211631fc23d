//! The forward pass on the CPU: the same few lines decode the digit under the pointer, measure
//! a model, and begin each training step.

use crate::config::{LATENT, PIXELS};
use crate::lanes::{self, Lanes};
use crate::params::Tensors;

/// A matrix, or the transpose of one, over borrowed rows.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: isize,
    column_stride: isize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` values each, one after another.
    ///
    /// # Panics
    /// When `values` is no whole number of rows.
    pub fn new(values: &'a [f32], columns: usize) -> Self {
        let rows = values.len() / columns;
        assert_eq!(values.len(), rows * columns, "whole rows");
        Self { values, rows, columns, row_stride: columns as isize, column_stride: 1 }
    }

    /// The transpose, without moving a value.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// `target = left · right`, or `target += left · right` when `accumulate`.
///
/// # Shapes
/// - `left`: `[m, k]`, `right`: `[k, n]`, `target`: `[m, n]` row by row
///
/// # Panics
/// When the shapes do not fit.
pub fn multiply(target: &mut [f32], left: Matrix<'_>, right: Matrix<'_>, accumulate: bool) {
    let (m, k, n) = (left.rows, left.columns, right.columns);
    assert_eq!(right.rows, k, "inner dimensions");
    assert_eq!(target.len(), m * n, "room for the product");
    // SAFETY: `Matrix` and the checks above keep every (row, column) of the three within its
    // slice, and `target` is borrowed mutably, so it overlaps neither operand.
    unsafe { product(target, left, right, accumulate) }
}

/// The `gemm` crate's f32 product with the fastest kernels of this processor.
///
/// # Safety
/// The shapes must fit.
#[cfg(not(target_arch = "wasm32"))]
unsafe fn product(target: &mut [f32], left: Matrix<'_>, right: Matrix<'_>, accumulate: bool) {
    let gemm = gemm_f32::gemm::f32::get_gemm_fn();
    // SAFETY: the caller's.
    unsafe {
        gemm(
            left.rows,
            right.columns,
            left.columns,
            target.as_mut_ptr(),
            1,
            right.columns as isize,
            accumulate,
            left.values.as_ptr(),
            left.column_stride,
            left.row_stride,
            right.values.as_ptr(),
            right.column_stride,
            right.row_stride,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

/// The same with the crate's simd128 kernels alone: its own choice at run time would keep the
/// scalar ones in the module too, 12 KB of its gzip that could never run.
///
/// # Safety
/// The shapes must fit.
#[cfg(target_arch = "wasm32")]
unsafe fn product(target: &mut [f32], left: Matrix<'_>, right: Matrix<'_>, accumulate: bool) {
    use gemm_common::simd::{MixedSimd, Scalar};
    use gemm_f32::microkernel::simd128::f32::{H_M, H_N, H_UKR, MR_DIV_N, NR, UKR};
    /// Numbers in a v128.
    const N: usize = 4;
    let Some(simd) = <Scalar as MixedSimd<f32, f32, f32, f32>>::try_new() else {
        unreachable!("plain arithmetic is everywhere");
    };
    // SAFETY: the caller's.
    unsafe {
        gemm_common::gemm::gemm_basic_generic::<_, f32, N, { MR_DIV_N * N }, NR, MR_DIV_N, H_M, H_N>(
            simd,
            left.rows,
            right.columns,
            left.columns,
            target.as_mut_ptr(),
            1,
            right.columns as isize,
            accumulate,
            left.values.as_ptr(),
            left.column_stride,
            left.row_stride,
            right.values.as_ptr(),
            right.column_stride,
            right.row_stride,
            1.0,
            1.0,
            false,
            false,
            false,
            |a, b, c| a * b + c,
            &UKR,
            &H_UKR,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

/// Puts `bias` into every row of `target`, for a product to be added to.
pub fn fill_rows(target: &mut [f32], bias: &[f32]) {
    target.chunks_exact_mut(bias.len()).for_each(|row| row.copy_from_slice(bias));
}

/// max(0, x), in place.
pub fn relu(values: &mut [f32]) {
    lanes::transform([values], [], |[value], []| [value.max(Lanes::ZERO)]);
}

/// The encoder: images to the two numbers a dimension that describe their posterior.
///
/// # Shapes
/// - `images`: `[batch, 784]`
/// - `hidden`: `[batch, hidden]`, left holding the first layer's output
/// - `mean`, `log_var`: `[batch, 2]`
pub fn encode(
    weights: &Tensors<&[f32]>,
    images: &[f32],
    hidden: &mut [f32],
    mean: &mut [f32],
    log_var: &mut [f32],
) {
    let units = weights.encoder_hidden_bias.len();
    fill_rows(hidden, weights.encoder_hidden_bias);
    let product = Matrix::new(weights.encoder_hidden_weight, units);
    multiply(hidden, Matrix::new(images, PIXELS), product, true);
    relu(hidden);
    for (target, weight, bias) in [
        (mean, weights.mean_weight, weights.mean_bias),
        (log_var, weights.log_var_weight, weights.log_var_bias),
    ] {
        fill_rows(target, bias);
        multiply(target, Matrix::new(hidden, units), Matrix::new(weight, LATENT), true);
    }
}

/// The decoder: latent points to its outputs, pixels or logits.
///
/// # Shapes
/// - `latent`: `[batch, 2]`
/// - `hidden`: `[batch, hidden]`, left holding the hidden layer's output
/// - `output`: `[batch, 784]`
pub fn decode(weights: &Tensors<&[f32]>, latent: &[f32], hidden: &mut [f32], output: &mut [f32]) {
    let units = weights.decoder_hidden_bias.len();
    let (first, second) = weights.decoder_hidden_weight.split_at(units);
    for (z, row) in latent.chunks_exact(LATENT).zip(hidden.chunks_exact_mut(units)) {
        let inputs = [first, second, weights.decoder_hidden_bias];
        let [z1, z2] = [z[0], z[1]].map(Lanes::splat);
        lanes::transform([row], inputs, |_, [w1, w2, bias]| {
            [(w1 * z1 + w2 * z2 + bias).max(Lanes::ZERO)]
        });
    }
    fill_rows(output, weights.output_bias);
    let product = Matrix::new(weights.output_weight, PIXELS);
    multiply(output, Matrix::new(hidden, units), product, true);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_the_sum_over_the_inner_dimension() {
        let left = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let right = [1.0, 0.0, 0.0, 1.0, 1.0, 1.0];
        let mut target = [0.0; 4];
        multiply(&mut target, Matrix::new(&left, 3), Matrix::new(&right, 2), false);
        assert_eq!(target, [4.0, 5.0, 10.0, 11.0]);
        multiply(&mut target, Matrix::new(&left, 3), Matrix::new(&right, 2), true);
        assert_eq!(target, [8.0, 10.0, 20.0, 22.0]);
    }

    #[test]
    fn a_transposed_operand_is_read_by_columns() {
        let left = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut target = [0.0; 9];
        let matrix = Matrix::new(&left, 3);
        multiply(&mut target, matrix.transposed(), matrix, false);
        assert_eq!(target, [17.0, 22.0, 27.0, 22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }

    #[test]
    #[should_panic(expected = "inner dimensions")]
    fn shapes_that_do_not_fit_are_refused_before_memory_is_read() {
        let values = [0.0; 6];
        multiply(&mut [0.0; 4], Matrix::new(&values, 3), Matrix::new(&values, 3), false);
    }
}
