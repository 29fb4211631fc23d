//! The images of a batch without their zeros.
//!
//! Four pixels in five of MNIST are 0, and what is multiplied by 0 need not be. The two
//! products with the images, x W₁ and xᵀ ∂h₁, sum rows of a matrix instead, eight at a time
//! so that a sum is written once for eight terms.

use crate::config::PIXELS;
use crate::lanes::{self, Lanes};

/// Terms summed in one pass over a row.
const TERMS: usize = 8;

/// The pixels above 0 of a batch, once by image and once by pixel.
#[derive(Default)]
pub struct SparseImages {
    by_image: Lists,
    by_pixel: Lists,
}

/// Lists of (row, factor), end to end.
#[derive(Default)]
struct Lists {
    /// Where each list starts, and after them where the last ends.
    starts: Vec<usize>,
    rows: Vec<u32>,
    factors: Vec<f32>,
}

impl SparseImages {
    /// Takes the pixels of a batch.
    ///
    /// # Shapes
    /// - `images`: `[batch, 784]`
    pub fn set(&mut self, images: &[f32]) {
        let batch = images.len() / PIXELS;
        self.by_image.clear(images.len());
        for image in images.chunks_exact(PIXELS) {
            self.by_image.push_list(image.iter().enumerate());
        }
        self.by_pixel.clear(images.len());
        for pixel in 0..PIXELS {
            let column = (0..batch).map(|image| (image, &images[image * PIXELS + pixel]));
            self.by_pixel.push_list(column);
        }
    }

    /// Adds x W to `target`.
    ///
    /// # Shapes
    /// - `weight`: `[784, columns]`, `target`: `[batch, columns]`
    pub fn add_product(&self, target: &mut [f32], weight: &[f32], columns: usize) {
        self.by_image.add_rows(target, weight, columns);
    }

    /// Puts xᵀ G into `target`: the gradient of the first layer's weights.
    ///
    /// # Shapes
    /// - `gradient`: `[batch, columns]`, `target`: `[784, columns]`
    pub fn transposed_product(&self, target: &mut [f32], gradient: &[f32], columns: usize) {
        target.fill(0.0);
        self.by_pixel.add_rows(target, gradient, columns);
    }
}

impl Lists {
    fn clear(&mut self, most: usize) {
        self.starts.clear();
        self.starts.push(0);
        self.rows.clear();
        self.factors.clear();
        // Room for a batch without a single zero, so that no later one allocates.
        self.rows.reserve(most);
        self.factors.reserve(most);
    }

    fn push_list<'a>(&mut self, entries: impl Iterator<Item = (usize, &'a f32)>) {
        for (row, &factor) in entries {
            if factor != 0.0 {
                self.rows.push(row as u32);
                self.factors.push(factor);
            }
        }
        self.starts.push(self.rows.len());
    }

    /// To each row of `target`, the rows of `matrix` that its list names, times their factors.
    fn add_rows(&self, target: &mut [f32], matrix: &[f32], columns: usize) {
        for (list, target) in target.chunks_exact_mut(columns).enumerate() {
            let range = self.starts[list]..self.starts[list + 1];
            let (rows, row_rest) = self.rows[range.clone()].as_chunks::<TERMS>();
            let (factors, factor_rest) = self.factors[range].as_chunks::<TERMS>();
            let row = |&index: &u32| &matrix[index as usize * columns..][..columns];
            for (rows, factors) in rows.iter().zip(factors) {
                let [f1, f2, f3, f4, f5, f6, f7, f8] = factors.map(Lanes::splat);
                let rows = rows.each_ref().map(row);
                lanes::transform(
                    [&mut *target],
                    rows,
                    |[sum], [r1, r2, r3, r4, r5, r6, r7, r8]| {
                        let first = (r1 * f1 + r2 * f2) + (r3 * f3 + r4 * f4);
                        let second = (r5 * f5 + r6 * f6) + (r7 * f7 + r8 * f8);
                        [sum + (first + second)]
                    },
                );
            }
            for (index, &factor) in row_rest.iter().zip(factor_rest) {
                let factor = Lanes::splat(factor);
                lanes::transform([&mut *target], [row(index)], |[sum], [r]| [sum + r * factor]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::{Matrix, multiply};
    use crate::noise::philox;

    /// Five images of which one is blank, one is full and the others have zeros in between.
    fn images() -> Vec<f32> {
        let pixel = |index: usize| match (index / PIXELS, philox([index as u32, 0, 0, 0], [1, 2])) {
            (0, _) => 0.0,
            (1, [word, ..]) => 0.1 + word as f32 / 1e10,
            (_, [word, other, ..]) if word % 5 == 0 => other as f32 / 1e10,
            _ => 0.0,
        };
        (0..5 * PIXELS).map(pixel).collect()
    }

    fn matrix(values: usize) -> Vec<f32> {
        (0..values as u32).map(|index| philox([index, 1, 0, 0], [1, 2])[0] as f32 / 4e9).collect()
    }

    fn agree(ours: &[f32], theirs: &[f32]) {
        for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            // 784 terms added in another order: a few units in the last place of the sum.
            let tolerance = 1e-5 * theirs.abs().max(1.0);
            assert!((ours - theirs).abs() <= tolerance, "{index}: {ours} vs {theirs}");
        }
    }

    #[test]
    fn both_products_are_the_dense_ones() {
        for columns in [16, 37] {
            let images = images();
            let mut sparse = SparseImages::default();
            sparse.set(&images);
            let weight = matrix(PIXELS * columns);
            let (mut ours, mut theirs) = (vec![0.5; 5 * columns], vec![0.5; 5 * columns]);
            sparse.add_product(&mut ours, &weight, columns);
            let dense = Matrix::new(&images, PIXELS);
            multiply(&mut theirs, dense, Matrix::new(&weight, columns), true);
            agree(&ours, &theirs);
            let gradient = matrix(5 * columns);
            let (mut ours, mut theirs) = (vec![7.0; PIXELS * columns], vec![7.0; PIXELS * columns]);
            sparse.transposed_product(&mut ours, &gradient, columns);
            multiply(&mut theirs, dense.transposed(), Matrix::new(&gradient, columns), false);
            agree(&ours, &theirs);
        }
    }
}
