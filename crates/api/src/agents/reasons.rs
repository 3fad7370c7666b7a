//! The reasons that agents of the company can give for a pause.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::agent::{self, Reason};
use rest::{Answer, Caller, Json, Path, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// A reason to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPauseReason {
    /// What agents choose, 1 to 60 characters.
    name: String,
}

/// The company's reasons.
#[derive(Serialize, ToSchema)]
struct PauseReasons {
    items: Vec<Reason>,
}

/// The reasons for a pause, oldest first. Without any, agents may write what they like.
#[utoipa::path(get, path = "/pause-reasons", tag = "agents", responses((status = 200, body = PauseReasons)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<PauseReasons>> {
    Ok(axum::Json(PauseReasons { items: agent::reasons(&actor, &state.db).await? }))
}

/// Add a reason.
#[utoipa::path(post, path = "/pause-reasons", tag = "agents", request_body = NewPauseReason,
    responses((status = 201, body = Reason)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewPauseReason>,
) -> Answer<(StatusCode, axum::Json<Reason>)> {
    Ok((StatusCode::CREATED, axum::Json(agent::create_reason(&actor, &state.db, &new.name).await?)))
}

/// Take a reason away; who pauses for it goes on pausing.
#[utoipa::path(delete, path = "/pause-reasons/{reason_id}", tag = "agents", params(("reason_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(reason): Path<String>,
) -> Answer<StatusCode> {
    agent::delete_reason(&actor, &state.db, id("pause reason", &reason)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
