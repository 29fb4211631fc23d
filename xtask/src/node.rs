//! Node and what npm installs for it: needed by the checks and by `dist`, never by the page.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::Result;

use crate::{paths, process};

/// `npm` in the repository's root.
pub fn npm() -> Command {
    process::program(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Installs exactly what package-lock.json names.
pub fn install() -> Result<()> {
    process::run(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// Installs it where `node_modules/` is missing or older than package-lock.json.
pub fn ensure_installed() -> Result<()> {
    let root = paths::root();
    let installed = changed(&root.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&root.join("package-lock.json")) {
        return Ok(());
    }
    install()
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}
