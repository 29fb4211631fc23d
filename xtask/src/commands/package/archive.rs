//! The zip of the site. The same site gives the same bytes: files in order, one time for all.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;

use anyhow::{Context, Result};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{NAME, VERSION};
use crate::paths;

/// What to do with it, for the one who unpacks it.
const README: &str = include_str!("site-readme.txt");

/// zlib's best.
const LEVEL: i64 = 9;

/// Writes all of the site, below one folder.
pub fn write(site: &Path, target: &Path) -> Result<()> {
    let file = File::create(target).with_context(|| format!("writing {}", target.display()))?;
    archived(site, BufWriter::new(file))?.flush()?;
    Ok(())
}

fn archived<W: Write + Seek>(site: &Path, target: W) -> Result<W> {
    let mut zip = ZipWriter::new(target);
    let mut add = |path: &str, bytes: &[u8]| -> Result<()> {
        zip.start_file(format!("{NAME}-{VERSION}/{path}"), options(path))?;
        Ok(zip.write_all(bytes)?)
    };
    // With the line ends that Windows' own editors need.
    add("README.txt", README.replace('\n', "\r\n").as_bytes())?;
    for path in paths::files(site)? {
        let bytes = std::fs::read(site.join(&path)).with_context(|| format!("reading {path}"))?;
        add(&path, &bytes)?;
    }
    Ok(zip.finish()?)
}

fn options(path: &str) -> SimpleFileOptions {
    let method = if path.ends_with(".gz") {
        CompressionMethod::Stored // it is compressed
    } else {
        CompressionMethod::Deflated
    };
    SimpleFileOptions::default()
        .compression_method(method)
        .compression_level((method == CompressionMethod::Deflated).then_some(LEVEL))
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Cursor, Read};

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn the_site_comes_out_as_it_went_in_and_the_same_twice() {
        let site = tempfile::tempdir().unwrap();
        fs::create_dir(site.path().join("www")).unwrap();
        fs::write(site.path().join("index.html"), "page ".repeat(100)).unwrap();
        fs::write(site.path().join("www/a.gz"), [0x1f, 0x8b, 0]).unwrap();
        let pack = || archived(site.path(), Cursor::new(Vec::new())).unwrap().into_inner();
        let bytes = pack();
        assert_eq!(bytes, pack());

        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let root = format!("{NAME}-{VERSION}");
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| name.starts_with(&root)), "{names:?}");
        let mut page = String::new();
        zip.by_name(&format!("{root}/index.html")).unwrap().read_to_string(&mut page).unwrap();
        assert_eq!(page, "page ".repeat(100));
    }
}
