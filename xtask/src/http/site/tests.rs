//! The server's answers, without a network.

use std::io::Read;

use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use hyper::header::HeaderValue;
use tempfile::TempDir;

use super::*;

/// A small site with one file of each treatment, and a secret beside what is open.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("index.html", "<title>page</title>"),
        ("Cargo.toml", "secret"),
        ("www/page.js", "export {};"),
        ("www/data/train-00.bin.gz", "\x1f\u{8b}"),
        ("pkg/webgpu/vae_playground.js", "export {};"),
    ] {
        let file = folder.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

fn site(folder: &TempDir) -> Site {
    Site::new(folder.path().into(), false, Progress::done())
}

fn get(
    site: &Site,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
        .collect();
    let (parts, body) = site.answer(&Method::GET, path, &headers).into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bytes = runtime.block_on(body.collect()).unwrap().to_bytes();
    (parts.status, parts.headers, bytes.to_vec())
}

#[test]
fn the_page_is_served_with_its_type_and_is_asked_for_again_each_time() {
    let folder = folder();
    let (status, headers, body) = get(&site(&folder), "/", &[]);
    assert_eq!((status, body.as_slice()), (StatusCode::OK, &b"<title>page</title>"[..]));
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
}

#[test]
fn the_rest_of_the_repository_is_not_there() {
    let folder = folder();
    let site = site(&folder);
    for path in ["/Cargo.toml", "/www/../Cargo.toml", "/www", "/www/missing.js"] {
        assert_eq!(get(&site, path, &[]).0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_site_leads_nowhere() {
    let (folder, elsewhere) = (folder(), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("secret.js"), "secret").unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("www/out")).unwrap();
    let site = site(&folder);
    assert_eq!(get(&site, "/www/out/secret.js", &[]).0, StatusCode::NOT_FOUND);
}

#[test]
fn nothing_can_be_written() {
    let folder = folder();
    let answer = site(&folder).answer(&Method::PUT, "/", &HeaderMap::new());
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn compression_is_for_text_only_and_for_those_who_accept_it() {
    let folder = folder();
    let site = Site::new(folder.path().into(), true, Progress::done());
    let accept = [(header::ACCEPT_ENCODING, "br, gzip;q=0.8")];

    for _ in 0..2 {
        // The second answer comes from memory.
        let (_, headers, body) = get(&site, "/www/page.js", &accept);
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        let mut text = String::new();
        GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "export {};");
    }
    let (_, headers, body) =
        get(&site, "/www/page.js", &[(header::ACCEPT_ENCODING, "gzip;q=0, br")]);
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(body, b"export {};");
    let (_, headers, _) = get(&site, "/www/data/train-00.bin.gz", &accept);
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(headers[header::CONTENT_TYPE], "application/gzip");
}

#[test]
fn an_unchanged_file_is_not_sent_twice() {
    let folder = folder();
    let site = site(&folder);
    let (_, headers, _) = get(&site, "/www/page.js", &[]);
    let known = [(header::IF_NONE_MATCH, headers[header::ETAG].to_str().unwrap())];
    let (status, _, body) = get(&site, "/www/page.js", &known);
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));

    fs::write(folder.path().join("www/page.js"), "export { changed };").unwrap();
    assert_eq!(get(&site, "/www/page.js", &known).0, StatusCode::OK);
}

#[test]
fn the_webgpu_module_is_announced_while_it_is_built() {
    let folder = folder();
    let site = Site::new(folder.path().into(), false, Progress::building());
    let module = "/pkg/webgpu/vae_playground.js";
    let (status, headers, _) = get(&site, module, &[]);
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(headers[header::RETRY_AFTER], "5");
    assert_eq!(get(&site, "/www/page.js", &[]).0, StatusCode::OK);

    site.webgpu.end(true);
    assert_eq!(get(&site, module, &[]).0, StatusCode::OK);
    site.webgpu.end(false);
    assert_eq!(get(&site, module, &[]).0, StatusCode::NOT_FOUND);
}
