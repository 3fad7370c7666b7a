//! `/schedules`: when the company, or one of its numbers, is open.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use pbx::schedule::{self, NewSchedule, Schedule, SchedulePatch};
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A moment.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct At {
    /// `2026-12-24T09:00` on the company's clock, or with an offset (`…+07:00`, `…Z`); now when missing.
    #[serde(default)]
    at: Option<String>,
}

/// What a schedule says of a moment.
#[derive(Serialize, ToSchema)]
struct ScheduleState {
    /// `open`, `closed` or `holiday`.
    state: &'static str,
    /// The holiday's name, when it is one.
    holiday: Option<String>,
    /// The moment, milliseconds since 1970.
    at: i64,
}

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete)).routes(routes!(state_at))
}

/// The schedules of the company.
#[utoipa::path(get, path = "/schedules", tag = "schedules", params(Paging), responses((status = 200, body = PageOf<Schedule>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Schedule>>> {
    Ok(PageOf::of(schedule::list(&actor, &state.db, paging.request()?).await?, |schedule| schedule))
}

/// Create a schedule.
#[utoipa::path(post, path = "/schedules", tag = "schedules", request_body = NewSchedule, responses((status = 201, body = Schedule)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewSchedule>,
) -> Answer<(StatusCode, axum::Json<Schedule>)> {
    Ok((StatusCode::CREATED, axum::Json(schedule::create(&actor, &state.db, new).await?)))
}

/// One schedule.
#[utoipa::path(get, path = "/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = String, Path)),
    responses((status = 200, body = Schedule)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(schedule): Path<String>,
) -> Answer<axum::Json<Schedule>> {
    Ok(axum::Json(schedule::get(&actor, &state.db, id("schedule", &schedule)?).await?))
}

/// Change a schedule; what is left out stays.
#[utoipa::path(patch, path = "/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = String, Path)),
    request_body = SchedulePatch, responses((status = 200, body = Schedule)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(schedule): Path<String>,
    Json(patch): Json<SchedulePatch>,
) -> Answer<axum::Json<Schedule>> {
    Ok(axum::Json(schedule::update(&actor, &state.db, id("schedule", &schedule)?, patch).await?))
}

/// Remove a schedule that nothing uses.
#[utoipa::path(delete, path = "/schedules/{schedule_id}", tag = "schedules", params(("schedule_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(schedule): Path<String>,
) -> Answer<StatusCode> {
    schedule::delete(&actor, &state.db, id("schedule", &schedule)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether it is open at a moment.
#[utoipa::path(get, path = "/schedules/{schedule_id}/state", tag = "schedules",
    params(("schedule_id" = String, Path), At), responses((status = 200, body = ScheduleState)))]
async fn state_at(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(schedule): Path<String>,
    Query(asked): Query<At>,
) -> Answer<axum::Json<ScheduleState>> {
    let id = id("schedule", &schedule)?;
    let (state, holiday, at) = schedule::check(&actor, &state.db, id, asked.at.as_deref()).await?;
    Ok(axum::Json(ScheduleState { state, holiday, at: at.as_millis() }))
}
