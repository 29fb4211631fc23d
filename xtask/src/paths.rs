//! Where things are in the checkout.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The repository's root: the folder that holds `xtask/`.
pub fn root() -> PathBuf {
    // cargo sets the variable at run time too, so that a moved checkout still finds itself.
    let member = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    member.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The built modules, one folder each. Not committed.
pub fn pkg() -> PathBuf {
    root().join("pkg")
}

/// The optimised static site. Not committed.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The npm package and the zip. Not committed.
pub fn package() -> PathBuf {
    root().join("package")
}

/// The MNIST chunks and the ten figure digits. Committed.
pub fn data() -> PathBuf {
    root().join("www/data")
}

/// What these commands remember between runs; deleting it costs time and nothing else.
pub fn cache() -> PathBuf {
    root().join("target/xtask-cache")
}

/// Waits until no other run of these commands writes `what`, and keeps it so while the file lives.
pub fn lock(what: &str) -> io::Result<File> {
    fs::create_dir_all(cache())?;
    let file = File::create(cache().join(format!("{what}.lock")))?;
    file.lock()?;
    Ok(file)
}

/// Every file below a folder but hidden ones, as `a/b.c` relative to it, in order.
pub fn files(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            found.extend(files(&entry.path())?.into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// Removes a folder with all that is in it; one that is not there is removed already.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn files_are_listed_in_order_without_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("b/c")).unwrap();
        for file in ["z", "b/c/d", "b/.hidden", "a"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(files(folder.path()).unwrap(), ["a", "b/c/d", "z"]);
    }
}
