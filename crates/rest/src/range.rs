//! A file as an answer, whole or in the one range that was asked for (RFC 9110, section 14).

use crate::{Answer, Failure};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use model::Problem;
use std::io::SeekFrom;
use std::path::{Component, Path, PathBuf};
use store::objects::Objects;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// How much of the file is in memory at a time.
const CHUNK: usize = 64 * 1024;

/// What a `Range` header asks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All of it: no range, or one we need not honour (another unit, several ranges, nonsense).
    Whole,
    /// From the first to the last byte, both included.
    Part(u64, u64),
    /// Nothing of the file lies in the range.
    Nothing,
}

fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header
        .and_then(|h| h.trim().strip_prefix("bytes="))
        .filter(|h| !h.contains(','))
        .and_then(|h| h.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) || (first.is_empty() && last.is_empty()) {
        return Wanted::Whole;
    }
    let last_byte = size.saturating_sub(1);
    // A number too large for 64 bits lies behind the end of every file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    if first.is_empty() {
        let count = number(last).min(size);
        return if count == 0 { Wanted::Nothing } else { Wanted::Part(size - count, last_byte) };
    }
    let from = number(first);
    let to = if last.is_empty() { last_byte } else { number(last).min(last_byte) };
    if !last.is_empty() && number(last) < from {
        return Wanted::Whole;
    }
    if from >= size { Wanted::Nothing } else { Wanted::Part(from, to) }
}

/// The path of one of our files in the data directory. The names are our own; a row that somebody else changed leads
/// nowhere.
pub fn below(data: &Path, file: &str) -> Result<PathBuf, Problem> {
    let file = Path::new(file);
    if !file.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Problem::internal(format!("a file lies at a strange place: {}", file.display())));
    }
    Ok(data.join(file))
}

/// Answers with the file at `path`. `download` is the name the browser saves it under; it must be one of ours.
pub async fn file(path: &Path, content_type: &'static str, download: &str, headers: &HeaderMap) -> Answer<Response> {
    let mut file = match File::open(path).await {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Problem::not_found("file").into()),
        Err(error) => return Err(Problem::internal(format!("{} cannot be opened: {error}", path.display())).into()),
    };
    let size = file.metadata().await.map_err(|e| unreadable(path, &e))?.len();
    let (status, first, length) = part(headers, size)?;
    file.seek(SeekFrom::Start(first)).await.map_err(|e| unreadable(path, &e))?;
    Ok(response((status, body(file, length)).into_response(), content_type, download, (first, length, size)))
}

/// The same of a file that may lie in the object store by now.
pub async fn kept(
    objects: &Objects,
    name: &str,
    content_type: &'static str,
    download: &str,
    headers: &HeaderMap,
) -> Answer<Response> {
    let path = below(objects.data(), name)?;
    if !objects.has_bucket() || tokio::fs::try_exists(&path).await.unwrap_or(false) {
        return file(&path, content_type, download, headers).await;
    }
    let away = |error: std::io::Error| {
        Problem::busy("object_store_away", format!("The object store does not answer: {error}"))
    };
    let size = objects.size(name).await.map_err(away)?.ok_or_else(|| Problem::not_found("file"))?;
    let (status, first, length) = part(headers, size)?;
    let body = match length {
        0 => Body::empty(),
        _ => Body::from_stream(objects.read(name, first..first + length).await.map_err(away)?),
    };
    Ok(response((status, body).into_response(), content_type, download, (first, length, size)))
}

/// Status, first byte and length of what was asked for.
fn part(headers: &HeaderMap, size: u64) -> Answer<(StatusCode, u64, u64)> {
    let range = headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    match wanted(range, size) {
        Wanted::Whole => Ok((StatusCode::OK, 0, size)),
        Wanted::Part(first, last) => Ok((StatusCode::PARTIAL_CONTENT, first, last - first + 1)),
        Wanted::Nothing => Err(outside(size)),
    }
}

fn response(
    mut response: Response,
    content_type: &'static str,
    download: &str,
    (first, length, size): (u64, u64, u64),
) -> Response {
    // Also of a part that is all there is, as browsers ask for it first: without its range they take no 206.
    let partial = response.status() == StatusCode::PARTIAL_CONTENT;
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    out.insert(header::CONTENT_LENGTH, length.into());
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if partial {
        let range = format!("bytes {first}-{}/{size}", first + length - 1);
        out.insert(header::CONTENT_RANGE, HeaderValue::from_str(&range).expect("digits make a header"));
    }
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{download}\"")) {
        out.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn body(file: File, length: u64) -> Body {
    Body::from_stream(stream::unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return None;
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        match file.read(&mut chunk).await {
            Ok(0) => Some((Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)), (file, 0))),
            Ok(read) => {
                chunk.truncate(read);
                Some((Ok(Bytes::from(chunk)), (file, left - read as u64)))
            }
            Err(error) => Some((Err(error), (file, 0))),
        }
    }))
}

fn outside(size: u64) -> Failure {
    let range = HeaderValue::from_str(&format!("bytes */{size}")).expect("digits make a header");
    Failure::with_status(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "range_outside",
        format!("The file has {size} bytes; the range lies outside."),
    )
    .header(header::CONTENT_RANGE, range)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::internal(format!("{} cannot be read: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_rfc() {
        for (header, expected) in [
            ("bytes=0-9", Wanted::Part(0, 9)),
            ("bytes=10-", Wanted::Part(10, 99)),
            ("bytes=-5", Wanted::Part(95, 99)),
            ("bytes=-500", Wanted::Part(0, 99)),
            ("bytes=90-1000", Wanted::Part(90, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-2", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-5", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
        ] {
            assert_eq!(wanted(Some(header), 100), expected, "{header}");
        }
        assert_eq!(wanted(None, 100), Wanted::Whole);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }
}
