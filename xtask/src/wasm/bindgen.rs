//! wasm-bindgen, called as a library: a wasm file in, a module that a page can import out.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{Module, NAME, version};
use crate::paths;

/// Writes a module's JS, types and wasm to `pkg/`, unless they are there from this very wasm file.
pub fn write_glue(module: Module, compiled: &Path) -> Result<()> {
    let cargo_lock = paths::root().join("Cargo.lock");
    let locked = fs::read_to_string(cargo_lock).context("reading Cargo.lock")?;
    let stamp = stamp(compiled, version::agreed(&locked)?)?;
    let _alone = paths::lock(module.name())?;
    let stamp_file = paths::cache().join(format!("{}.stamp", module.name()));
    if module.wasm().exists() && fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }

    fs::create_dir_all(paths::pkg())?;
    // A page that loads meanwhile sees the old module or the new one, so: write aside, then swap.
    let aside = paths::pkg().join(format!(".new-{}", module.name()));
    paths::remove_folder(&aside)?;
    Bindgen::new()
        .input_path(compiled)
        .out_name(NAME)
        .web(true)?
        .typescript(true)
        .generate(&aside)
        .with_context(|| format!("wasm-bindgen on {}", compiled.display()))?;
    paths::remove_folder(&module.folder())?;
    fs::rename(aside, module.folder())?;
    fs::write(stamp_file, stamp)?;
    println!("Wrote pkg/{}/.", module.name());
    Ok(())
}

/// What tells one input from another without reading it: path, length, time, wasm-bindgen's version.
fn stamp(compiled: &Path, version: &str) -> Result<String> {
    let meta = fs::metadata(compiled).with_context(|| format!("reading {}", compiled.display()))?;
    let changed = meta.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    Ok(format!("{} {} {changed} wasm-bindgen {version}\n", compiled.display(), meta.len()))
}
