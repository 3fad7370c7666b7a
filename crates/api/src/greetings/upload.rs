//! The form of an upload, the conversion, and the file in its place.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use model::Problem;
use rest::{Answer, Failure};
use std::path::Path;

/// The largest file.
const FILE_LIMIT: usize = 10 * 1000 * 1000;
/// The largest request: the file, the name, and the form around them.
pub(super) const REQUEST_LIMIT: usize = FILE_LIMIT + 64 * 1024;

/// What was uploaded.
pub(super) struct Form {
    pub(super) name: String,
    pub(super) file: Vec<u8>,
}

/// A sound in the form that is kept.
pub(super) struct Converted {
    pub(super) wav: Vec<u8>,
    pub(super) duration_ms: i64,
    pub(super) size_bytes: i64,
}

pub(super) async fn read(form: Result<Multipart, MultipartRejection>) -> Answer<Form> {
    let mut form = form.map_err(|_| {
        let message = "Send a form (multipart/form-data) with the fields name and file.";
        Failure::with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
    })?;
    let (mut name, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let known = field.name().unwrap_or("").to_owned();
        match known.as_str() {
            "name" if name.is_none() => name = Some(text(field).await?),
            "file" if file.is_none() => file = Some(field.bytes().await.map_err(broken)?.to_vec()),
            "name" | "file" => return Err(Problem::invalid(known, "This field stands here twice.").into()),
            _ => return Err(Problem::invalid(known, "There is no such field; send name and file.").into()),
        }
    }
    let name = name.ok_or_else(|| Problem::invalid("name", "This field is needed."))?;
    let file = file.ok_or_else(|| Problem::invalid("file", "This field is needed."))?;
    if file.len() > FILE_LIMIT {
        return Err(Failure::too_large());
    }
    Ok(Form { name, file })
}

async fn text(field: Field<'_>) -> Answer<String> {
    let text = field.text().await.map_err(broken)?;
    if text.contains('\0') {
        return Err(Problem::invalid("name", "No text may hold a NUL character.").into());
    }
    Ok(text)
}

fn broken(error: MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::too_large();
    }
    Failure::with_status(StatusCode::BAD_REQUEST, "form_malformed", "The form cannot be read.")
}

/// Decodes whatever it is and writes it anew, so nothing of the uploaded bytes is kept as they came.
pub(super) async fn convert(file: Vec<u8>) -> Answer<Converted> {
    let work = tokio::task::spawn_blocking(move || {
        let sound = media::sound::load(file).map_err(|error| Problem::invalid("file", format!("{error}.")))?;
        let wav = media::sound::to_wav(&sound);
        let duration_ms = i64::try_from(sound.duration().as_millis()).unwrap_or(i64::MAX);
        let size_bytes = i64::try_from(wav.len()).unwrap_or(i64::MAX);
        Ok::<Converted, Problem>(Converted { wav, duration_ms, size_bytes })
    });
    let done = work.await.map_err(|error| {
        tracing::error!(%error, "an uploaded sound made the decoder fail");
        Problem::invalid("file", "The file cannot be decoded.")
    })?;
    Ok(done?)
}

/// Writes the file beside its place and moves it there, so that no reader ever sees half of it.
pub(super) async fn put(file: &Path, wav: Vec<u8>) -> Result<(), Problem> {
    let aside = file.with_extension("part");
    let written = async {
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(&aside, wav).await?;
        tokio::fs::File::open(&aside).await?.sync_all().await?;
        tokio::fs::rename(&aside, file).await
    };
    written.await.map_err(|error| Problem::internal(format!("{} cannot be written: {error}", file.display())))
}

/// Removes the file; one that stays behind takes room and does no harm.
pub(super) async fn remove(file: &Path) {
    if let Err(error) = tokio::fs::remove_file(file).await {
        tracing::warn!(file = %file.display(), %error, "a sound that is no more wanted could not be removed");
    }
}
