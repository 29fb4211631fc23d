//! `cargo xtask package`: the site as an npm package, and as a zip for a host of one's own.
//!
//! ```text
//! dist/ ─┬─▶ package/npm/                     ─▶ package/vae-playground-0.1.0.tgz
//!        └─▶ package/vae-playground-0.1.0.zip
//! ```

mod archive;
mod npm;

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::commands::dist;
use crate::paths;

/// The package's name on npm, and of the folder in the zip.
const NAME: &str = "vae-playground";

/// The version that the workspace gives all its crates.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds `dist/` and packs it.
pub fn run() -> Result<()> {
    dist::run()?;
    pack()
}

/// Packs `dist/` as it is.
pub fn pack() -> Result<()> {
    let site = paths::dist();
    ensure!(
        site.join("index.html").is_file(),
        "there is no dist/ yet. Run `cargo xtask dist` first"
    );
    let _alone = paths::lock("package")?;
    let target = paths::package();
    paths::remove_folder(&target)?;
    let folder = target.join("npm");
    npm::write(&site, &folder)?;
    let tarball = npm::pack(&folder, &target)?;
    let zip = target.join(format!("{NAME}-{VERSION}.zip"));
    archive::write(&site, &zip)?;
    for (file, purpose) in [
        (tarball.as_path(), "`npm install` takes it, for pages of your own"),
        (zip.as_path(), "the site, for a course server or a classroom without a network"),
    ] {
        println!("{} ({} bytes): {purpose}", shown(file), fs::metadata(file)?.len());
    }
    Ok(())
}

/// A path as one would type it in the repository's root.
fn shown(path: &Path) -> String {
    path.strip_prefix(paths::root()).unwrap_or(path).display().to_string()
}
