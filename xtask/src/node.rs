//! Node and what npm installs for it: needed by the checks and by `dist`, never by the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::Result;

use crate::{paths, process};

/// `npm` in the repository's root.
pub fn npm() -> Command {
    process::program(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// A program of a package in the repository's root.
pub fn installed(program: &str) -> PathBuf {
    let file = if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() };
    paths::root().join("node_modules/.bin").join(file)
}

/// Where the benchmark's contestants are installed, apart from what the project itself uses.
pub fn bench() -> PathBuf {
    paths::root().join("bench")
}

/// Installs exactly what the package-lock.json of the root and of `bench/` name.
pub fn install() -> Result<()> {
    install_in(&paths::root())?;
    install_in(&bench())
}

/// Installs what a folder's package-lock.json names, where `node_modules/` is missing or older.
pub fn ensure_installed(folder: &Path) -> Result<()> {
    let installed = changed(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&folder.join("package-lock.json")) {
        return Ok(());
    }
    install_in(folder)
}

fn install_in(folder: &Path) -> Result<()> {
    process::run(npm().args(["ci", "--no-audit", "--no-fund"]).current_dir(folder))
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}
