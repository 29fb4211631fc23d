//! The site's pages and its service worker: both carry the build's name, and the worker the list of
//! what it keeps, so that a browser without a network shows this build, and nothing of another.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::paths;

/// The service worker, in the repository and on the site.
const WORKER: &str = "sw.js";

/// The line of the worker's source that is written anew for each build.
const BUILD: &str = "const BUILD = ";

/// Where the pages take what the build adds to them.
const HEAD_END: &str = "  </head>";

/// Hexadecimal digits of a build's name: enough to tell builds apart, few enough to read out.
const ID_DIGITS: usize = 12;

/// A path of the site → the SHA-256 that it may have: of the file, and for gzip of what is in it,
/// because some hosts send such files with `Content-Encoding: gzip`, which a browser undoes unseen.
type Files = BTreeMap<String, Vec<String>>;

/// What the worker's source calls `Build`.
#[derive(Serialize)]
struct Build {
    id: String,
    files: Files,
    later: Files,
}

/// When the worker keeps a file.
#[derive(Debug, PartialEq, Eq)]
enum Keep {
    /// With the page.
    Always,
    /// Once it was asked for.
    Later,
    /// Who loads it keeps it, or nobody asks for it.
    Never,
}

/// Writes the pages of `source`, index.html last, and the worker to a site that is otherwise whole.
pub fn write_pages(source: &Path, site: &Path) -> Result<()> {
    let pages = pages(source)?;
    let worker = fs::read_to_string(source.join(WORKER)).context("reading sw.js")?;
    let mut texts = Vec::new();
    for page in &pages {
        texts.push(fs::read_to_string(source.join(page))?);
    }
    let mut build = listed(site)?;
    build.id = id(&build, texts.iter().chain([&worker]));
    for (page, text) in pages.iter().zip(&texts) {
        let marked = marked(text, &build.id).with_context(|| format!("in {page}"))?;
        build.files.insert(page.clone(), hashes(page, marked.as_bytes())?);
        fs::write(site.join(page), marked)?;
    }
    fs::write(site.join(WORKER), filled_in(&worker, &build)?)?;
    println!(
        "Build {}: {} files are kept for visits without a network.",
        build.id,
        build.files.len()
    );
    Ok(())
}

/// The repository's pages; the one that says that the site is whole comes last.
fn pages(source: &Path) -> Result<Vec<String>> {
    let names = fs::read_dir(source)?.map(|entry| Ok(entry?.file_name()));
    let mut pages: Vec<String> = names
        .map(|name: Result<_>| Ok(name?.to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    pages.retain(|name| name.ends_with(".html"));
    pages.sort_by_key(|name| (name == "index.html", name.clone()));
    ensure!(pages.last().is_some_and(|name| name == "index.html"), "there is no index.html");
    Ok(pages)
}

/// The files of the site by when they are kept, the pages not among them yet.
fn listed(site: &Path) -> Result<Build> {
    let mut build = Build { id: String::new(), files: Files::new(), later: Files::new() };
    for path in paths::files(site)? {
        let list = match keep(&path) {
            Keep::Always => &mut build.files,
            Keep::Later => &mut build.later,
            Keep::Never => continue,
        };
        let hashes = hashes(&path, &fs::read(site.join(&path))?)?;
        list.insert(path, hashes);
    }
    Ok(build)
}

fn keep(path: &str) -> Keep {
    let is_chunk = path.starts_with("www/data/mnist/") && path.ends_with(".gz");
    if is_chunk || path.ends_with(".md") || path.ends_with(".d.ts") {
        Keep::Never
    } else if path.starts_with("pkg/webgpu/") {
        Keep::Later // a megabyte that only those who have a GPU ask for
    } else {
        Keep::Always
    }
}

fn hashes(path: &str, bytes: &[u8]) -> Result<Vec<String>> {
    let mut hashes = vec![sha256(bytes)];
    if path.ends_with(".gz") {
        let mut inflated = Vec::new();
        GzDecoder::new(bytes)
            .read_to_end(&mut inflated)
            .with_context(|| format!("inflating {path}"))?;
        hashes.push(sha256(&inflated));
    }
    Ok(hashes)
}

/// A name for all of it: it changes when any file, page or the worker itself does.
fn id<'a>(build: &Build, texts: impl Iterator<Item = &'a String>) -> String {
    let mut all = String::new();
    for (path, hashes) in build.files.iter().chain(&build.later) {
        all += &format!("{path} {}\n", hashes[0]);
    }
    for text in texts {
        all += &sha256(text.as_bytes());
    }
    sha256(all.as_bytes())[..ID_DIGITS].to_owned()
}

/// A page that says which build it is of and has itself kept.
fn marked(page: &str, id: &str) -> Result<String> {
    ensure!(page.matches(HEAD_END).count() == 1, "no line is `{HEAD_END}`, or several are");
    let marks = format!(
        "    <meta name=\"build\" content=\"{id}\" />\n    \
         <script type=\"module\" src=\"www/offline.js\"></script>\n"
    );
    Ok(page.replace(HEAD_END, &(marks + HEAD_END)))
}

/// The worker's source with this build's list in it.
fn filled_in(worker: &str, build: &Build) -> Result<String> {
    let line = worker.lines().find(|line| line.starts_with(BUILD));
    let line = line.with_context(|| format!("no line of {WORKER} starts with `{BUILD}`"))?;
    Ok(worker.replace(line, &format!("{BUILD}{};", serde_json::to_string(build)?)))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// SHA-256 of "abc", FIPS 180-4.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn site(figure: &[u8]) -> (tempfile::TempDir, tempfile::TempDir) {
        let (source, site) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(source.path().join("index.html"), "<head>\n  </head>").unwrap();
        fs::write(source.path().join("embed.html"), "<head>\n  </head>").unwrap();
        fs::write(source.path().join(WORKER), "a\nconst BUILD = 1;\nb\n").unwrap();
        fs::create_dir_all(site.path().join("www/data/mnist")).unwrap();
        fs::write(site.path().join("www/data/figure.bin"), figure).unwrap();
        fs::write(site.path().join("www/data/mnist/test-00.bin.gz"), "chunk").unwrap();
        write_pages(source.path(), site.path()).unwrap();
        (source, site)
    }

    fn text(site: &tempfile::TempDir, file: &str) -> String {
        fs::read_to_string(site.path().join(file)).unwrap()
    }

    #[test]
    fn the_worker_lists_pages_and_files_by_their_hash_and_no_chunk() {
        let (_source, site) = site(b"abc");
        let worker = text(&site, WORKER);
        assert!(worker.contains(&format!("\"www/data/figure.bin\":[\"{ABC}\"]")), "{worker}");
        assert!(worker.contains("index.html") && worker.contains("embed.html"), "{worker}");
        assert!(!worker.contains("test-00") && worker.ends_with("};\nb\n"), "{worker}");
    }

    #[test]
    fn the_pages_say_which_build_they_are_of_and_another_file_makes_another_build() {
        let (_source, first) = site(b"abc");
        let (_source, second) = site(b"abd");
        let id = text(&first, WORKER).split('"').nth(3).unwrap().to_owned();
        assert_eq!(id.len(), ID_DIGITS);
        assert!(text(&first, "index.html").contains(&format!("content=\"{id}\"")));
        assert!(!text(&second, WORKER).contains(&id));
        let (_source, same) = site(b"abc");
        assert_eq!(text(&first, WORKER), text(&same, WORKER));
    }

    #[test]
    fn gzip_is_known_by_its_content_too() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(b"abc").unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(hashes("a.gz", &gzip).unwrap(), [sha256(&gzip), ABC.to_owned()]);
    }

    #[test]
    fn the_repositorys_own_pages_and_worker_can_be_written() {
        let source = paths::root();
        for page in pages(&source).unwrap() {
            let text = fs::read_to_string(source.join(page)).unwrap();
            assert!(marked(&text, "id").unwrap().contains("www/offline.js"));
        }
        let worker = fs::read_to_string(source.join(WORKER)).unwrap();
        let build = Build { id: "id".into(), files: Files::new(), later: Files::new() };
        assert!(filled_in(&worker, &build).unwrap().contains("{\"id\":\"id\""));
    }

    #[test]
    fn the_gpus_module_waits_to_be_asked_for() {
        assert_eq!(keep("pkg/webgpu/vae_playground_bg.wasm"), Keep::Later);
        assert_eq!(keep("pkg/core/vae_playground_bg.wasm"), Keep::Always);
        assert_eq!(keep("www/data/mnist/manifest.json"), Keep::Always);
        assert_eq!(keep("www/data/mnist/train-00.bin.gz"), Keep::Never);
    }
}
