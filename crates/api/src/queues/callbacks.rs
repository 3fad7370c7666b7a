//! `/queues/{id}/callbacks`: callers who hung up and are called back.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::callback::{self, Callback};
use rest::page::page_request;
use rest::{Answer, Caller, PageOf, Path, Query, id};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(cancel))
}

/// Which callbacks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Only those in this state.
    state: Option<callback::State>,
    /// How many at most, 1 to 200; 50 when missing.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// The callbacks of a queue, the newest first.
#[utoipa::path(get, path = "/queues/{queue_id}/callbacks", tag = "queues", params(("queue_id" = String, Path), Asked),
    responses((status = 200, body = PageOf<Callback>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(queue): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<axum::Json<PageOf<Callback>>> {
    let page = page_request(asked.limit, asked.after)?;
    let queue = id("queue", &queue)?;
    Ok(PageOf::of(callback::list(&actor, &state.db, queue, asked.state, page).await?, |callback| callback))
}

/// Take a callback back: nobody is called any more. A call that is under way goes on.
#[utoipa::path(delete, path = "/queues/{queue_id}/callbacks/{call_id}", tag = "queues",
    params(("queue_id" = String, Path), ("call_id" = String, Path)), responses((status = 204)))]
async fn cancel(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((queue, call)): Path<(String, String)>,
) -> Answer<StatusCode> {
    callback::cancel(&actor, &state.db, id("callback", &queue)?, id("callback", &call)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
