//! From Rust to a wasm file that wasm-bindgen can read.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Module;
use super::toolchain::TARGET;
use crate::process;

/// Compiles a module and returns the path of its wasm file.
pub fn compile(module: Module) -> Result<PathBuf> {
    let messages = process::output(
        process::cargo()
            .args(["rustc", "--lib", "--message-format", "json-render-diagnostics"])
            // The library is an rlib too, for the native trainer; cargo would leave out LTO for it.
            .args(["--crate-type", "cdylib"])
            .args(["--target", TARGET, "--profile", module.profile(), "--features", module.name()])
            // Either would silently replace .cargo/config.toml's flags, and simd128 with them.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    wasm_file(&messages).with_context(|| {
        format!(
            "cargo built the {} module but named no wasm file; is the library a cdylib?",
            module.name()
        )
    })
}

/// The part of cargo's messages that says where an artifact went.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The last wasm file that cargo's messages, one JSON object a line, name.
///
/// Cargo is asked, rather than the path put together here, so that CARGO_TARGET_DIR may be anything.
fn wasm_file(messages: &str) -> Option<PathBuf> {
    let is_wasm = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "wasm");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .flat_map(|message| message.filenames)
        .rfind(is_wasm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_comes_last_and_names_the_wasm_file() {
        let messages = r#"
            {"reason":"compiler-artifact","filenames":["/t/deps/libserde.rlib"]}
            {"reason":"compiler-artifact","filenames":["/t/vae_playground.wasm","/t/libvae_playground.rlib"]}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(wasm_file(messages), Some(PathBuf::from("/t/vae_playground.wasm")));
        assert_eq!(wasm_file(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
