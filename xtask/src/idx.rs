//! IDX, the format of the original MNIST files, read without trusting it.
//!
//! ```text
//! 0  0  8  d │ d big-endian u32 sizes │ bytes, last dimension fastest
//! ```
//! where 8 says "unsigned bytes" and d is the number of dimensions: 1 for labels, 3 for images.
//! Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".

use thiserror::Error;

/// Why bytes are not the IDX file they were said to be.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum IdxError {
    /// The file ends inside its header.
    #[error("the header needs {needed} bytes and the file has {length}")]
    ShortHeader {
        /// Length of the header, in bytes.
        needed: usize,
        /// Length of the file, in bytes.
        length: usize,
    },
    /// The first four bytes are another format's, or another number of dimensions.
    #[error("the file starts with {found:02x?}, not {expected:02x?}")]
    WrongMagic {
        /// What the file starts with.
        found: [u8; 4],
        /// What it should start with.
        expected: [u8; 4],
    },
    /// The header's sizes multiply to something else than the bytes that follow.
    #[error("the header says {sizes:?} and {length} bytes follow it")]
    WrongLength {
        /// The header's sizes.
        sizes: Vec<u32>,
        /// The number of bytes after the header.
        length: usize,
    },
    /// A label that is no digit.
    #[error("label {index} is {label}, not a digit")]
    NotADigit {
        /// Which label.
        index: usize,
        /// Its value.
        label: u8,
    },
}

/// Grey images, all of one size.
#[derive(Debug, PartialEq, Eq)]
pub struct Images<'file> {
    /// Rows of one image.
    pub height: u32,
    /// Columns of one image.
    pub width: u32,
    /// `[count, height, width]`, row-major, 0 = background.
    pub pixels: &'file [u8],
}

/// Reads an image file.
pub fn images(file: &[u8]) -> Result<Images<'_>, IdxError> {
    let ([_, height, width], pixels) = parse::<3>(file)?;
    Ok(Images { height, width, pixels })
}

/// Reads a label file; every label is a digit.
pub fn labels(file: &[u8]) -> Result<&[u8], IdxError> {
    let ([_], labels) = parse::<1>(file)?;
    match labels.iter().position(|&label| label > 9) {
        Some(index) => Err(IdxError::NotADigit { index, label: labels[index] }),
        None => Ok(labels),
    }
}

/// Splits a file of `D` dimensions into its sizes and its bytes.
fn parse<const D: usize>(file: &[u8]) -> Result<([u32; D], &[u8]), IdxError> {
    let short = || IdxError::ShortHeader { needed: 4 + 4 * D, length: file.len() };
    let (&found, rest) = file.split_first_chunk::<4>().ok_or_else(short)?;
    let expected = [0, 0, 8, D as u8];
    if found != expected {
        return Err(IdxError::WrongMagic { found, expected });
    }
    let (header, bytes) = rest.split_at_checked(4 * D).ok_or_else(short)?;
    let mut sizes = [0; D];
    for (size, word) in sizes.iter_mut().zip(header.as_chunks::<4>().0) {
        *size = u32::from_be_bytes(*word);
    }
    // Checked: sizes chosen to wrap around to the right length must not pass.
    let total = sizes.iter().try_fold(1_u64, |total, &size| total.checked_mul(size.into()));
    if total != Some(bytes.len() as u64) {
        return Err(IdxError::WrongLength { sizes: sizes.to_vec(), length: bytes.len() });
    }
    Ok((sizes, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: [u8; 4], sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
        let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
        magic.into_iter().chain(sizes).chain(bytes.iter().copied()).collect()
    }

    #[test]
    fn two_images_of_two_by_three() {
        let file = file([0, 0, 8, 3], &[2, 2, 3], &[7; 12]);
        assert_eq!(images(&file), Ok(Images { height: 2, width: 3, pixels: &[7; 12] }));
    }

    #[test]
    fn labels_are_digits() {
        assert_eq!(labels(&file([0, 0, 8, 1], &[3], &[0, 9, 5])), Ok(&[0, 9, 5][..]));
        let error = labels(&file([0, 0, 8, 1], &[3], &[0, 10, 5])).unwrap_err();
        assert_eq!(error, IdxError::NotADigit { index: 1, label: 10 });
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let whole = file([0, 0, 8, 3], &[1, 2, 2], &[1, 2, 3, 4]);
        for length in 0..whole.len() {
            assert!(images(&whole[..length]).is_err(), "cut to {length} bytes");
        }
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let error = labels(&file([0, 0, 8, 1], &[1], &[1, 2])).unwrap_err();
        assert_eq!(error, IdxError::WrongLength { sizes: vec![1], length: 2 });
    }

    #[test]
    fn labels_are_not_taken_for_images_nor_floats_for_bytes() {
        assert!(matches!(
            images(&file([0, 0, 8, 1], &[0], &[])),
            Err(IdxError::WrongMagic { found: [0, 0, 8, 1], .. })
        ));
        assert!(matches!(
            labels(&file([0, 0, 0x0d, 1], &[0], &[])),
            Err(IdxError::WrongMagic { .. })
        ));
    }

    #[test]
    fn sizes_that_would_wrap_around_are_refused() {
        // 65536 · 65536 · 65536 = 2⁴⁸; 2³¹ · 2³¹ · 4 = 2⁶⁴ wraps to 0, the length of no bytes at all.
        for sizes in [[1 << 16; 3], [1 << 31, 1 << 31, 4], [u32::MAX; 3]] {
            let error = images(&file([0, 0, 8, 3], &sizes, &[])).unwrap_err();
            assert_eq!(error, IdxError::WrongLength { sizes: sizes.to_vec(), length: 0 });
        }
    }
}
