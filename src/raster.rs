//! Pixels to RGBA, for a canvas.

use crate::config::{PIXELS, SIDE};

/// Bytes of one tile: 28 × 28 pixels of red, green, blue and opacity.
pub const TILE_BYTES: usize = PIXELS * 4;

/// The two ends of the grey scale. Always opaque, so that an exported picture looks the same
/// wherever it is pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark ink on paper.
    Light,
    /// Light strokes on a dark ground, as MNIST is usually shown.
    Dark,
}

impl Theme {
    /// The theme called `name`; anything but "dark" is light.
    pub fn named(name: &str) -> Self {
        match name {
            "dark" => Theme::Dark,
            _ => Theme::Light,
        }
    }

    /// The colours of background and of full ink. www/vae-playground.css has the same two.
    fn ends(self) -> [[f32; 3]; 2] {
        match self {
            Theme::Light => [[255.0, 255.0, 255.0], [22.0, 24.0, 34.0]],
            Theme::Dark => [[17.0, 19.0, 27.0], [245.0, 246.0, 250.0]],
        }
    }

    /// A colour for each of 256 intensities.
    fn palette(self) -> [[u8; 4]; 256] {
        let [ground, ink] = self.ends();
        core::array::from_fn(|level| {
            let share = level as f32 / 255.0;
            let mix = |channel: usize| {
                (ground[channel] + share * (ink[channel] - ground[channel]) + 0.5) as u8
            };
            [mix(0), mix(1), mix(2), 255]
        })
    }
}

/// Draws images into a grid of tiles, `columns` wide, filling rows from the top left. Values
/// below 0 are drawn as 0, above 1 as 1.
///
/// # Shapes
/// - `images`: `[count, 784]`
/// - returns RGBA, `[count / columns · 28, columns · 28, 4]`
///
/// # Panics
/// When the images do not fill whole rows.
pub fn mosaic(images: &[f32], columns: usize, theme: Theme) -> Vec<u8> {
    let palette = theme.palette();
    let count = images.len() / PIXELS;
    assert_eq!(images.len(), count.next_multiple_of(columns) * PIXELS, "whole rows of tiles");
    let mut picture = vec![0; count * TILE_BYTES];
    let row_bytes = columns * SIDE * 4;
    for (index, image) in images.chunks_exact(PIXELS).enumerate() {
        let left = index % columns * SIDE * 4;
        let top = index / columns * SIDE;
        for (y, line) in image.chunks_exact(SIDE).enumerate() {
            let target = &mut picture[(top + y) * row_bytes + left..][..SIDE * 4];
            for (pixel, &value) in target.as_chunks_mut().0.iter_mut().zip(line) {
                // `as` saturates: below 0 becomes 0, and so does what is not a number.
                *pixel = palette[usize::from((value * 255.0 + 0.5) as u8)];
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_laid_out_row_by_row() {
        let mut images = vec![0.0; 4 * PIXELS];
        images[PIXELS] = 1.0; // the second tile's top left pixel
        images[2 * PIXELS + SIDE] = 1.0; // the third tile's first pixel of its second line
        let picture = mosaic(&images, 2, Theme::Light);
        let at = |x: usize, y: usize| picture[(y * 2 * SIDE + x) * 4];
        assert_eq!((at(SIDE, 0), at(0, SIDE + 1)), (22, 22));
        assert_eq!(picture.as_chunks::<4>().0.iter().filter(|pixel| pixel[0] == 22).count(), 2);
    }

    #[test]
    fn values_outside_the_scale_are_drawn_as_its_ends() {
        let mut images = vec![0.0; PIXELS];
        (images[0], images[1], images[2]) = (-3.0, 7.0, f32::NAN);
        let picture = mosaic(&images, 1, Theme::Dark);
        assert_eq!([picture[0], picture[4], picture[8]], [17, 245, 17]);
        assert!(picture.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
    }
}
