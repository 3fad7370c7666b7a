//! `/greetings`: sounds that callers hear, uploaded as WAV or MP3 or spoken by a machine, and kept as 8 kHz WAV.

mod upload;

use crate::State;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{self, DefaultBodyLimit, Multipart};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use model::Permission;
use pbx::greeting::{self, Greeting, Speech};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    let upload = OpenApiRouter::new().routes(routes!(create)).layer(DefaultBodyLimit::max(upload::REQUEST_LIMIT));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(speak))
        .routes(routes!(show, delete))
        .routes(routes!(audio))
        .merge(upload)
}

/// A sound to upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the fields are read as they come in")]
struct NewGreeting {
    /// Its name, 1–200 characters.
    name: String,
    /// A WAV or MP3 file of at most 10 MB and ten minutes.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

/// A text to be spoken.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Spoken {
    /// The sound's name, 1–200 characters.
    name: String,
    /// What is said, and how.
    speech: Speech,
}

/// The sounds of the company.
#[utoipa::path(get, path = "/greetings", tag = "greetings", params(Paging), responses((status = 200, body = PageOf<Greeting>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Greeting>>> {
    Ok(PageOf::of(greeting::list(&actor, &state.db, paging.request()?).await?, |greeting| greeting))
}

/// Upload a sound: WAV or MP3, at most 10 MB and ten minutes. The content decides what it is, not its name.
#[utoipa::path(post, path = "/greetings", tag = "greetings",
    request_body(content = NewGreeting, content_type = "multipart/form-data"), responses((status = 201, body = Greeting)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, axum::Json<Greeting>)> {
    actor.require(Permission::EditConfig)?;
    let form = upload::read(form).await?;
    Ok((StatusCode::CREATED, axum::Json(state.sounds.upload(&actor, form.name, form.file).await?)))
}

/// Have a text spoken and keep it as a sound. Where nobody speaks (`speech.driver` is off) the answer is 409 `speech_off`.
#[utoipa::path(post, path = "/greetings/speech", tag = "greetings", request_body = Spoken,
    responses((status = 201, body = Greeting)))]
async fn speak(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(spoken): Json<Spoken>,
) -> Answer<(StatusCode, axum::Json<Greeting>)> {
    let greeting = state.sounds.speak(&actor, spoken.name, spoken.speech).await?;
    Ok((StatusCode::CREATED, axum::Json(greeting)))
}

/// One sound.
#[utoipa::path(get, path = "/greetings/{greeting_id}", tag = "greetings", params(("greeting_id" = String, Path)),
    responses((status = 200, body = Greeting)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(greeting): Path<String>,
) -> Answer<axum::Json<Greeting>> {
    Ok(axum::Json(greeting::get(&actor, &state.db, id("greeting", &greeting)?).await?))
}

/// Remove a sound that no flow plays.
#[utoipa::path(delete, path = "/greetings/{greeting_id}", tag = "greetings", params(("greeting_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(greeting): Path<String>,
) -> Answer<StatusCode> {
    state.sounds.delete(&actor, id("greeting", &greeting)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sound itself: WAV, 8 kHz, mono. Ranges are served.
#[utoipa::path(get, path = "/greetings/{greeting_id}/audio", tag = "greetings", params(("greeting_id" = String, Path)),
    responses((status = 200, content_type = "audio/wav"), (status = 206, description = "A part of it.", content_type = "audio/wav"),
        (status = 416, description = "The range lies outside.", body = rest::ProblemBody)))]
async fn audio(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(greeting): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let greeting = greeting::get(&actor, &state.db, id("greeting", &greeting)?).await?;
    let file = state.sounds.file(&actor, greeting.id);
    rest::range::file(&file, "audio/wav", &format!("{}.wav", greeting.id), &headers).await
}
