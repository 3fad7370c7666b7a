//! `/ring-groups`: extensions that ring together or one after another.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::group::{self, Group, GroupPatch, NewGroup};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete))
}

/// The ring groups of the company.
#[utoipa::path(get, path = "/ring-groups", tag = "ring-groups", params(Paging), responses((status = 200, body = PageOf<Group>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Group>>> {
    Ok(PageOf::of(group::list(&actor, &state.db, paging.request()?).await?, |group| group))
}

/// Create a ring group.
#[utoipa::path(post, path = "/ring-groups", tag = "ring-groups", request_body = NewGroup, responses((status = 201, body = Group)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewGroup>,
) -> Answer<(StatusCode, axum::Json<Group>)> {
    Ok((StatusCode::CREATED, axum::Json(group::create(&actor, &state.db, new).await?)))
}

/// One ring group.
#[utoipa::path(get, path = "/ring-groups/{group_id}", tag = "ring-groups", params(("group_id" = String, Path)),
    responses((status = 200, body = Group)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(group): Path<String>,
) -> Answer<axum::Json<Group>> {
    Ok(axum::Json(group::get(&actor, &state.db, id("ring group", &group)?).await?))
}

/// Change a ring group; what is left out stays.
#[utoipa::path(patch, path = "/ring-groups/{group_id}", tag = "ring-groups", params(("group_id" = String, Path)),
    request_body = GroupPatch, responses((status = 200, body = Group)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(group): Path<String>,
    Json(patch): Json<GroupPatch>,
) -> Answer<axum::Json<Group>> {
    Ok(axum::Json(group::update(&actor, &state.db, id("ring group", &group)?, patch).await?))
}

/// Remove a ring group that nothing uses.
#[utoipa::path(delete, path = "/ring-groups/{group_id}", tag = "ring-groups", params(("group_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(group): Path<String>,
) -> Answer<StatusCode> {
    group::delete(&actor, &state.db, id("ring group", &group)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
