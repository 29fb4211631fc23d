//! The wasm32 target of the Rust toolchain in use.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process;

/// The one target of both modules.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the wasm32 target through rustup where it is missing.
pub fn ensure_target() -> Result<()> {
    // Asks the compiler, not rustup: a Rust from a distribution may have the target without rustup.
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let folder = process::output(process::program(rustc).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    if Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    if process::find(&["rustup", "rustup.exe"]).is_none() {
        bail!(
            "this Rust has no {TARGET} target, and there is no rustup to add it. \
             Install rustup, or your distribution's package for Rust on wasm32, then run this again"
        );
    }
    println!("Adding Rust's {TARGET} target.");
    process::run(process::program("rustup").args(["target", "add", TARGET]))
}
