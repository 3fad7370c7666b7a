//! `/extensions/{id}/voicemail` and `/phone/voicemail`: what a mailbox does with callers; `/voicemails`: their messages.

use crate::State;
use axum::extract;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use pbx::voicemail::message::{self, Filter, Message};
use pbx::voicemail::{self, Mailbox, MailboxPatch};
use rest::input::field_id;
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Path, Query, id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(show, update))
        .routes(routes!(show_own, update_own))
        .routes(routes!(list))
        .routes(routes!(message, mark, delete))
        .routes(routes!(audio))
}

/// The mailbox of an extension.
#[utoipa::path(get, path = "/extensions/{extension_id}/voicemail", tag = "voicemail",
    params(("extension_id" = String, Path)), responses((status = 200, body = Mailbox)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Mailbox>> {
    Ok(axum::Json(voicemail::get(&actor, &state.db, id("extension", &extension)?).await?))
}

/// Change the mailbox of an extension; what is left out stays, `null` clears.
#[utoipa::path(patch, path = "/extensions/{extension_id}/voicemail", tag = "voicemail",
    params(("extension_id" = String, Path)), request_body = MailboxPatch, responses((status = 200, body = Mailbox)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(patch): Json<MailboxPatch>,
) -> Answer<axum::Json<Mailbox>> {
    let extension = id("extension", &extension)?;
    let mailbox = voicemail::patch(&actor, &state.db, extension, patch).await?;
    state.bus.messages_changed(extension);
    Ok(axum::Json(mailbox))
}

/// One's own mailbox.
#[utoipa::path(get, path = "/phone/voicemail", tag = "phone", responses((status = 200, body = Mailbox)))]
async fn show_own(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Mailbox>> {
    Ok(axum::Json(voicemail::own(&actor, &state.db).await?))
}

/// Change one's own mailbox.
#[utoipa::path(patch, path = "/phone/voicemail", tag = "phone", request_body = MailboxPatch,
    responses((status = 200, body = Mailbox)))]
async fn update_own(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(patch): Json<MailboxPatch>,
) -> Answer<axum::Json<Mailbox>> {
    Ok(axum::Json(voicemail::patch_own(&actor, &state.db, patch).await?))
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The id of the extension they were left for.
    extension: Option<String>,
    /// Only those that were read, or only new ones.
    read: Option<bool>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Messages, the newest first. Who may not see all calls gets their own.
#[utoipa::path(get, path = "/voicemails", tag = "voicemail", params(Wanted), responses((status = 200, body = PageOf<Message>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Message>>> {
    let extension = wanted.extension.as_deref().map(|text| field_id("extension", text)).transpose()?;
    let filter = Filter { extension, read: wanted.read };
    let page = page_request(wanted.limit, wanted.after)?;
    Ok(PageOf::of(message::list(&actor, &state.db, filter, page).await?, |message| message))
}

/// One message.
#[utoipa::path(get, path = "/voicemails/{voicemail_id}", tag = "voicemail", params(("voicemail_id" = String, Path)),
    responses((status = 200, body = Message)))]
async fn message(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(voicemail): Path<String>,
) -> Answer<axum::Json<Message>> {
    Ok(axum::Json(message::get(&actor, &state.db, id("voicemail", &voicemail)?).await?))
}

/// What is to be noted of a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// Whether it counts as read.
    read: bool,
}

/// Mark a message as read, or as new again.
#[utoipa::path(patch, path = "/voicemails/{voicemail_id}", tag = "voicemail", params(("voicemail_id" = String, Path)),
    request_body = Mark, responses((status = 200, body = Message)))]
async fn mark(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(voicemail): Path<String>,
    Json(mark): Json<Mark>,
) -> Answer<axum::Json<Message>> {
    let changed = message::change(&actor, &state.db, id("voicemail", &voicemail)?, mark.read).await?;
    state.bus.messages_changed(changed.extension);
    Ok(axum::Json(changed))
}

/// Delete a message with its sound.
#[utoipa::path(delete, path = "/voicemails/{voicemail_id}", tag = "voicemail", params(("voicemail_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(voicemail): Path<String>,
) -> Answer<StatusCode> {
    let voicemail = id("voicemail", &voicemail)?;
    let extension = message::delete(&actor, &state.db, voicemail).await?;
    let file = state.data.join(message::file(actor.tenant, voicemail));
    if let Err(error) = tokio::fs::remove_file(&file).await {
        tracing::warn!(%error, "the file of a deleted message cannot be removed");
    }
    state.bus.messages_changed(extension);
    Ok(StatusCode::NO_CONTENT)
}

/// The message: mono WAV. Ranges are served.
#[utoipa::path(get, path = "/voicemails/{voicemail_id}/audio", tag = "voicemail", params(("voicemail_id" = String, Path)),
    responses((status = 200, content_type = "audio/wav"), (status = 206, description = "A part of it.", content_type = "audio/wav"),
        (status = 416, description = "The range lies outside.", body = rest::ProblemBody)))]
async fn audio(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(voicemail): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let voicemail = id("voicemail", &voicemail)?;
    let file = state.data.join(message::sound(&actor, &state.db, voicemail).await?);
    rest::range::file(&file, "audio/wav", &format!("{voicemail}.wav"), &headers).await
}
