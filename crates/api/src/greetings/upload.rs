//! The form of an upload.

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use model::Problem;
use rest::{Answer, Failure};
use worker::sound::FILE_LIMIT;

/// The largest request: the file, the name, and the form around them.
pub(super) const REQUEST_LIMIT: usize = FILE_LIMIT + 64 * 1024;

/// What was uploaded.
pub(super) struct Form {
    pub(super) name: String,
    pub(super) file: Vec<u8>,
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
