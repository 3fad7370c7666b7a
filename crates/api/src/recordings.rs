//! `/recordings`: which talks are recorded and how long that is kept, what is held, and the manifest.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use pbx::recording::manifest::{self, Entry, Head};
use pbx::recording::{self, Settings};
use rest::{Answer, Caller, Json, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(settings, set_settings))
        .routes(routes!(list_manifest))
        .routes(routes!(hold, release))
}

/// How the company records: the rules, how long recordings are kept, and what both sides are told.
#[utoipa::path(get, path = "/recordings/settings", tag = "recordings", responses((status = 200, body = Settings)))]
async fn settings(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Settings>> {
    Ok(axum::Json(recording::settings(&actor, &state.db).await?))
}

/// Set all of it. Calls that are up keep what they began with.
#[utoipa::path(put, path = "/recordings/settings", tag = "recordings", request_body = Settings,
    responses((status = 200, body = Settings)))]
async fn set_settings(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(wanted): Json<Settings>,
) -> Answer<axum::Json<Settings>> {
    Ok(axum::Json(recording::set_settings(&actor, &state.db, wanted).await?))
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The number of the entry before the first one wanted; 0 (usual) for the first of all.
    after: Option<i64>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Some entries of the manifest, and its end.
#[derive(Serialize, ToSchema)]
struct RecordingManifest {
    /// The last entry of all. Its hash, kept elsewhere, shows later that nothing before it was changed.
    head: Head,
    /// The entries, oldest first.
    items: Vec<Entry>,
}

/// The manifest of the company's recordings: what was recorded and deleted, each entry with the hash of the one before.
#[utoipa::path(get, path = "/recordings/manifest", tag = "recordings", params(Wanted),
    responses((status = 200, body = RecordingManifest)))]
async fn list_manifest(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<RecordingManifest>> {
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::invalid("limit", "Use 1 to 200.").into());
    }
    let head = manifest::head(&actor, &state.db).await?;
    let items = manifest::list(&actor, &state.db, wanted.after.unwrap_or(0), limit).await?;
    Ok(axum::Json(RecordingManifest { head, items }))
}

/// Why a recording is held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordingHold {
    /// For those who ask later: a case number, a complaint.
    reason: String,
}

/// Hold the recording of a call: it is not deleted, however old, until it is released. For managers.
#[utoipa::path(put, path = "/calls/{call_id}/recording/hold", tag = "recordings", params(("call_id" = String, Path)),
    request_body = RecordingHold, responses((status = 204)))]
async fn hold(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(wanted): Json<RecordingHold>,
) -> Answer<StatusCode> {
    recording::hold(&actor, &state.db, id("recording", &call)?, &wanted.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hold it no more.
#[utoipa::path(delete, path = "/calls/{call_id}/recording/hold", tag = "recordings",
    params(("call_id" = String, Path)), responses((status = 204)))]
async fn release(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<StatusCode> {
    recording::release(&actor, &state.db, id("recording", &call)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
