//! `/extensions/{id}/handling` and `/phone/handling`: do not disturb, forwards, ringing time, calls at once.

use crate::State;
use axum::extract;
use pbx::handling::{self, Handling, HandlingPatch};
use rest::{Answer, Caller, Json, Path, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show, update)).routes(routes!(show_own, update_own))
}

/// How an extension handles calls.
#[utoipa::path(get, path = "/extensions/{extension_id}/handling", tag = "extensions",
    params(("extension_id" = String, Path)), responses((status = 200, body = Handling)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Handling>> {
    Ok(axum::Json(handling::get(&actor, &state.db, id("extension", &extension)?).await?))
}

/// Change how an extension handles calls; what is left out stays, `null` clears.
#[utoipa::path(patch, path = "/extensions/{extension_id}/handling", tag = "extensions",
    params(("extension_id" = String, Path)), request_body = HandlingPatch, responses((status = 200, body = Handling)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(patch): Json<HandlingPatch>,
) -> Answer<axum::Json<Handling>> {
    Ok(axum::Json(handling::patch(&actor, &state.db, id("extension", &extension)?, patch).await?))
}

/// How one's own extension handles calls.
#[utoipa::path(get, path = "/phone/handling", tag = "phone", responses((status = 200, body = Handling)))]
async fn show_own(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Handling>> {
    Ok(axum::Json(handling::own(&actor, &state.db).await?))
}

/// Change how one's own extension handles calls.
#[utoipa::path(patch, path = "/phone/handling", tag = "phone", request_body = HandlingPatch,
    responses((status = 200, body = Handling)))]
async fn update_own(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(patch): Json<HandlingPatch>,
) -> Answer<axum::Json<Handling>> {
    Ok(axum::Json(handling::patch_own(&actor, &state.db, patch).await?))
}
