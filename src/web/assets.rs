//! Style sheet, script, icons and fonts: inside the binary, under one folder whose name is the hash of them all, so
//! that browsers may keep them for ever.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use axum::extract::{Path as At, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "style/"]
struct Style;

#[derive(RustEmbed)]
#[folder = "public/"]
struct Public;

const STYLE: &str = "console.css";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Every file, by its path in the folder.
#[derive(Clone, Debug)]
pub struct Assets {
    hash: Arc<str>,
    files: Arc<BTreeMap<String, Bytes>>,
}

impl Assets {
    /// Reads what was embedded. The parts of the style sheet become one, in the order of their names.
    pub fn load() -> Self {
        let mut files = BTreeMap::new();
        for path in Public::iter() {
            files.insert(path.to_string(), embedded(Public::get(&path)));
        }
        let mut parts: Vec<Cow<'static, str>> = Style::iter().collect();
        parts.sort_unstable();
        let style = parts.iter().fold(Vec::new(), |mut style, path| {
            style.extend_from_slice(&embedded(Style::get(path)));
            style.push(b'\n');
            style
        });
        files.insert(STYLE.to_owned(), style.into());
        let mut hash = Sha256::new();
        for (path, bytes) in &files {
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update(bytes);
        }
        let mut name = String::new();
        for byte in hash.finalize().iter().take(8) {
            // Writing into a String can't fail.
            let _ = write!(name, "{byte:02x}");
        }
        Self { hash: name.into(), files: Arc::new(files) }
    }

    /// The address of a file.
    pub fn address(&self, path: &str) -> String {
        format!("/assets/{}/{path}", self.hash)
    }

    /// The addresses that every page needs.
    pub fn of_pages(&self) -> app::frame::Assets {
        app::frame::Assets {
            style: self.address(STYLE),
            script: self.address("console.js"),
            icon: self.address("icon.svg"),
            font: self
                .files
                .keys()
                .find(|path| Path::new(path).extension().is_some_and(|kind| kind == "woff2"))
                .map(|path| self.address(path))
                .unwrap_or_default(),
        }
    }
}

fn embedded(file: Option<rust_embed::EmbeddedFile>) -> Bytes {
    match file.map(|file| file.data) {
        None => Bytes::new(),
        Some(Cow::Borrowed(bytes)) => Bytes::from_static(bytes),
        Some(Cow::Owned(bytes)) => bytes.into(),
    }
}

/// `GET /assets/{hash}/{*path}`
pub async fn serve(State(assets): State<Assets>, At((hash, path)): At<(String, String)>) -> Response {
    let Some(bytes) = assets.files.get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    // Another version's page, during an upgrade: it may have the file, and shall not keep it.
    let keep = if *hash == *assets.hash { FOR_EVER } else { HeaderValue::from_static("no-cache") };
    let kind = HeaderValue::from_static(media_type(&path));
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes.clone()).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_a_page_names_is_there() {
        let assets = Assets::load();
        let page = assets.of_pages();
        for address in [page.style, page.script, page.icon, page.font] {
            let path = address.strip_prefix(&format!("/assets/{}/", assets.hash)).unwrap();
            assert!(!assets.files[path].is_empty(), "{path}");
        }
    }

    #[tokio::test]
    async fn only_this_versions_files_are_kept() {
        let assets = Assets::load();
        let ask = |hash: String, path: &str| serve(State(assets.clone()), At((hash, path.to_owned())));
        let answer = ask(assets.hash.to_string(), STYLE).await;
        assert_eq!(answer.headers()[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(ask("old".into(), STYLE).await.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(ask("old".into(), "../Cargo.toml").await.status(), StatusCode::NOT_FOUND);
    }
}
