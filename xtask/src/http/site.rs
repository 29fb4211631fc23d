//! What the server answers, as a function from a request to a response.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use flate2::{Compression, write::GzEncoder};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Response, StatusCode};

use super::mime::{self, Kind};
use super::path;

/// An answer, whole in memory: the largest file of the site has a few megabytes.
pub type Answer = Response<Full<Bytes>>;

/// How far the webgpu module's build is; the page is served before it is done.
pub struct Progress(AtomicU8);

impl Progress {
    const BUILDING: u8 = 0;
    const DONE: u8 = 1;
    const FAILED: u8 = 2;

    /// The build has yet to end.
    pub const fn building() -> Self {
        Self(AtomicU8::new(Self::BUILDING))
    }

    /// The module is there.
    pub const fn done() -> Self {
        Self(AtomicU8::new(Self::DONE))
    }

    /// The build ended.
    pub fn end(&self, built: bool) {
        self.0.store(if built { Self::DONE } else { Self::FAILED }, Ordering::Release);
    }

    /// The answer that stands in for the module until it is there.
    fn instead(&self) -> Option<Answer> {
        match self.0.load(Ordering::Acquire) {
            Self::DONE => None,
            Self::BUILDING => {
                let text = "The webgpu module is still being built. Try again shortly.\n";
                let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, text);
                answer
                    .headers_mut()
                    .insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
                Some(answer)
            }
            _ => {
                let text = "The webgpu module did not build; the terminal says why.\n";
                Some(plain(StatusCode::NOT_FOUND, text))
            }
        }
    }
}

/// A folder with the page in it, and how it is served.
pub struct Site {
    /// The folder that holds `index.html`, `www/` and `pkg/`.
    root: PathBuf,
    /// The path it is mounted at: empty, or `/course/vae`.
    prefix: String,
    /// Whether to compress on the way, as static hosts do.
    compress: bool,
    /// The webgpu module's build.
    webgpu: Progress,
    /// What was compressed before, by file, with the tag it then had.
    compressed: Mutex<HashMap<PathBuf, (String, Bytes)>>,
}

impl Site {
    /// A site at the root of its host.
    pub fn new(root: PathBuf, compress: bool, webgpu: Progress) -> Self {
        Self { root, prefix: String::new(), compress, webgpu, compressed: Mutex::default() }
    }

    /// The same site below a path of its host; slashes around the path do not matter.
    pub fn at(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        self
    }

    /// Where on its host the site is mounted, without a slash at the end.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// How far the webgpu module's build is.
    pub fn webgpu(&self) -> &Progress {
        &self.webgpu
    }

    /// Answers one request.
    pub fn answer(&self, method: &Method, url_path: &str, headers: &HeaderMap) -> Answer {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "This site is only read.\n");
        }
        let Some(relative) = path::relative(url_path, &self.prefix) else {
            return not_found();
        };
        if relative.starts_with("pkg/webgpu")
            && let Some(answer) = self.webgpu.instead()
        {
            return answer;
        }
        match self.locate(&relative) {
            Some((file, meta)) => self.send(&file, &meta, headers),
            None => not_found(),
        }
    }

    /// The file itself, which a link must not have led out of the site.
    fn locate(&self, relative: &Path) -> Option<(PathBuf, Metadata)> {
        let file = self.root.join(relative).canonicalize().ok()?;
        let meta = fs::metadata(&file).ok()?;
        (file.starts_with(self.root.canonicalize().ok()?) && meta.is_file()).then_some((file, meta))
    }

    fn send(&self, file: &Path, meta: &Metadata, headers: &HeaderMap) -> Answer {
        let kind = mime::kind(file);
        let gzip = self.compress && kind.compressible && accepts_gzip(headers);
        let tag = tag(meta, gzip);
        let answer = self.heading(kind, gzip, &tag);
        if headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|known| known.as_bytes() == tag.as_bytes())
        {
            return finish(answer.status(StatusCode::NOT_MODIFIED), Bytes::new());
        }
        match self.body(file, &tag, gzip) {
            Ok(bytes) => finish(answer, bytes),
            Err(error) => {
                let text = format!("{} could not be read: {error}\n", file.display());
                plain(StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        }
    }

    fn heading(&self, kind: Kind, gzip: bool, tag: &str) -> hyper::http::response::Builder {
        let mut answer = Response::builder()
            .header(header::CONTENT_TYPE, kind.mime)
            .header(header::CACHE_CONTROL, "no-cache")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::ETAG, tag);
        if self.compress && kind.compressible {
            answer = answer.header(header::VARY, "accept-encoding");
        }
        if gzip {
            answer = answer.header(header::CONTENT_ENCODING, "gzip");
        }
        answer
    }

    fn body(&self, file: &Path, tag: &str, gzip: bool) -> std::io::Result<Bytes> {
        if !gzip {
            return fs::read(file).map(Bytes::from);
        }
        let known = |compressed: &HashMap<PathBuf, (String, Bytes)>| {
            compressed.get(file).filter(|(old, _)| old == tag).map(|(_, bytes)| bytes.clone())
        };
        if let Some(bytes) = known(&self.compressed.lock().unwrap_or_else(PoisonError::into_inner))
        {
            return Ok(bytes);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&fs::read(file)?)?;
        let bytes = Bytes::from(encoder.finish()?);
        let mut compressed = self.compressed.lock().unwrap_or_else(PoisonError::into_inner);
        compressed.insert(file.to_owned(), (tag.to_owned(), bytes.clone()));
        Ok(bytes)
    }
}

/// Changes when the file does: length and time of change, and how it is sent.
fn tag(meta: &Metadata, gzip: bool) -> String {
    let changed = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |time| time.as_nanos());
    format!("\"{:x}-{changed:x}{}\"", meta.len(), if gzip { "-gzip" } else { "" })
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::ACCEPT_ENCODING).iter();
    codings.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(
        |coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
            name.trim() == "gzip" && weight.is_none_or(|weight: f32| weight > 0.0)
        },
    )
}

fn not_found() -> Answer {
    plain(StatusCode::NOT_FOUND, "There is no such file on this site.\n")
}

fn plain(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store");
    finish(answer, text.into())
}

fn finish(answer: hyper::http::response::Builder, bytes: Bytes) -> Answer {
    // Every header above is made of visible ASCII, so that this cannot fail.
    answer.body(Full::new(bytes)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
