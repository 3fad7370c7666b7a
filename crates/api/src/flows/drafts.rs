//! `/flows/{flow_id}/draft` and what is done with a draft: it is published, compared, tested and replayed.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::flow::draft::{self, Draft, DraftChange, Publication};
use pbx::flow::replay::{self, Replay};
use pbx::flow::trial::{self, Trial, Verdict};
use pbx::flow::{Flow, Graph};
use rest::{Answer, Caller, Json, Path, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(show, keep, discard))
        .routes(routes!(rebase))
        .routes(routes!(publish))
        .routes(routes!(again))
        .routes(routes!(tests, keep_tests))
        .routes(routes!(run_tests))
}

/// The draft of a flow, or what calls walk when nobody draws one (`revision` 0), with what is wrong with it.
#[utoipa::path(get, path = "/flows/{flow_id}/draft", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 200, body = Draft)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<axum::Json<Draft>> {
    Ok(axum::Json(draft::get(&actor, &state.db, id("flow", &flow)?).await?))
}

/// Keep a draft. It need not be finished; what is wrong with it is told.
#[utoipa::path(put, path = "/flows/{flow_id}/draft", tag = "flows", params(("flow_id" = String, Path)),
    request_body = DraftChange, responses((status = 200, body = Draft)))]
async fn keep(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(change): Json<DraftChange>,
) -> Answer<axum::Json<Draft>> {
    Ok(axum::Json(draft::save(&actor, &state.db, id("flow", &flow)?, change).await?))
}

/// Throw the draft away.
#[utoipa::path(delete, path = "/flows/{flow_id}/draft", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 204)))]
async fn discard(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<StatusCode> {
    draft::discard(&actor, &state.db, id("flow", &flow)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Go on with a draft upon the version that calls walk now, after another one was published.
#[utoipa::path(post, path = "/flows/{flow_id}/draft/rebase", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 200, body = Draft)))]
async fn rebase(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<axum::Json<Draft>> {
    Ok(axum::Json(draft::rebase(&actor, &state.db, id("flow", &flow)?).await?))
}

/// Make the draft what calls walk. It must be without faults, and its tests must hold.
#[utoipa::path(post, path = "/flows/{flow_id}/publish", tag = "flows", params(("flow_id" = String, Path)),
    request_body = Publication, responses((status = 200, body = Flow)))]
async fn publish(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(wanted): Json<Publication>,
) -> Answer<axum::Json<Flow>> {
    Ok(axum::Json(draft::publish(&actor, &state.db, id("flow", &flow)?, wanted).await?))
}

/// What to walk past calls through.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedReplay {
    /// The graph; the draft when missing.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    graph: Option<Graph>,
    /// How many days to look back, 1 to 31; 7 when missing.
    #[serde(default = "a_week")]
    days: u32,
}

fn a_week() -> u32 {
    7
}

/// Which of the last days' calls would end elsewhere.
#[utoipa::path(post, path = "/flows/{flow_id}/replay", tag = "flows", params(("flow_id" = String, Path)),
    request_body = WantedReplay, responses((status = 200, body = Replay)))]
async fn again(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(wanted): Json<WantedReplay>,
) -> Answer<axum::Json<Replay>> {
    let flow = id("flow", &flow)?;
    Ok(axum::Json(replay::run(&actor, &state.db, flow, wanted.graph, wanted.days).await?))
}

/// The tests of a flow.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlowTests {
    items: Vec<Trial>,
}

/// The tests of a flow: imagined callers, and where each has to end.
#[utoipa::path(get, path = "/flows/{flow_id}/tests", tag = "flows", params(("flow_id" = String, Path)),
    responses((status = 200, body = FlowTests)))]
async fn tests(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
) -> Answer<axum::Json<FlowTests>> {
    Ok(axum::Json(FlowTests { items: trial::list(&actor, &state.db, id("flow", &flow)?).await? }))
}

/// Replace the tests of a flow.
#[utoipa::path(put, path = "/flows/{flow_id}/tests", tag = "flows", params(("flow_id" = String, Path)),
    request_body = FlowTests, responses((status = 200, body = FlowTests)))]
async fn keep_tests(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(tests): Json<FlowTests>,
) -> Answer<axum::Json<FlowTests>> {
    let items = trial::save(&actor, &state.db, id("flow", &flow)?, tests.items).await?;
    Ok(axum::Json(FlowTests { items }))
}

/// What is tested.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestedGraph {
    /// The graph; the draft when missing.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    graph: Option<Graph>,
}

/// What came of the tests.
#[derive(Serialize, ToSchema)]
struct FlowTestVerdicts {
    items: Vec<Verdict>,
}

/// Run the tests of a flow against its draft, or another graph.
#[utoipa::path(post, path = "/flows/{flow_id}/tests/run", tag = "flows", params(("flow_id" = String, Path)),
    request_body = TestedGraph, responses((status = 200, body = FlowTestVerdicts)))]
async fn run_tests(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(tested): Json<TestedGraph>,
) -> Answer<axum::Json<FlowTestVerdicts>> {
    let items = trial::run(&actor, &state.db, id("flow", &flow)?, tested.graph).await?;
    Ok(axum::Json(FlowTestVerdicts { items }))
}
