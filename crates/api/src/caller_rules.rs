//! `/caller-rules`: callers that are blocked, and those to be treated with care.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::callers::{self, NewRule, Rule};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, delete))
}

/// The rules about callers.
#[utoipa::path(get, path = "/caller-rules", tag = "caller-rules", params(Paging), responses((status = 200, body = PageOf<Rule>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Rule>>> {
    Ok(PageOf::of(callers::list(&actor, &state.db, paging.request()?).await?, |rule| rule))
}

/// Add a rule about callers.
#[utoipa::path(post, path = "/caller-rules", tag = "caller-rules", request_body = NewRule, responses((status = 201, body = Rule)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewRule>,
) -> Answer<(StatusCode, axum::Json<Rule>)> {
    Ok((StatusCode::CREATED, axum::Json(callers::create(&actor, &state.db, new).await?)))
}

/// One rule about callers.
#[utoipa::path(get, path = "/caller-rules/{caller_rule_id}", tag = "caller-rules", params(("caller_rule_id" = String, Path)),
    responses((status = 200, body = Rule)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(rule): Path<String>,
) -> Answer<axum::Json<Rule>> {
    Ok(axum::Json(callers::get(&actor, &state.db, id("caller rule", &rule)?).await?))
}

/// Remove a rule about callers.
#[utoipa::path(delete, path = "/caller-rules/{caller_rule_id}", tag = "caller-rules", params(("caller_rule_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(rule): Path<String>,
) -> Answer<StatusCode> {
    callers::delete(&actor, &state.db, id("caller rule", &rule)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
