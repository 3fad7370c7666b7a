//! `/flows`: the IVR graphs that answer callers.

mod drafts;
mod versions;

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::flow::{self, Flow, FlowPatch, NewFlow};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .merge(drafts::routes())
        .merge(versions::routes())
}

/// The flows of the company.
#[utoipa::path(get, path = "/flows", tag = "flows", params(Paging), responses((status = 200, body = PageOf<Flow>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Flow>>> {
    Ok(PageOf::of(flow::list(&actor, &state.db, paging.request()?).await?, |flow| flow))
}

/// Create a flow.
#[utoipa::path(post, path = "/flows", tag = "flows", request_body = NewFlow, responses((status = 201, body = Flow)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewFlow>,
) -> Answer<(StatusCode, axum::Json<Flow>)> {
    Ok((StatusCode::CREATED, axum::Json(flow::create(&actor, &state.db, new).await?)))
}

/// One flow.
#[utoipa::path(get, path = "/flows/{flow_id}", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 200, body = Flow)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<axum::Json<Flow>> {
    Ok(axum::Json(flow::get(&actor, &state.db, id("flow", &flow)?).await?))
}

/// Change a flow; what is left out stays.
#[utoipa::path(patch, path = "/flows/{flow_id}", tag = "flows", params(("flow_id" = String, Path)),
    request_body = FlowPatch, responses((status = 200, body = Flow)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(patch): Json<FlowPatch>,
) -> Answer<axum::Json<Flow>> {
    Ok(axum::Json(flow::update(&actor, &state.db, id("flow", &flow)?, patch).await?))
}

/// Remove a flow that nothing uses.
#[utoipa::path(delete, path = "/flows/{flow_id}", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<StatusCode> {
    flow::delete(&actor, &state.db, id("flow", &flow)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
