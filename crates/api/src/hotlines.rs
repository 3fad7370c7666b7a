//! `/hotlines`: the public numbers, and where their calls go.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::hotline::{self, Hotline, HotlinePatch, NewHotline};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete))
}

/// The hotlines of the company.
#[utoipa::path(get, path = "/hotlines", tag = "hotlines", params(Paging), responses((status = 200, body = PageOf<Hotline>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Hotline>>> {
    Ok(PageOf::of(hotline::list(&actor, &state.db, paging.request()?).await?, |hotline| hotline))
}

/// Create a hotline.
#[utoipa::path(post, path = "/hotlines", tag = "hotlines", request_body = NewHotline, responses((status = 201, body = Hotline)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewHotline>,
) -> Answer<(StatusCode, axum::Json<Hotline>)> {
    Ok((StatusCode::CREATED, axum::Json(hotline::create(&actor, &state.db, new).await?)))
}

/// One hotline.
#[utoipa::path(get, path = "/hotlines/{hotline_id}", tag = "hotlines", params(("hotline_id" = String, Path)),
    responses((status = 200, body = Hotline)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(hotline): Path<String>,
) -> Answer<axum::Json<Hotline>> {
    Ok(axum::Json(hotline::get(&actor, &state.db, id("hotline", &hotline)?).await?))
}

/// Change a hotline; what is left out stays.
#[utoipa::path(patch, path = "/hotlines/{hotline_id}", tag = "hotlines", params(("hotline_id" = String, Path)),
    request_body = HotlinePatch, responses((status = 200, body = Hotline)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(hotline): Path<String>,
    Json(patch): Json<HotlinePatch>,
) -> Answer<axum::Json<Hotline>> {
    Ok(axum::Json(hotline::update(&actor, &state.db, id("hotline", &hotline)?, patch).await?))
}

/// Remove a hotline that nothing uses.
#[utoipa::path(delete, path = "/hotlines/{hotline_id}", tag = "hotlines", params(("hotline_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(hotline): Path<String>,
) -> Answer<StatusCode> {
    hotline::delete(&actor, &state.db, id("hotline", &hotline)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
