//! `/sessions`: where one is logged in.

use crate::State;
use account::session::{self, Open};
use axum::extract::{self, Request};
use axum::http::StatusCode;
use rest::{Answer, Caller, PageOf, Path, bearer, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// Your open sessions, the newest first, 200 at most; `current` marks the one that asks.
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, body = PageOf<Open>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    request: Request,
) -> Answer<axum::Json<PageOf<Open>>> {
    let token = bearer::token(&request.into_parts().0).unwrap_or_default();
    let items = session::list(&actor, &state.db, &token).await?;
    Ok(PageOf::of(model::Page { items, next: None }, |open| open))
}

/// End all your sessions but the one that asks.
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = 204)))]
async fn end_others(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    request: Request,
) -> Answer<StatusCode> {
    let token = bearer::token(&request.into_parts().0).unwrap_or_default();
    session::end_others(&actor, &state.db, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of your sessions.
#[utoipa::path(delete, path = "/sessions/{session_id}", tag = "session", params(("session_id" = String, Path)),
    responses((status = 204)))]
async fn end(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(session): Path<String>,
) -> Answer<StatusCode> {
    session::end(&actor, &state.db, id("session", &session)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
