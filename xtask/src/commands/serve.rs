//! `cargo xtask serve`: from a fresh clone to the page in a browser.
//!
//! ```text
//! port → core module → address printed, page served ─────────────────▶
//!                      └ webgpu module builds beside it, 503 till then
//! ```

use std::sync::Arc;
use std::thread;

use anyhow::{Result, bail};

use crate::http::{self, Progress, Site};
use crate::wasm::{self, Module};
use crate::{paths, process};

/// What `cargo xtask serve` accepts.
#[derive(clap::Args)]
pub struct Args {
    /// The port of 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Open the page in the default browser
    #[arg(long)]
    open: bool,
    /// Serve dist/ instead, compressed on the way as a static host would
    #[arg(long)]
    dist: bool,
    /// Serve below this path, as on a host with other sites, for example course/vae
    #[arg(long, default_value = "")]
    prefix: String,
}

/// Serves until it is interrupted.
pub fn run(args: &Args) -> Result<()> {
    // Before any build: minutes later is too late to learn that the port is taken.
    let listener = http::bind(args.port)?;
    let site = Arc::new(if args.dist { built()? } else { working_tree()? }.at(&args.prefix));

    let address = format!("http://{}{}/", listener.local_addr()?, site.prefix());
    println!("VAE Playground is at {address} (Ctrl+C ends it)");
    if args.open
        && let Err(error) = open(&address)
    {
        println!("The page could not be opened from here: {error}");
    }
    if !args.dist {
        let site = Arc::clone(&site);
        thread::spawn(move || build_webgpu(site.webgpu()));
    }
    http::serve(listener, &site)
}

/// The optimised site, as `cargo xtask dist` left it.
fn built() -> Result<Site> {
    if !paths::dist().join("index.html").is_file() {
        bail!("there is no dist/ yet. Run `cargo xtask dist` first");
    }
    Ok(Site::new(paths::dist(), true, Progress::done()))
}

/// The repository itself, with the core module up to date.
fn working_tree() -> Result<Site> {
    wasm::build(Module::Core)?;
    Ok(Site::new(paths::root(), false, Progress::building()))
}

fn build_webgpu(progress: &Progress) {
    let built = wasm::build(Module::Webgpu);
    progress.end(built.is_ok());
    match built {
        Ok(()) => println!("The webgpu module is there: training can use the GPU."),
        Err(error) => println!("{error:#}\nWithout the webgpu module the page trains on the CPU."),
    }
}

/// Hands the address to the desktop.
fn open(address: &str) -> Result<()> {
    let words: &[&str] = match std::env::consts::OS {
        "macos" => &["open"],
        "windows" => &["cmd", "/C", "start"],
        _ => &["xdg-open"],
    };
    process::run(process::program(words[0]).args(&words[1..]).arg(address))
}
