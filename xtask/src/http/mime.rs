//! What each kind of file is called on the wire.

use std::path::Path;

/// A file's media type, and whether a static host would compress it on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The value of Content-Type.
    pub mime: &'static str,
    /// Whether Content-Encoding: gzip is worth it.
    pub compressible: bool,
}

/// Looks a file's kind up by its extension.
pub fn kind(file: &Path) -> Kind {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let (mime, compressible) = match extension {
        "html" => ("text/html; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "json" => ("application/json", true),
        "wasm" => ("application/wasm", true),
        "svg" => ("image/svg+xml", true),
        "md" | "txt" | "ts" => ("text/plain; charset=utf-8", true),
        "png" => ("image/png", false),
        "webp" => ("image/webp", false),
        "ico" => ("image/x-icon", false),
        // A file that is gzip, not a transfer that is: the page inflates it itself.
        "gz" => ("application/gzip", false),
        _ => ("application/octet-stream", false),
    };
    Kind { mime, compressible }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_on_the_page_has_its_type() {
        for (file, mime, compressible) in [
            ("index.html", "text/html; charset=utf-8", true),
            ("www/page.js", "text/javascript; charset=utf-8", true),
            ("www/page.css", "text/css; charset=utf-8", true),
            ("www/lang/en.json", "application/json", true),
            ("pkg/core/vae_playground_bg.wasm", "application/wasm", true),
            ("www/data/mnist/train-00.bin.gz", "application/gzip", false),
            ("www/weights/elbo.safetensors.gz", "application/gzip", false),
            ("elbo.safetensors", "application/octet-stream", false),
            ("www/data/figure.bin", "application/octet-stream", false),
            ("no-extension", "application/octet-stream", false),
        ] {
            assert_eq!(kind(Path::new(file)), Kind { mime, compressible }, "{file}");
        }
    }
}
