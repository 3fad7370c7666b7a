//! `/trunks`: the ways to carriers.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::trunk::{self, NewTrunk, Trunk, TrunkPatch};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete))
}

/// The trunks of the company.
#[utoipa::path(get, path = "/trunks", tag = "trunks", params(Paging), responses((status = 200, body = PageOf<Trunk>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Trunk>>> {
    Ok(PageOf::of(trunk::list(&actor, &state.db, paging.request()?).await?, |trunk| trunk))
}

/// Create a trunk.
#[utoipa::path(post, path = "/trunks", tag = "trunks", request_body = NewTrunk, responses((status = 201, body = Trunk)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewTrunk>,
) -> Answer<(StatusCode, axum::Json<Trunk>)> {
    Ok((StatusCode::CREATED, axum::Json(trunk::create(&actor, &state.db, new).await?)))
}

/// One trunk.
#[utoipa::path(get, path = "/trunks/{trunk_id}", tag = "trunks", params(("trunk_id" = String, Path)),
    responses((status = 200, body = Trunk)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(trunk): Path<String>,
) -> Answer<axum::Json<Trunk>> {
    Ok(axum::Json(trunk::get(&actor, &state.db, id("trunk", &trunk)?).await?))
}

/// Change a trunk; what is left out stays.
#[utoipa::path(patch, path = "/trunks/{trunk_id}", tag = "trunks", params(("trunk_id" = String, Path)),
    request_body = TrunkPatch, responses((status = 200, body = Trunk)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(trunk): Path<String>,
    Json(patch): Json<TrunkPatch>,
) -> Answer<axum::Json<Trunk>> {
    Ok(axum::Json(trunk::update(&actor, &state.db, id("trunk", &trunk)?, patch).await?))
}

/// Remove a trunk that nothing uses.
#[utoipa::path(delete, path = "/trunks/{trunk_id}", tag = "trunks", params(("trunk_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(trunk): Path<String>,
) -> Answer<StatusCode> {
    trunk::delete(&actor, &state.db, id("trunk", &trunk)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
