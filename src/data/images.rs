//! Images as they are kept: bytes, one after another, with their labels.

use arithmetic::lanes;

use super::chunk::{ChunkError, split_chunk};
use crate::config::PIXELS;

/// Labelled images; grows chunk by chunk and never changes what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    labels: Vec<u8>,
    pixels: Vec<u8>,
}

impl Images {
    /// Appends the images of an inflated chunk called `file`.
    ///
    /// # Errors
    /// [`ChunkError::Format`] when it is no chunk; nothing is appended then.
    pub fn add_chunk(&mut self, bytes: &[u8], file: &str) -> Result<(), ChunkError> {
        let (labels, pixels) = split_chunk(bytes, file)?;
        self.labels.extend_from_slice(labels);
        self.pixels.extend_from_slice(pixels);
        Ok(())
    }

    /// How many images there are.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// The digit that each image shows, 0 to 9.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The 784 bytes of an image, 0 for background, 255 for ink.
    ///
    /// # Panics
    /// When there is no image `index`.
    pub fn pixels(&self, index: usize) -> &[u8] {
        &self.pixels[index * PIXELS..][..PIXELS]
    }

    /// The bytes of every image from `first` on, one after another.
    ///
    /// # Panics
    /// When there are fewer images than `first`.
    pub fn pixels_from(&self, first: usize) -> &[u8] {
        &self.pixels[first * PIXELS..]
    }

    /// Writes the images in `rows` into `target` as numbers from 0 to 1.
    ///
    /// # Shapes
    /// - `target`: `[rows, 784]`
    ///
    /// # Panics
    /// When `target` has another length or a row is not there.
    pub fn gather(&self, rows: impl ExactSizeIterator<Item = usize>, target: &mut [f32]) {
        assert_eq!(target.len(), rows.len() * PIXELS, "room for every row");
        for (row, target) in rows.zip(target.chunks_exact_mut(PIXELS)) {
            intensities(self.pixels(row), target);
        }
    }
}

/// Pixel bytes as numbers from 0 to 1.
///
/// # Panics
/// When the two differ in length.
pub fn intensities(bytes: &[u8], target: &mut [f32]) {
    lanes::scale_bytes(bytes, 1.0 / 255.0, target);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_keep_the_order_of_their_chunks() {
        let mut images = Images::default();
        for label in [4, 2] {
            let mut chunk = vec![label];
            chunk.extend([label * 10; PIXELS]);
            images.add_chunk(&chunk, "a").expect("one image");
        }
        assert_eq!((images.count(), images.labels()), (2, [4, 2].as_slice()));
        assert!(images.pixels(1).iter().all(|&pixel| pixel == 20));
    }

    #[test]
    fn a_refused_chunk_changes_nothing() {
        let mut images = Images::default();
        assert!(images.add_chunk(&[0; 10], "a").is_err());
        assert_eq!(images, Images::default());
    }

    #[test]
    fn gathered_pixels_run_from_zero_to_one() {
        let mut images = Images::default();
        let mut chunk = vec![0];
        chunk.extend([0; PIXELS - 1]);
        chunk.push(255);
        images.add_chunk(&chunk, "a").expect("one image");
        let mut target = [0.5; PIXELS];
        images.gather([0].into_iter(), &mut target);
        assert_eq!((target[0], target[PIXELS - 1]), (0.0, 1.0));
    }
}
