//! `/departments`: how a company groups its people.

use crate::State;
use account::department::{self, Department, DepartmentPatch, NewDepartment};
use axum::extract;
use axum::http::StatusCode;
use model::Problem;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update, delete))
}

/// What becomes of the people of a department that goes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Going {
    /// The id of the department they go to; needed when there are any.
    move_to: Option<String>,
}

/// The departments, each with the number of its people.
#[utoipa::path(get, path = "/departments", tag = "users", params(Paging), responses((status = 200, body = PageOf<Department>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Department>>> {
    Ok(PageOf::of(department::list(&actor, &state.db, paging.request()?).await?, |department| department))
}

/// Create a department.
#[utoipa::path(post, path = "/departments", tag = "users", request_body = NewDepartment,
    responses((status = 201, body = Department)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewDepartment>,
) -> Answer<(StatusCode, axum::Json<Department>)> {
    Ok((StatusCode::CREATED, axum::Json(department::create(&actor, &state.db, new).await?)))
}

/// One department.
#[utoipa::path(get, path = "/departments/{department_id}", tag = "users", params(("department_id" = String, Path)),
    responses((status = 200, body = Department)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(department): Path<String>,
) -> Answer<axum::Json<Department>> {
    Ok(axum::Json(department::get(&actor, &state.db, id("department", &department)?).await?))
}

/// Change a department; what is left out stays.
#[utoipa::path(patch, path = "/departments/{department_id}", tag = "users", params(("department_id" = String, Path)),
    request_body = DepartmentPatch, responses((status = 200, body = Department)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(department): Path<String>,
    Json(patch): Json<DepartmentPatch>,
) -> Answer<axum::Json<Department>> {
    Ok(axum::Json(department::update(&actor, &state.db, id("department", &department)?, patch).await?))
}

/// Delete a department. One with people needs `move_to`.
#[utoipa::path(delete, path = "/departments/{department_id}", tag = "users",
    params(("department_id" = String, Path), Going), responses((status = 204),
        (status = 409, description = "`department_not_empty`: say where its people go.", body = rest::ProblemBody)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(department): Path<String>,
    Query(Going { move_to }): Query<Going>,
) -> Answer<StatusCode> {
    let id = id("department", &department)?;
    let to = move_to.map(|text| text.parse().map_err(|_| nowhere())).transpose()?;
    department::delete(&actor, &state.db, id, to).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn nowhere() -> Problem {
    Problem::invalid("move_to", "Use another department of the company.")
}
