//! One file of the web, as it was built or in the form the browser takes soonest.

use axum::http::{HeaderMap, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::path::{Component, Path};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Built;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
    Plain,
}

/// A file to send.
pub(super) struct File {
    pub(super) bytes: Cow<'static, [u8]>,
    pub(super) coding: Coding,
    /// The ETag.
    pub(super) tag: String,
}

impl Coding {
    /// The best that this browser takes.
    pub(super) fn of(headers: &HeaderMap) -> Coding {
        let taken = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        let takes = |name: &str| {
            taken.split(',').any(|one| {
                let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
                coding.trim().eq_ignore_ascii_case(name)
                    && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            })
        };
        match () {
            () if takes("br") => Coding::Brotli,
            () if takes("gzip") => Coding::Gzip,
            () => Coding::Plain,
        }
    }

    /// The word of the header; none for the plain body.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Coding::Brotli => Some("br"),
            Coding::Gzip => Some("gzip"),
            Coding::Plain => None,
        }
    }
}

/// The embedded file, packed when there is such a form of it.
pub(super) fn embedded(path: &str, coding: Coding) -> Option<File> {
    let packed = match coding {
        Coding::Brotli => Built::get(&format!("{path}.br")),
        Coding::Gzip => Built::get(&format!("{path}.gz")),
        Coding::Plain => None,
    };
    match packed {
        Some(file) => Some(of(file, coding)),
        None => Built::get(path).map(|file| of(file, Coding::Plain)),
    }
}

fn of(file: EmbeddedFile, coding: Coding) -> File {
    let hash: String = file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    File { bytes: file.data, coding, tag: format!("\"{hash}\"") }
}

/// The file of a folder, never above it; plain and always new, for development.
pub(super) fn in_folder(folder: &Path, path: &str) -> Option<File> {
    if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let bytes = std::fs::read(folder.join(path)).ok()?;
    Some(File { bytes: bytes.into(), coding: Coding::Plain, tag: String::new() })
}

/// The type by the name's end.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
