//! `/extensions/{extension_id}/devices`: desk phones that fetch their settings by themselves.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::device::{self, Device, NewDevice, WithToken};
use rest::{Answer, Caller, Json, Path, id};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(remove)).routes(routes!(renew))
}

#[derive(Serialize, ToSchema)]
struct Devices {
    items: Vec<Device>,
}

/// The desk phones of an extension.
#[utoipa::path(get, path = "/extensions/{extension_id}/devices", tag = "extensions",
    params(("extension_id" = String, Path)), responses((status = 200, body = Devices)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Devices>> {
    let items = device::list(&actor, &state.db, id("extension", &extension)?).await?;
    Ok(axum::Json(Devices { items }))
}

/// Add a desk phone. The answer holds the address it fetches its settings from: it works once, and is told this once.
#[utoipa::path(post, path = "/extensions/{extension_id}/devices", tag = "extensions",
    params(("extension_id" = String, Path)), request_body = NewDevice, responses((status = 201, body = WithToken)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(new): Json<NewDevice>,
) -> Answer<(StatusCode, axum::Json<WithToken>)> {
    let made = device::create(&actor, &state.db, id("extension", &extension)?, new).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Forget a desk phone. It keeps what it fetched; change the extension's password to lock it out.
#[utoipa::path(delete, path = "/extensions/{extension_id}/devices/{mac}", tag = "extensions",
    params(("extension_id" = String, Path), ("mac" = String, Path)), responses((status = 204)))]
async fn remove(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((extension, mac)): Path<(String, String)>,
) -> Answer<StatusCode> {
    device::delete(&actor, &state.db, id("extension", &extension)?, &mac).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make another address for a desk phone; the one before works no more.
#[utoipa::path(post, path = "/extensions/{extension_id}/devices/{mac}/address", tag = "extensions",
    params(("extension_id" = String, Path), ("mac" = String, Path)), responses((status = 200, body = WithToken)))]
async fn renew(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((extension, mac)): Path<(String, String)>,
) -> Answer<axum::Json<WithToken>> {
    Ok(axum::Json(device::renew(&actor, &state.db, id("extension", &extension)?, &mac).await?))
}
