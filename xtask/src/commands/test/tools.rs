//! The programs and the driver that the checks need beside Rust, installed where that is allowed.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::python;
use crate::process;

/// The two browsers that the page is tested in.
pub struct Browsers {
    /// Chromium's program.
    pub chromium: PathBuf,
    /// Firefox's program.
    pub firefox: PathBuf,
}

/// A program, what leads to it, and who packs it.
struct Tool {
    /// The environment variable that overrides the search.
    variable: Option<&'static str>,
    /// Its names on PATH, the preferred first.
    names: &'static [&'static str],
    /// Debian's package.
    package: &'static str,
}

const NODE: Tool = Tool { variable: None, names: &["node"], package: "nodejs" };
const NPM: Tool = Tool { variable: None, names: &["npm", "npm.cmd"], package: "npm" };
const CHROMIUM: Tool = Tool {
    variable: Some("CHROMIUM"),
    names: &["chromium", "chromium-browser", "google-chrome"],
    package: "chromium",
};
const FIREFOX: Tool =
    Tool { variable: Some("FIREFOX"), names: &["firefox-esr", "firefox"], package: "firefox-esr" };

/// Debian's package of a Vulkan driver that needs no GPU, for the native tests of the kernels.
const VULKAN: &str = "mesa-vulkan-drivers";

/// Where Vulkan's loader looks for drivers; each has a file there.
const VULKAN_DRIVERS: [&str; 2] = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Finds every tool, installing what is missing through Debian's packages where possible.
pub fn ensure() -> Result<Browsers> {
    let mut missing: Vec<&str> = [NODE, NPM, CHROMIUM, FIREFOX]
        .iter()
        .filter(|tool| tool.find().is_none())
        .map(|tool| tool.package)
        .collect();
    if cfg!(target_os = "linux") && !has_vulkan() {
        missing.push(VULKAN);
    }
    if python::base().is_none() {
        missing.extend(python::PACKAGES);
    }
    if !missing.is_empty() {
        install(&missing)?;
    }
    NPM.require()?;
    let version = process::output(process::program(NODE.require()?).arg("--version"))?;
    recent_enough(version.trim())?;
    Ok(Browsers { chromium: CHROMIUM.require()?, firefox: FIREFOX.require()? })
}

impl Tool {
    fn find(&self) -> Option<PathBuf> {
        match self.variable.and_then(std::env::var_os) {
            Some(path) => Some(path.into()).filter(|path: &PathBuf| path.is_file()),
            None => process::find(self.names),
        }
    }

    fn require(&self) -> Result<PathBuf> {
        self.find().with_context(|| match self.variable {
            Some(name) => {
                format!("{} was not found. Install it, or set {name} to its path", self.names[0])
            }
            None => format!("{} was not found on PATH. Install it", self.names[0]),
        })
    }
}

/// Whether there is a driver for the native tests of the kernels; elsewhere than on Linux the
/// system brings one.
fn has_vulkan() -> bool {
    let variables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];
    variables.iter().any(|name| std::env::var_os(name).is_some())
        || VULKAN_DRIVERS
            .iter()
            .any(|folder| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
}

/// The oldest Node that the checks were run with.
const NODE_MAJOR: u32 = 20;

/// Refuses a Node, `v18.20.4` say, that would fail later and less clearly.
fn recent_enough(version: &str) -> Result<()> {
    let major =
        version.trim_start_matches('v').split('.').next().and_then(|text| text.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR) {
        bail!(
            "Node is {version} here, and the tests need {NODE_MAJOR} or newer. Install a newer one"
        );
    }
    Ok(())
}

fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if process::find(&["apt-get"]).is_none() || !is_root()? {
        bail!("{}", advice(&list));
    }
    println!("Installing {list} from Debian.");
    let apt = |words: &[&str]| {
        let mut command = process::program("apt-get");
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        process::run(&mut command).with_context(|| advice(&list))
    };
    apt(&["update", "-qq"])?;
    apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())
}

/// What to type where this tool may not install anything itself.
fn advice(list: &str) -> String {
    format!(
        "the tests need {list}, which this machine lacks. On Debian: `sudo apt-get install {list}`. \
         Elsewhere install them by hand, and where they are not found set CHROMIUM and FIREFOX to the \
         browsers' programs, PYTHON to one that has PyTorch, and VK_DRIVER_FILES to the Vulkan driver's \
         own .json file"
    )
}

fn is_root() -> Result<bool> {
    Ok(process::output(process::program("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named_with_the_variable_that_overrides_the_search() {
        let tool = Tool {
            variable: Some("XTASK_TEST_NO_SUCH_VARIABLE"),
            names: &["no-such-browser"],
            package: "no-such-browser",
        };
        let error = tool.require().unwrap_err().to_string();
        assert!(error.contains("no-such-browser") && error.contains("XTASK_TEST"), "{error}");
    }

    #[test]
    fn an_old_node_is_refused_before_it_fails() {
        assert!(recent_enough("v20.20.2").is_ok() && recent_enough("v100.0.0").is_ok());
        let error = recent_enough("v18.20.4").unwrap_err().to_string();
        assert!(error.contains("v18.20.4") && error.contains("20 or newer"), "{error}");
        assert!(recent_enough("").is_err());
    }

    #[test]
    fn the_advice_can_be_typed() {
        assert!(advice("chromium npm").contains("`sudo apt-get install chromium npm`"));
    }
}
