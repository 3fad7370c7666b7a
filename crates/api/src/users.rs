//! `/users`: the people of the company.

use crate::State;
use account::user::{self, NewUser, User, UserPatch};
use axum::extract;
use axum::http::StatusCode;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, update)).routes(routes!(change_password))
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The present one; needed for one's own.
    old_password: Option<String>,
    /// The new one, 10–128 characters.
    password: String,
}

/// The people of the company, by login.
#[utoipa::path(get, path = "/users", tag = "users", params(Paging), responses((status = 200, body = PageOf<User>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<User>>> {
    Ok(PageOf::of(user::list(&actor, &state.db, paging.request()?).await?, |user| user))
}

/// Create a person.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUser, responses((status = 201, body = User)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewUser>,
) -> Answer<(StatusCode, axum::Json<User>)> {
    Ok((StatusCode::CREATED, axum::Json(user::create(&actor, &state.db, new).await?)))
}

/// One person.
#[utoipa::path(get, path = "/users/{user_id}", tag = "users", params(("user_id" = String, Path)),
    responses((status = 200, body = User)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
) -> Answer<axum::Json<User>> {
    Ok(axum::Json(user::get(&actor, &state.db, id("user", &user)?).await?))
}

/// Change a person; what is left out stays. Sessions of one who may not log in end at once.
#[utoipa::path(patch, path = "/users/{user_id}", tag = "users", params(("user_id" = String, Path)),
    request_body = UserPatch, responses((status = 200, body = User)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
    Json(patch): Json<UserPatch>,
) -> Answer<axum::Json<User>> {
    Ok(axum::Json(user::update(&actor, &state.db, id("user", &user)?, patch).await?))
}

/// Give a person a new password; all sessions of the person end.
#[utoipa::path(post, path = "/users/{user_id}/password", tag = "users", params(("user_id" = String, Path)),
    request_body = NewPassword, responses((status = 204)))]
async fn change_password(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
    Json(new): Json<NewPassword>,
) -> Answer<StatusCode> {
    user::change_password(&actor, &state.db, id("user", &user)?, new.old_password, new.password).await?;
    Ok(StatusCode::NO_CONTENT)
}
