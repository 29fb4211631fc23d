//! The JS glue fits a wasm file only when both come from the same wasm-bindgen.

use anyhow::{Result, bail};

/// The version of wasm-bindgen in Cargo.lock, where it and the glue's library agree.
pub fn agreed(lock: &str) -> Result<&str> {
    let (Some(library), Some(tool)) =
        (locked(lock, "wasm-bindgen"), locked(lock, "wasm-bindgen-cli-support"))
    else {
        bail!(
            "Cargo.lock does not hold both wasm-bindgen and wasm-bindgen-cli-support. \
             Restore it with `git checkout Cargo.lock`"
        );
    };
    if library != tool {
        bail!(
            "Cargo.lock holds wasm-bindgen {library} but wasm-bindgen-cli-support {tool}: their \
             JS and wasm would not fit. Set both to one version, in Cargo.toml and xtask/Cargo.toml"
        );
    }
    Ok(library)
}

/// The version that Cargo.lock holds of one package.
fn locked<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(library: &str, tool: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{library}\"\n\n\
             [[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{tool}\"\n"
        )
    }

    #[test]
    fn one_version_is_agreed() {
        assert_eq!(agreed(&lock("0.2.130", "0.2.130")).unwrap(), "0.2.130");
    }

    #[test]
    fn two_versions_are_both_named() {
        let error = agreed(&lock("0.2.131", "0.2.130")).unwrap_err().to_string();
        assert!(error.contains("0.2.131") && error.contains("0.2.130"), "{error}");
    }

    #[test]
    fn a_lock_without_the_packages_is_refused() {
        assert!(agreed("").is_err());
        assert!(agreed("[[package]]\nname = \"wasm-bindgen\"").is_err());
    }

    #[test]
    fn the_committed_lock_agrees() {
        let lock = std::fs::read_to_string(crate::paths::root().join("Cargo.lock")).unwrap();
        agreed(&lock).unwrap();
    }
}
