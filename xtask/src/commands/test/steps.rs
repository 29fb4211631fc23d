//! The steps, in the order in which they find mistakes soonest.

use anyhow::Result;

use super::{python, tools};
use crate::commands::{build, dist, package};
use crate::{node, process};

/// One thing that must hold.
pub struct Step {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What it checks, for the one who waits.
    pub purpose: &'static str,
    /// Checks it.
    pub run: fn() -> Result<()>,
}

/// All of them. A later step may need what an earlier one built.
pub const STEPS: [Step; 18] = [
    step("tools", "Node, two browsers, PyTorch and a Vulkan driver are on this machine", || {
        tools::ensure().map(drop)
    }),
    step("fmt", "Rust is formatted", fmt),
    step(
        "packages",
        "npm installs what the package-lock.json here and in bench/ name",
        node::install,
    ),
    step("format", "JavaScript and CSS are formatted", || script("check:format")),
    step("unit", "JavaScript's own tests", || script("test:unit")),
    step("xtask", "this tool's own tests", xtask),
    step("clippy", "lints, native", clippy_native),
    step("clippy-core", "lints, the core module on wasm32", || clippy_wasm("core")),
    step("clippy-webgpu", "lints, the webgpu module on wasm32", || clippy_wasm("webgpu")),
    step("docs", "the documentation builds without a warning", docs),
    step(
        "native",
        "native tests: every engine against the golden values, every kernel alone",
        native,
    ),
    step("python", "models go out to NumPy and PyTorch and come back", || python::run(&NATIVE)),
    step("modules", "both wasm modules build", build::all),
    step("code", "the PyTorch program that the page shows comes to the page's losses", code),
    step("types", "JavaScript's types, against the modules' own", || script("check:types")),
    step("dist", "the static site builds", dist::run),
    step("package", "npm and a zip take the site", package::pack),
    step("browser", "the page in Chromium and Firefox", browser),
];

const fn step(name: &'static str, purpose: &'static str, run: fn() -> Result<()>) -> Step {
    Step { name, purpose, run }
}

/// What native code is built with: every engine and the trainer.
const NATIVE: [&str; 2] = ["--features", "cli,autodiff,gpu"];

fn fmt() -> Result<()> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy_native() -> Result<()> {
    let all = ["clippy", "--workspace", "--all-targets"];
    process::run(process::cargo().args(all).args(NATIVE).args(["--", "-D", "warnings"]))
}

fn clippy_wasm(feature: &str) -> Result<()> {
    crate::wasm::ensure_target()?;
    let library = ["clippy", "--lib", "--target", "wasm32-unknown-unknown", "--features", feature];
    process::run(process::cargo().args(library).args(["--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    process::run(
        process::cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .args(NATIVE)
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// Apart from the rest: under the dev profile its dependencies would be built a second time.
fn xtask() -> Result<()> {
    process::run(process::cargo().args(["test", "--package", "xtask", "--profile", "xtask"]))
}

fn native() -> Result<()> {
    let packages = ["test", "--package", "arithmetic", "--package", "vae-playground"];
    process::run(process::cargo().args(packages).args(NATIVE))
}

fn script(name: &str) -> Result<()> {
    process::run(node::npm().args(["run", "--silent", name]))
}

fn code() -> Result<()> {
    let mut program = process::program("node");
    process::run(program.arg("tests/code/run.mjs").env("PYTHON", python::with_torch()?))
}

fn browser() -> Result<()> {
    let browsers = tools::ensure()?;
    process::run(
        process::program("node")
            .arg("tests/browser/run.mjs")
            .env("CHROMIUM", browsers.chromium)
            .env("FIREFOX", browsers.firefox)
            .env("NOTEBOOK_PYTHON", python::with_ipython()?)
            // So that the run can serve dist/ without going through cargo.
            .env("XTASK", std::env::current_exe()?),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_its_own_name() {
        for (index, step) in STEPS.iter().enumerate() {
            assert!(STEPS[..index].iter().all(|other| other.name != step.name), "{}", step.name);
        }
    }
}
