//! `/limits` and `/extensions/{id}/limits`: how much may be called to the outside.

use crate::State;
use axum::extract;
use pbx::limits::{self, Limits, LimitsPatch};
use rest::{Answer, Caller, Json, Path, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show, update)).routes(routes!(show_extension, update_extension))
}

/// The limits of the company.
#[utoipa::path(get, path = "/limits", tag = "limits", responses((status = 200, body = Limits)))]
async fn show(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Limits>> {
    Ok(axum::Json(limits::get(&actor, &state.db, None).await?))
}

/// Change the limits of the company; what is left out stays.
#[utoipa::path(patch, path = "/limits", tag = "limits", request_body = LimitsPatch, responses((status = 200, body = Limits)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(patch): Json<LimitsPatch>,
) -> Answer<axum::Json<Limits>> {
    Ok(axum::Json(limits::change(&actor, &state.db, None, patch).await?))
}

/// The limits of an extension.
#[utoipa::path(get, path = "/extensions/{extension_id}/limits", tag = "limits", params(("extension_id" = String, Path)),
    responses((status = 200, body = Limits)))]
async fn show_extension(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
) -> Answer<axum::Json<Limits>> {
    Ok(axum::Json(limits::get(&actor, &state.db, Some(id("extension", &extension)?)).await?))
}

/// Change the limits of an extension; what is left out stays. One that was kept from calling out may call again.
#[utoipa::path(patch, path = "/extensions/{extension_id}/limits", tag = "limits",
    params(("extension_id" = String, Path)), request_body = LimitsPatch, responses((status = 200, body = Limits)))]
async fn update_extension(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(patch): Json<LimitsPatch>,
) -> Answer<axum::Json<Limits>> {
    Ok(axum::Json(limits::change(&actor, &state.db, Some(id("extension", &extension)?), patch).await?))
}
