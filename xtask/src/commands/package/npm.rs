//! The npm package: the element's module with the files that it locates beside itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::{NAME, VERSION};
use crate::{node, paths, process};

/// The module that defines `<vae-playground>`, and its types where there are some.
const MODULE: &str = "www/vae-playground.js";
const TYPES: &str = "www/types/vae-playground.d.ts";

/// The custom-elements manifest, where there is one.
const ELEMENTS: &str = "www/custom-elements.json";

/// What only the site's own pages use.
const OF_PAGES: [&str; 5] =
    ["www/embed.css", "www/embed.js", "www/offline.js", "www/page.css", "www/page.js"];

const README: &str = include_str!("npm-readme.md");

/// Writes the package's folder from the site's.
pub fn write(site: &Path, folder: &Path) -> Result<()> {
    for part in ["www", "pkg"] {
        for file in paths::files(&site.join(part))? {
            let file = format!("{part}/{file}");
            if !OF_PAGES.contains(&file.as_str()) {
                copy(&site.join(&file), &folder.join(&file))?;
            }
        }
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&paths::root().join(file), &folder.join(file))?;
    }
    fs::write(folder.join("README.md"), README)?;
    let manifest = manifest(|file| folder.join(file).is_file());
    fs::write(folder.join("package.json"), serde_json::to_string_pretty(&manifest)? + "\n")?;
    Ok(())
}

/// What npm makes of the folder.
pub fn pack(folder: &Path, target: &Path) -> Result<PathBuf> {
    let words = ["pack", "--silent", "--pack-destination"];
    let name = process::output(node::npm().args(words).arg(target).arg(folder))?;
    Ok(target.join(name.trim()))
}

/// package.json, its entries in the order in which they are read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    name: &'static str,
    version: &'static str,
    description: &'static str,
    keywords: [&'static str; 7],
    license: &'static str,
    r#type: &'static str,
    exports: Exports,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_elements: Option<&'static str>,
    files: [&'static str; 4],
    side_effects: bool,
}

#[derive(Serialize)]
struct Exports {
    #[serde(rename = ".")]
    module: Module,
    #[serde(rename = "./custom-elements.json", skip_serializing_if = "Option::is_none")]
    elements: Option<String>,
    #[serde(rename = "./package.json")]
    manifest: &'static str,
}

/// A resolver takes the first that it knows: types, where it looks for types.
#[derive(Serialize)]
struct Module {
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<String>,
    default: String,
}

/// `has` tells which optional files there are.
fn manifest(has: impl Fn(&str) -> bool) -> Manifest {
    let relative = |file: &str| format!("./{file}");
    let elements = has(ELEMENTS).then_some(ELEMENTS);
    Manifest {
        name: NAME,
        version: VERSION,
        description: "A variational autoencoder that trains on MNIST inside the browser tab, as one element",
        keywords: ["vae", "autoencoder", "mnist", "webgpu", "wasm", "custom-element", "education"],
        license: "MIT OR Apache-2.0",
        r#type: "module",
        exports: Exports {
            module: Module {
                types: has(TYPES).then(|| relative(TYPES)),
                default: relative(MODULE),
            },
            elements: elements.map(relative),
            manifest: "./package.json",
        },
        custom_elements: elements,
        files: ["www", "pkg", "LICENSE-MIT", "LICENSE-APACHE"],
        side_effects: true, // to import it is to define the element
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(has: bool) -> String {
        serde_json::to_string(&manifest(|_| has)).unwrap()
    }

    #[test]
    fn the_module_is_the_packages_entry() {
        let bare = written(false);
        assert!(bare.contains(r#"".":{"default":"./www/vae-playground.js"}"#), "{bare}");
        assert!(!bare.contains("customElements"), "{bare}");
    }

    #[test]
    fn types_come_first_and_the_elements_manifest_is_named_where_it_is() {
        let full = written(true);
        let entry =
            r#"{"types":"./www/types/vae-playground.d.ts","default":"./www/vae-playground.js"}"#;
        assert!(full.contains(entry), "{full}");
        assert!(full.contains(r#""customElements":"www/custom-elements.json""#), "{full}");
    }
}
