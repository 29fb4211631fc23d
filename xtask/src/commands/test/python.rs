//! Models out to Python and back, and the Python environments that this and others' tests take.
//!
//! NumPy and safetensors come from the package index, in the very versions of
//! `python/requirements.txt`. PyTorch is the machine's own (Debian's, where this tool may install
//! it), for the index's is hundreds of megabytes; NumPy is then the one that goes with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{paths, process};

/// What is installed in the environment without PyTorch; a line a package, with its version.
const REQUIREMENTS: &str = "python/requirements.txt";

/// What runs a notebook's cells, for the sample in `samples/frame/jupyter.ipynb`.
const IPYTHON: &str = "ipython==9.18.1";

/// Debian's packages of a Python that [`base`] finds. OpenBLAS because without it Debian's PyTorch
/// multiplies matrices some thirty times as slowly.
pub const PACKAGES: [&str; 3] = ["python3-venv", "python3-torch", "libopenblas0-pthread"];

/// The system's own Python, which has Debian's packages also where another comes before it on PATH.
const SYSTEM: &str = "/usr/bin/python3";

/// Runs Python's tests between the two halves of Rust's, `tests/python.rs`: Rust writes models,
/// Python opens them and writes its own, Rust opens those.
pub fn run(features: &[&str]) -> Result<()> {
    let exchange = folder().join("exchange");
    paths::remove_folder(&exchange)?;
    let rust = |test: &str| {
        let arguments = ["test", "--package", "vae-playground", "--test", "python"];
        let mut command = process::cargo();
        command.args(arguments).args(features).args(["--", "--ignored", "--exact", test]);
        process::run(command.env("EXCHANGE", &exchange))
    };
    let python = |python: PathBuf, tests: &str| {
        // -B: nothing is left between the sources.
        let arguments = ["-B", "-m", "unittest", "discover", "-s", "python/tests", "-p", tests];
        process::run(process::program(python).args(arguments).env("EXCHANGE", &exchange))
    };
    rust("writes_models_for_python")?;
    python(with_numpy()?, "test_model_file.py")?;
    python(with_torch()?, "test_vae.py")?;
    rust("opens_the_models_that_python_wrote")
}

/// A Python with NumPy and safetensors of the versions in `python/requirements.txt` and nothing
/// else, made where it is missing.
fn with_numpy() -> Result<PathBuf> {
    environment("numpy", &[], &["--requirement", REQUIREMENTS])
}

/// A Python with the machine's PyTorch and NumPy, and safetensors of the version in
/// `python/requirements.txt`, made where it is missing: for whatever test runs PyTorch code.
pub fn with_torch() -> Result<PathBuf> {
    let safetensors = ["--constraint", REQUIREMENTS, "safetensors"];
    environment("torch", &["--system-site-packages"], &safetensors)
}

/// A Python with IPython and nothing else, made where it is missing.
pub fn with_ipython() -> Result<PathBuf> {
    environment("notebook", &[], &[IPYTHON])
}

/// A Python that has PyTorch and can make environments: `PYTHON`, or the first on PATH, or
/// [`SYSTEM`].
pub fn base() -> Option<PathBuf> {
    let found = match std::env::var_os("PYTHON") {
        Some(python) => vec![PathBuf::from(python)],
        None => process::find(&["python3", "python"]).into_iter().chain([SYSTEM.into()]).collect(),
    };
    found.into_iter().find(|python| is_equipped(python))
}

/// Asks without importing, which would take seconds.
fn is_equipped(python: &Path) -> bool {
    const QUESTION: &str = "import sys; from importlib.util import find_spec; \
        sys.exit(not all(map(find_spec, ['venv', 'ensurepip', 'torch', 'numpy'])))";
    process::program(python).args(["-c", QUESTION]).status().is_ok_and(|status| status.success())
}

/// The Python of a virtual environment under `target/`, made anew when what it is made of changed.
fn environment(name: &str, options: &[&str], packages: &[&str]) -> Result<PathBuf> {
    let base = base().context(
        "no Python here has PyTorch, NumPy and venv. Set PYTHON to one that has, or on Debian: \
         `sudo apt-get install python3-venv python3-torch libopenblas0-pthread`",
    )?;
    let folder = folder().join(name);
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let requirements = fs::read_to_string(paths::root().join(REQUIREMENTS))?;
    let recipe = format!("{} {options:?} {packages:?}\n{requirements}", base.display());
    let made = folder.join("made-of.txt");
    if fs::read_to_string(&made).is_ok_and(|text| text == recipe) {
        return Ok(python);
    }
    println!("Making a Python environment in {}.", folder.display());
    paths::remove_folder(&folder)?;
    process::run(process::program(&base).args(["-m", "venv"]).args(options).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    process::run(process::program(&python).args(install).args(packages))?;
    fs::write(made, recipe)?;
    Ok(python)
}

fn folder() -> PathBuf {
    paths::root().join("target/python")
}
