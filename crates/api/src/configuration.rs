//! `/configuration`: what the company has as YAML, what a text would change, and the change.

use crate::State;
use axum::body::Bytes;
use axum::extract;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Permission;
use plan::Plan;
use rest::input::body_failure;
use rest::{Answer, Caller, Failure};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most bytes of a text.
const LARGEST: usize = 4 * 1024 * 1024;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(export))
        .routes(routes!(planned))
        .routes(routes!(applied))
        .layer(DefaultBodyLimit::max(LARGEST))
}

/// What the company has, as YAML: departments, people, extensions, schedules, ring groups, queues, flows, hotlines. No
/// secrets stand in it.
#[utoipa::path(get, path = "/configuration", tag = "configuration",
    responses((status = 200, body = String, content_type = "application/yaml")))]
async fn export(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<Response> {
    let text = plan::export(&actor, &state.db).await?;
    let name = "attachment; filename=\"alo.yaml\"";
    let kind = "application/yaml; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

/// What a text would change; nothing is changed. The tests of the flows it names run with it.
#[utoipa::path(post, path = "/configuration/plan", tag = "configuration",
    request_body(content = String, content_type = "application/yaml"), responses((status = 200, body = Plan)))]
async fn planned(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<axum::Json<Plan>> {
    actor.require(Permission::EditConfig)?;
    Ok(axum::Json(plan::plan(&actor, &state.db, &text(&headers, body)?).await?))
}

/// Do what a text says: all of it, or nothing. Doing it again changes nothing.
#[utoipa::path(post, path = "/configuration/apply", tag = "configuration",
    request_body(content = String, content_type = "application/yaml"), responses((status = 200, body = Plan)))]
async fn applied(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer<axum::Json<Plan>> {
    actor.require(Permission::EditConfig)?;
    Ok(axum::Json(plan::apply(&actor, &state.db, &text(&headers, body)?).await?))
}

/// The body, when it is YAML by its own word.
fn text(headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Answer<String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/yaml", "application/x-yaml", "text/yaml", "text/plain"].contains(&kind.as_str()) {
        return Err(Failure::with_status(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "Send the text with the header Content-Type: application/yaml.",
        ));
    }
    let bytes = body.map_err(body_failure)?;
    if bytes.contains(&0) {
        return Err(Failure::with_status(StatusCode::BAD_REQUEST, "nul_character", "No text may hold a NUL."));
    }
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Failure::with_status(StatusCode::BAD_REQUEST, "not_utf8", "Send the text in UTF-8."))
}
