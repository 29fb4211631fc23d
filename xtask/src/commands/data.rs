//! `cargo xtask data`: `www/data/` from the original MNIST files, the same bytes each time.

mod chunks;
mod source;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{idx, paths};
use chunks::{Digits, Manifest};

/// Images in the tutorial's figure: the first ten of the test set, 7 2 1 0 4 1 4 9 5 9.
const FIGURE: usize = 10;

/// Downloads, checks, cuts, compresses and writes.
pub fn run() -> Result<()> {
    let originals = source::fetch()?;
    let train = digits("training", &originals.train_images, &originals.train_labels)?;
    let test = digits("test", &originals.test_images, &originals.test_labels)?;
    ensure!(train.count() == 60_000 && test.count() == 10_000, "MNIST is 60,000 and 10,000 images");

    let mut manifest = Manifest::new();
    let mut files = Vec::new();
    for chunk in chunks::cut(&train, &test) {
        let (entry, compressed) = chunk.pack()?;
        files.push((entry.file.clone(), compressed));
        manifest.chunks.push(entry);
    }

    let folder = paths::data().join("mnist");
    fs::create_dir_all(&folder)?;
    for (name, bytes) in &files {
        write(&folder.join(name), bytes)?;
    }
    write(&folder.join("manifest.json"), manifest.to_json()?.as_bytes())?;
    write(&paths::data().join("figure.bin"), &test.slice(0..FIGURE).bytes())?;

    let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} chunks, 70,000 images, {:.1} MB compressed.", files.len(), total as f64 / 1e6);
    Ok(())
}

/// Pairs the images of one file with the labels of the other.
fn digits<'file>(name: &str, images: &'file [u8], labels: &'file [u8]) -> Result<Digits<'file>> {
    let images = idx::images(images).with_context(|| format!("the {name} images"))?;
    let labels = idx::labels(labels).with_context(|| format!("the {name} labels"))?;
    ensure!(
        (images.width, images.height) == (28, 28),
        "the {name} images are {} by {} pixels, not 28 by 28",
        images.width,
        images.height
    );
    Digits::new(labels, images.pixels)
        .with_context(|| format!("the {name} images and labels are not equally many"))
}

/// Writes a file and says whether that changed it.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let shown = path.strip_prefix(paths::root()).unwrap_or(path).display();
    if fs::read(path).is_ok_and(|old| old == bytes) {
        println!("{shown}: unchanged");
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("writing {shown}"))?;
    println!("{shown}: {} bytes", bytes.len());
    Ok(())
}
