//! What a folder weighs on the wire: raw, gzip and brotli, file by file.

use std::fmt::{self, Display};
use std::fs;
use std::io::Write;
use std::iter::Sum;
use std::path::Path;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};

/// Brotli's window, in bits: the format's usual maximum, 16 MB.
const BROTLI_WINDOW: u32 = 22;

/// One file's, or many files', bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    /// Compresses bytes both ways, at each way's best.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes)?;
        let mut brotli = brotli::CompressorWriter::new(Vec::new(), 4096, 11, BROTLI_WINDOW);
        brotli.write_all(bytes)?;
        Ok(Self { raw: bytes.len(), gzip: gzip.finish()?.len(), brotli: brotli.into_inner().len() })
    }

    /// Bytes that are compressed already, and travel as they are.
    pub fn as_is(bytes: &[u8]) -> Self {
        Self { raw: bytes.len(), gzip: bytes.len(), brotli: bytes.len() }
    }
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), |total, size| Self {
            raw: total.raw + size.raw,
            gzip: total.gzip + size.gzip,
            brotli: total.brotli + size.brotli,
        })
    }
}

/// The table: a row a file, then a row a folder of interest, then all of it.
pub struct Table {
    files: Vec<(String, Size)>,
    /// Path prefixes to add up.
    folders: &'static [&'static str],
}

impl Table {
    /// Weighs every file below `root`, and adds up what starts with each of `folders`.
    pub fn of(root: &Path, folders: &'static [&'static str]) -> Result<Self> {
        let files = crate::paths::files(root)?
            .into_iter()
            .map(|file| {
                let bytes = fs::read(root.join(&file))?;
                let compressed = file.ends_with(".gz") || file.ends_with(".png");
                Ok((file, if compressed { Size::as_is(&bytes) } else { Size::of(&bytes)? }))
            })
            .collect::<Result<_>>()?;
        Ok(Self { files, folders })
    }

    fn total(&self, prefix: &str) -> Size {
        self.files.iter().filter(|(file, _)| file.starts_with(prefix)).map(|(_, size)| *size).sum()
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.files.iter().map(|(file, _)| file.len()).max().unwrap_or(0).max(12);
        let rule = "─".repeat(width + 36);
        writeln!(f, "{:width$}{:>12}{:>12}{:>12}", "bytes", "raw", "gzip", "brotli")?;
        writeln!(f, "{rule}")?;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, size: Size| {
            let [raw, gzip, brotli] = [size.raw, size.gzip, size.brotli].map(grouped);
            writeln!(f, "{name:width$}{raw:>12}{gzip:>12}{brotli:>12}")
        };
        for (file, size) in &self.files {
            row(f, file, *size)?;
        }
        writeln!(f, "{rule}")?;
        for folder in self.folders {
            row(f, folder, self.total(folder))?;
        }
        row(f, "all", self.total(""))
    }
}

/// 1234567 as `1,234,567`.
fn grouped(bytes: usize) -> String {
    let digits = bytes.to_string();
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at(first);
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (!head.is_empty()).then(|| head.to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        for (bytes, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(bytes), text);
        }
    }

    #[test]
    fn a_kilobyte_of_zeros_is_small_either_way_and_whole_when_sent_as_it_is() {
        let zeros = [0; 1_000];
        let size = Size::of(&zeros).unwrap();
        assert_eq!(size.raw, 1_000);
        assert!(size.gzip < 50 && size.brotli < 50, "{size:?}");
        assert_eq!(Size::as_is(&zeros), Size { raw: 1_000, gzip: 1_000, brotli: 1_000 });
    }

    #[test]
    fn folders_and_the_whole_are_added_up() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pkg")).unwrap();
        fs::write(folder.path().join("index.html"), "12345").unwrap();
        fs::write(folder.path().join("pkg/a.gz"), "1234567").unwrap();
        let table = Table::of(folder.path(), &["pkg/"]).unwrap();
        assert_eq!(table.total("pkg/"), Size::as_is(b"1234567"));
        assert_eq!(table.total("").raw, 12);
        assert!(table.to_string().contains("pkg/a.gz"));
    }
}
