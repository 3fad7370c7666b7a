//! `/flows/{flow_id}/versions`: what a flow has been, and by whom.

use crate::State;
use axum::extract;
use model::Problem;
use pbx::flow::Flow;
use pbx::flow::compare::Comparison;
use pbx::flow::version::{self, Side, Version, VersionGraph};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(compare)).routes(routes!(roll_back))
}

/// The versions of a flow, newest first.
#[utoipa::path(get, path = "/flows/{flow_id}/versions", tag = "flows", params(("flow_id" = String, Path), Paging),
    responses((status = 200, body = PageOf<Version>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Version>>> {
    let page = version::list(&actor, &state.db, id("flow", &flow)?, paging.request()?).await?;
    Ok(PageOf::of(page, |version| version))
}

/// One version with its graph.
#[utoipa::path(get, path = "/flows/{flow_id}/versions/{version}", tag = "flows",
    params(("flow_id" = String, Path), ("version" = i64, Path)), responses((status = 200, body = VersionGraph)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((flow, version)): Path<(String, String)>,
) -> Answer<axum::Json<VersionGraph>> {
    let flow = id("flow", &flow)?;
    let version = version.parse().map_err(|_| Problem::not_found("flow"))?;
    Ok(axum::Json(version::get(&actor, &state.db, flow, version).await?))
}

/// What is compared with what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Sides {
    /// The number of a version, `published` or `draft`; what calls walk when missing.
    before: Option<String>,
    /// The same; the draft when missing.
    after: Option<String>,
}

/// What changed from one version to another, or to the draft.
#[utoipa::path(get, path = "/flows/{flow_id}/comparison", tag = "flows", params(("flow_id" = String, Path), Sides),
    responses((status = 200, body = Comparison)))]
async fn compare(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Query(sides): Query<Sides>,
) -> Answer<axum::Json<Comparison>> {
    let flow = id("flow", &flow)?;
    let before = Side::parse("before", sides.before.as_deref().unwrap_or("published"))?;
    let after = Side::parse("after", sides.after.as_deref().unwrap_or("draft"))?;
    Ok(axum::Json(version::difference(&actor, &state.db, flow, before, after).await?))
}

/// Where to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RollBack {
    /// The version to publish anew.
    version: i64,
    /// Why, for those who read the versions.
    #[serde(default)]
    note: String,
}

/// Publish an old version anew, under the next number.
#[utoipa::path(post, path = "/flows/{flow_id}/roll-back", tag = "flows", params(("flow_id" = String, Path)),
    request_body = RollBack, responses((status = 200, body = Flow)))]
async fn roll_back(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(flow): Path<String>,
    Json(wanted): Json<RollBack>,
) -> Answer<axum::Json<Flow>> {
    let flow = id("flow", &flow)?;
    Ok(axum::Json(version::roll_back(&actor, &state.db, flow, wanted.version, &wanted.note).await?))
}
