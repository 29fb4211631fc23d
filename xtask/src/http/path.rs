//! From a URL's path to a file's, or to nothing.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// What may be asked for by its first component; the rest of the repository is not there.
const OPEN: [&str; 5] = ["index.html", "embed.html", "sw.js", "www", "pkg"];

/// The path below the site's root that a URL's path names; `prefix` is where the site is mounted.
///
/// ```text
/// /              → index.html
/// /www/page.js   → www/page.js
/// /Cargo.toml, /www/../Cargo.toml, /www/.hidden, /www\..\x → nothing
/// ```
pub fn relative(url_path: &str, prefix: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(url_path.strip_prefix(prefix)?).decode_utf8().ok()?;
    let below = decoded.strip_prefix('/')?;
    if below.is_empty() {
        return Some("index.html".into());
    }
    let components: Vec<&str> = below.split('/').collect();
    let open = OPEN.contains(&components[0]) && components.iter().copied().all(is_plain);
    open.then(|| components.iter().collect())
}

/// A name that means itself on every system: not empty, not hidden, not `..`, not a drive.
fn is_plain(component: &str) -> bool {
    !component.is_empty()
        && !component.starts_with('.')
        && !component.contains(['\\', ':'])
        && !component.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_its_parts_are_reachable() {
        assert_eq!(relative("/", ""), Some("index.html".into()));
        assert_eq!(relative("/index.html", ""), Some("index.html".into()));
        assert_eq!(relative("/sw.js", ""), Some("sw.js".into()));
        assert_eq!(relative("/embed.html", ""), Some("embed.html".into()));
        assert_eq!(relative("/www/views/plane.js", ""), Some("www/views/plane.js".into()));
        assert_eq!(relative("/www/a%20b.js", ""), Some("www/a b.js".into()));
    }

    #[test]
    fn nothing_else_is() {
        for path in [
            "",
            "index.html",
            "/Cargo.toml",
            "/.git/config",
            "/www/",
            "/www//page.js",
            "/www/../Cargo.toml",
            "/www/%2e%2e/Cargo.toml",
            "/www%2f..%2fCargo.toml",
            "/www/..%2fCargo.toml",
            "/www/..%5cCargo.toml",
            "/../etc/passwd",
            "//etc/passwd",
            "/www/C:/secret",
            "/www/.hidden",
            "/www/page.js%00.png",
            "/www/%ff",
            "/pkg/./core",
        ] {
            assert_eq!(relative(path, ""), None, "{path}");
        }
    }

    #[test]
    fn a_mounted_site_is_reachable_below_its_prefix_only() {
        assert_eq!(relative("/course/vae/", "/course/vae"), Some("index.html".into()));
        let script = Some("www/page.js".into());
        assert_eq!(relative("/course/vae/www/page.js", "/course/vae"), script);
        assert_eq!(relative("/www/page.js", "/course/vae"), None);
        assert_eq!(relative("/course/vaeindex.html", "/course/vae"), None);
    }
}
