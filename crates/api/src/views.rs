//! `/views`: lists as people like to see them, their own and those that are shared.

use crate::State;
use account::view::{self, NewView, View, ViewPatch};
use axum::extract;
use axum::http::StatusCode;
use rest::{Answer, Caller, Json, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, delete))
}

/// Of which list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The name of the list: `calls`, `contacts`…
    list: String,
}

/// Views of a list.
#[derive(Serialize, ToSchema)]
struct SavedViews {
    items: Vec<View>,
}

/// One's own views of a list and those that are shared, by name. Views belong to people: keys have none.
#[utoipa::path(get, path = "/views", tag = "views", params(Wanted), responses((status = 200, body = SavedViews)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<SavedViews>> {
    Ok(axum::Json(SavedViews { items: view::list(&actor, &state.db, &wanted.list).await? }))
}

/// Keep a view. Sharing it needs the right to edit the configuration.
#[utoipa::path(post, path = "/views", tag = "views", request_body = NewView, responses((status = 201, body = View)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewView>,
) -> Answer<(StatusCode, axum::Json<View>)> {
    Ok((StatusCode::CREATED, axum::Json(view::create(&actor, &state.db, new).await?)))
}

/// Change one's own view, or, with the right to edit the configuration, one that is shared.
#[utoipa::path(patch, path = "/views/{view_id}", tag = "views", params(("view_id" = String, Path)),
    request_body = ViewPatch, responses((status = 200, body = View)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(view): Path<String>,
    Json(patch): Json<ViewPatch>,
) -> Answer<axum::Json<View>> {
    view::person(&actor)?;
    Ok(axum::Json(view::update(&actor, &state.db, id("view", &view)?, patch).await?))
}

/// Forget one's own view, or, with the right to edit the configuration, one that is shared.
#[utoipa::path(delete, path = "/views/{view_id}", tag = "views", params(("view_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(view): Path<String>,
) -> Answer<StatusCode> {
    view::person(&actor)?;
    view::delete(&actor, &state.db, id("view", &view)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
