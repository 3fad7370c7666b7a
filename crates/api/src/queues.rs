//! `/queues`: callers who wait, and the agents who are offered them.

mod callbacks;
mod state;

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::queue::{self, NewQueue, Queue, QueuePatch};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, delete))
        .merge(state::routes())
        .merge(callbacks::routes())
}

/// The queues of the company.
#[utoipa::path(get, path = "/queues", tag = "queues", params(Paging), responses((status = 200, body = PageOf<Queue>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Queue>>> {
    Ok(PageOf::of(queue::list(&actor, &state.db, paging.request()?).await?, |queue| queue))
}

/// Create a queue.
#[utoipa::path(post, path = "/queues", tag = "queues", request_body = NewQueue, responses((status = 201, body = Queue)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewQueue>,
) -> Answer<(StatusCode, axum::Json<Queue>)> {
    Ok((StatusCode::CREATED, axum::Json(queue::create(&actor, &state.db, new).await?)))
}

/// One queue.
#[utoipa::path(get, path = "/queues/{queue_id}", tag = "queues", params(("queue_id" = String, Path)),
    responses((status = 200, body = Queue)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(queue): Path<String>,
) -> Answer<axum::Json<Queue>> {
    Ok(axum::Json(queue::get(&actor, &state.db, id("queue", &queue)?).await?))
}

/// Change a queue; what is left out stays. Who waits goes on waiting.
#[utoipa::path(patch, path = "/queues/{queue_id}", tag = "queues", params(("queue_id" = String, Path)),
    request_body = QueuePatch, responses((status = 200, body = Queue)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(queue): Path<String>,
    Json(patch): Json<QueuePatch>,
) -> Answer<axum::Json<Queue>> {
    Ok(axum::Json(queue::update(&actor, &state.db, id("queue", &queue)?, patch).await?))
}

/// Remove a queue that nothing leads to.
#[utoipa::path(delete, path = "/queues/{queue_id}", tag = "queues", params(("queue_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(queue): Path<String>,
) -> Answer<StatusCode> {
    queue::delete(&actor, &state.db, id("queue", &queue)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
