//! `/trunks`: the ways to carriers.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::trunk::{self, NewTrunk, Trunk, TrunkPatch};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete))
}

/// A trunk, and how it is doing now.
#[derive(Serialize, ToSchema)]
struct WatchedTrunk {
    #[serde(flatten)]
    trunk: Trunk,
    state: TrunkHealth,
}

/// How a trunk is doing now.
#[derive(Serialize, ToSchema)]
struct TrunkHealth {
    /// Whether its carrier answers OPTIONS; null when it was not asked yet, or is not to be asked.
    reachable: Option<bool>,
    /// Since when that is so, milliseconds since 1970.
    since: Option<i64>,
    /// Whether the carrier holds our registration; null for trunks without one.
    registered: Option<bool>,
    /// The SIP status that the carrier refused the last registration with.
    refusal: Option<u16>,
    /// Why the last TLS connection to its server was given up: `tls_untrusted` (nobody trusted vouches for its certificate),
    /// `tls_wrong_name` (it is for another name), `tls_expired`, `tls_failed` (no handshake); null when all is well.
    fault: Option<&'static str>,
}

impl WatchedTrunk {
    fn new(state: &State, trunk: Trunk) -> WatchedTrunk {
        let bus::TrunkHealth { reachable, since, registered, refusal, fault } = state.bus.trunk(trunk.id);
        let since = since.map(|at| at.as_millis());
        WatchedTrunk { trunk, state: TrunkHealth { reachable, since, registered, refusal, fault } }
    }
}

/// The trunks of the company.
#[utoipa::path(get, path = "/trunks", tag = "trunks", params(Paging), responses((status = 200, body = PageOf<WatchedTrunk>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<WatchedTrunk>>> {
    let page = trunk::list(&actor, &state.db, paging.request()?).await?;
    Ok(PageOf::of(page, |trunk| WatchedTrunk::new(&state, trunk)))
}

/// Create a trunk.
#[utoipa::path(post, path = "/trunks", tag = "trunks", request_body = NewTrunk, responses((status = 201, body = WatchedTrunk)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewTrunk>,
) -> Answer<(StatusCode, axum::Json<WatchedTrunk>)> {
    let trunk = trunk::create(&actor, &state.db, new).await?;
    Ok((StatusCode::CREATED, axum::Json(WatchedTrunk::new(&state, trunk))))
}

/// One trunk.
#[utoipa::path(get, path = "/trunks/{trunk_id}", tag = "trunks", params(("trunk_id" = String, Path)),
    responses((status = 200, body = WatchedTrunk)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(trunk): Path<String>,
) -> Answer<axum::Json<WatchedTrunk>> {
    let trunk = trunk::get(&actor, &state.db, id("trunk", &trunk)?).await?;
    Ok(axum::Json(WatchedTrunk::new(&state, trunk)))
}

/// Change a trunk; what is left out stays.
#[utoipa::path(patch, path = "/trunks/{trunk_id}", tag = "trunks", params(("trunk_id" = String, Path)),
    request_body = TrunkPatch, responses((status = 200, body = WatchedTrunk)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(trunk): Path<String>,
    Json(patch): Json<TrunkPatch>,
) -> Answer<axum::Json<WatchedTrunk>> {
    let trunk = trunk::update(&actor, &state.db, id("trunk", &trunk)?, patch).await?;
    Ok(axum::Json(WatchedTrunk::new(&state, trunk)))
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
