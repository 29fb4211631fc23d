//! A chunk of the data set: `count` label bytes, then `count` × 784 pixel bytes.
//!
//! Chunks travel gzipped; what is checked here is the inflated content, because some static
//! hosts send a `.gz` file with `Content-Encoding: gzip` and the browser inflates it unseen.

use sha2::{Digest, Sha256};

use crate::config::PIXELS;

/// A chunk that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// It is not as long as the manifest says.
    #[error(
        "{file}: {got} bytes where the manifest says {expected}; the download was cut short. Retry"
    )]
    Length {
        /// The chunk's file name.
        file: String,
        /// Bytes there are.
        got: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// It is as long as it should be, but not the same bytes.
    #[error(
        "{file}: its SHA-256 is not the manifest's; the file was damaged or replaced. Reload the page"
    )]
    Checksum {
        /// The chunk's file name.
        file: String,
    },
    /// Its bytes are not labels and pixels.
    #[error("{file}: {problem}; this is not a chunk of MNIST")]
    Format {
        /// The chunk's file name.
        file: String,
        /// What was found.
        problem: String,
    },
}

/// Bytes that an image takes in a chunk: its label and its pixels.
pub const fn bytes_per_image() -> usize {
    1 + PIXELS
}

/// Checks an inflated chunk against what the manifest says of it.
///
/// # Errors
/// The first [`ChunkError`] of length, checksum and labels, in that order.
pub fn verify_chunk(
    bytes: &[u8],
    count: usize,
    sha256: &str,
    file: &str,
) -> Result<(), ChunkError> {
    let expected = count.saturating_mul(bytes_per_image());
    if bytes.len() != expected {
        return Err(ChunkError::Length { file: file.to_owned(), got: bytes.len(), expected });
    }
    if !sha256.eq_ignore_ascii_case(&hex(&Sha256::digest(bytes))) {
        return Err(ChunkError::Checksum { file: file.to_owned() });
    }
    split_chunk(bytes, file).map(|_| ())
}

/// The labels and the pixels of an inflated chunk.
///
/// # Errors
/// [`ChunkError::Format`] when the length is no multiple of an image's or a label is above 9.
pub fn split_chunk<'a>(bytes: &'a [u8], file: &str) -> Result<(&'a [u8], &'a [u8]), ChunkError> {
    let format = |problem| ChunkError::Format { file: file.to_owned(), problem };
    if !bytes.len().is_multiple_of(bytes_per_image()) {
        return Err(format(format!("{} bytes are no whole number of images", bytes.len())));
    }
    let (labels, pixels) = bytes.split_at(bytes.len() / bytes_per_image());
    match labels.iter().position(|&label| label > 9) {
        Some(at) => Err(format(format!("image {at} is labelled {}", labels[at]))),
        None => Ok((labels, pixels)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(labels: &[u8]) -> Vec<u8> {
        let mut bytes = labels.to_vec();
        bytes.extend(std::iter::repeat_n(7, labels.len() * PIXELS));
        bytes
    }

    fn sha256(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    #[test]
    fn the_checksum_is_sha_256() {
        // FIPS 180-4's example.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_good_chunk_passes_and_splits() {
        let bytes = chunk(&[3, 1, 4]);
        assert_eq!(verify_chunk(&bytes, 3, &sha256(&bytes), "a"), Ok(()));
        assert_eq!(verify_chunk(&bytes, 3, &sha256(&bytes).to_uppercase(), "a"), Ok(()));
        let (labels, pixels) = split_chunk(&bytes, "a").expect("three images");
        assert_eq!((labels, pixels.len()), ([3, 1, 4].as_slice(), 3 * PIXELS));
    }

    #[test]
    fn a_cut_chunk_is_refused_for_its_length_and_names_both_lengths() {
        let bytes = chunk(&[3, 1, 4]);
        let error = verify_chunk(&bytes[..100], 3, &sha256(&bytes), "train-07.bin.gz");
        let expected =
            ChunkError::Length { file: "train-07.bin.gz".into(), got: 100, expected: 2355 };
        assert_eq!(error, Err(expected));
    }

    #[test]
    fn one_flipped_bit_anywhere_is_refused() {
        let bytes = chunk(&[3, 1, 4]);
        let sum = sha256(&bytes);
        for at in [0, 2, 3, 1000, 2354] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            let error = verify_chunk(&damaged, 3, &sum, "a");
            assert_eq!(error, Err(ChunkError::Checksum { file: "a".into() }), "byte {at}");
        }
    }

    #[test]
    fn hostile_contents_are_errors_and_never_panics() {
        let bytes = chunk(&[3, 10]);
        let labelled = verify_chunk(&bytes, 2, &sha256(&bytes), "a");
        assert!(matches!(labelled, Err(ChunkError::Format { .. })));
        assert!(matches!(verify_chunk(&[], usize::MAX, "", "a"), Err(ChunkError::Length { .. })));
        assert!(matches!(verify_chunk(&[], 0, "é", "a"), Err(ChunkError::Checksum { .. })));
        assert!(matches!(split_chunk(&[0; 786], "a"), Err(ChunkError::Format { .. })));
        assert_eq!(split_chunk(&[], "a"), Ok(([].as_slice(), [].as_slice())));
    }
}
