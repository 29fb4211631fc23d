//! `cargo xtask dist`: the static site, optimised, for any host and any path on it.

mod offline;
mod optimise;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::commands::build;
use crate::sizes::Table;
use crate::wasm::Module;
use crate::{node, paths};

/// What the table adds up.
const FOLDERS: [&str; 4] = ["pkg/core/", "pkg/webgpu/", "www/data/", "www/weights/"];

/// Builds both modules and writes `dist/`.
pub fn run() -> Result<()> {
    build::all()?;
    node::ensure_installed(&paths::root())?;
    let _alone = paths::lock("dist")?;
    // All that can take minutes or fail comes before the old site goes.
    let optimised: Vec<_> =
        Module::SHIPPED.into_iter().map(optimise::optimised).collect::<Result<_>>()?;
    let site = paths::dist();
    paths::remove_folder(&site)?;
    for (module, wasm) in Module::SHIPPED.into_iter().zip(optimised) {
        write_module(module, &wasm, &site)?;
    }
    copy_folder("www", &site)?;
    optimise::strip_comments(&site)?;
    // Last, because their being there is what says that the site is whole.
    offline::write_pages(&paths::root(), &site)?;

    println!("{}", Table::of(&site, &FOLDERS)?);
    println!("dist/ is ready. Look at it with `cargo xtask serve --dist`.");
    Ok(())
}

/// A module's JS as it is and its wasm optimised; its TypeScript declarations stay behind.
fn write_module(module: Module, optimised: &Path, site: &Path) -> Result<()> {
    let source = module.folder();
    let target = site.join("pkg").join(module.name());
    for file in paths::files(&source)? {
        if file.ends_with(".js") {
            copy(&source.join(&file), &target.join(&file))?;
        }
    }
    let wasm = module.wasm();
    copy(optimised, &target.join(wasm.file_name().context("a module's wasm has a name")?))
}

fn copy_folder(folder: &str, site: &Path) -> Result<()> {
    let source = paths::root().join(folder);
    let files = paths::files(&source).with_context(|| format!("reading {}", source.display()))?;
    ensure!(!files.is_empty(), "{} is empty", source.display());
    files.iter().try_for_each(|file| copy(&source.join(file), &site.join(folder).join(file)))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}
