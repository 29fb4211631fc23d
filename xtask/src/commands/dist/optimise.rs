//! What a visitor need not load is taken out: wasm-opt on the built modules, remembered by content,
//! for on the large one it takes minutes; and the comments of the page's own files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::wasm::Module;
use crate::{node, paths, process};

/// What rustc 1.95 emits for this target with simd128; wasm-opt refuses what it is not told of.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The path of a module's optimised wasm.
pub fn optimised(module: Module) -> Result<PathBuf> {
    let input = module.wasm();
    let bytes = fs::read(&input).with_context(|| format!("reading {}", input.display()))?;
    let key = key(&bytes, level(module));
    let output = paths::cache().join(format!("{}-{key}.wasm", module.name()));
    if output.is_file() {
        return Ok(output);
    }

    forget_older(module)?;
    println!("Optimising the {} module with wasm-opt {}.", module.name(), level(module));
    let unfinished = output.with_extension("part");
    process::run(
        process::program("node")
            .arg(paths::root().join("node_modules/binaryen/bin/wasm-opt"))
            .arg(&input)
            .arg("--output")
            .arg(&unfinished)
            .arg(level(module))
            .args(FEATURES)
            .args(["--strip-debug", "--strip-producers"]),
    )?;
    fs::rename(unfinished, &output)?;
    Ok(output)
}

/// Takes the comments out of the site's scripts and styles: a quarter of what they are when
/// compressed. Lines and names stay, for who looks at them in a browser; nothing is bundled.
pub fn strip_comments(site: &Path) -> Result<()> {
    let files = paths::files(site)?;
    let ours = files.iter().filter(|file| file.ends_with(".js") || file.ends_with(".css"));
    process::run(
        process::program(node::installed("esbuild"))
            .current_dir(site)
            .args(ours)
            .args(["--outdir=.", "--outbase=.", "--allow-overwrite"])
            .args(["--charset=utf8", "--legal-comments=inline", "--log-level=warning"]),
    )
}

/// The core module computes, so speed first; the others' arithmetic is on the GPU, so size first.
fn level(module: Module) -> &'static str {
    match module {
        Module::Core => "-O3",
        Module::Webgpu | Module::Stock => "-Oz",
    }
}

fn key(bytes: &[u8], level: &str) -> String {
    let digest =
        Sha256::new().chain_update(bytes).chain_update(level).chain_update(FEATURES.concat());
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn forget_older(module: Module) -> Result<()> {
    let prefix = format!("{}-", module.name());
    for file in paths::files(&paths::cache())? {
        if file.starts_with(&prefix) && file.ends_with(".wasm") {
            fs::remove_file(paths::cache().join(file))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_follows_the_bytes_and_the_level() {
        assert_eq!(key(b"wasm", "-O3"), key(b"wasm", "-O3"));
        assert_ne!(key(b"wasm", "-O3"), key(b"wasm", "-Oz"));
        assert_ne!(key(b"wasm", "-O3"), key(b"wasn", "-O3"));
    }
}
