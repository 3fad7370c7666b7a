//! `/users`: the people of the company.

use crate::State;
use account::link::{self, Invitation, Language};
use account::user::{self, NewUser, User, UserPatch};
use account::{factor, session};
use axum::extract;
use axum::http::StatusCode;
use model::{Permission, Problem, Role};
use pbx::extension;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(change_password))
        .routes(routes!(invite, revoke))
        .routes(routes!(end_sessions))
        .routes(routes!(reset_factor))
}

/// How an invitation is written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewInvitation {
    /// The language of the mail; Vietnamese when missing.
    #[serde(default)]
    #[schema(value_type = Option<Language>)]
    language: Language,
}

/// A person to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    /// What the person types to log in, 3–100 characters without spaces.
    login: String,
    /// The person's name.
    #[serde(default)]
    name: String,
    /// Where mail reaches the person.
    #[serde(default)]
    email: Option<String>,
    /// `owner`, `manager` or `agent`; a manager makes agents only.
    #[schema(example = "agent")]
    role: String,
    /// The password, 10–128 characters; without one the person comes in by an invitation.
    #[serde(default)]
    password: Option<String>,
    /// The person's telephone number, which nobody else of the company has.
    #[serde(default)]
    phone: Option<String>,
    /// The id of the department the person belongs to.
    #[serde(default)]
    department: Option<String>,
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
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewPerson, responses((status = 201, body = User)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewPerson>,
) -> Answer<(StatusCode, axum::Json<User>)> {
    let NewPerson { login, name, email, role, password, phone, department } = new;
    let role = Role::parse(&role).ok_or_else(|| Problem::invalid("role", "Use owner, manager or agent."))?;
    let new = NewUser { login, name, email, role, password };
    let more = UserPatch { phone: phone.map(Some), department: department.map(Some), ..UserPatch::default() };
    Ok((StatusCode::CREATED, axum::Json(user::create_with(&actor, &state.db, new, more).await?)))
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

/// Remove a person from the company. Who has an extension is refused: take it away first. Sessions end at once, and the login
/// is free again; calls and trails keep what the person did.
#[utoipa::path(delete, path = "/users/{user_id}", tag = "users", params(("user_id" = String, Path)),
    responses((status = 204)))]
async fn remove(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
) -> Answer<StatusCode> {
    actor.require(Permission::ManageUsers)?;
    let user = id("user", &user)?;
    if let Some(extension) = extension::find_by_user(&actor, &state.db, user).await? {
        let message = format!("Extension {} is this person's; take it away first.", extension.number);
        return Err(Problem::conflict("extension_assigned", message).into());
    }
    user::remove(&actor, &state.db, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a person a new password; all sessions and links of the person end.
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

/// Invite a person who has no password yet: a link by mail, or in the answer when none is sent. It counts once, for seven
/// days; an earlier one counts no more.
#[utoipa::path(post, path = "/users/{user_id}/invitation", tag = "users", params(("user_id" = String, Path)),
    request_body = NewInvitation, responses((status = 201, body = Invitation)))]
async fn invite(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
    Json(new): Json<NewInvitation>,
) -> Answer<(StatusCode, axum::Json<Invitation>)> {
    let made = link::invite(&actor, &state.db, &state.post, id("user", &user)?, new.language).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Take an invitation back: its link counts no more.
#[utoipa::path(delete, path = "/users/{user_id}/invitation", tag = "users", params(("user_id" = String, Path)),
    responses((status = 204)))]
async fn revoke(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
) -> Answer<StatusCode> {
    link::revoke(&actor, &state.db, id("user", &user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all sessions of a person.
#[utoipa::path(delete, path = "/users/{user_id}/sessions", tag = "users", params(("user_id" = String, Path)),
    responses((status = 204)))]
async fn end_sessions(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
) -> Answer<StatusCode> {
    session::end_of(&actor, &state.db, id("user", &user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take the second factor of a person away, who lost the app and the recovery codes.
#[utoipa::path(delete, path = "/users/{user_id}/second-factor", tag = "users", params(("user_id" = String, Path)),
    responses((status = 204)))]
async fn reset_factor(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(user): Path<String>,
) -> Answer<StatusCode> {
    factor::reset(&actor, &state.db, id("user", &user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
