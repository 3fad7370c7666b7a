//! `/session`: logging in and out.

use crate::State;
use account::session::{self, Session};
use axum::extract;
use axum::http::{HeaderMap, StatusCode, header};
use model::{Kind, Problem};
use rest::{Answer, Caller, Json, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(create, show, delete))
}

/// Login and password of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    login: String,
    password: String,
}

/// Who the bearer is.
#[derive(Serialize, ToSchema)]
struct Whoami {
    /// The company.
    company_id: String,
    /// The role.
    role: &'static str,
    /// The person, when one logged in.
    user_id: Option<String>,
    /// The API key, when one is used.
    key_id: Option<String>,
}

/// Log in. After ten failures in a row this login is refused from this source for ten minutes and more.
#[utoipa::path(post, path = "/session", tag = "session", request_body = Login, security(()),
    responses((status = 201, body = Session), (status = 429, description = "Too many failures.", body = rest::ProblemBody)))]
async fn create(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    Json(login): Json<Login>,
) -> Answer<(StatusCode, axum::Json<Session>)> {
    state.attempts.check(source, &login.login, state.moment())?;
    match session::login(&state.db, &login.login, login.password).await {
        Ok(session) => {
            state.attempts.succeeded(source, &login.login);
            Ok((StatusCode::CREATED, axum::Json(session)))
        }
        Err(problem) => Err(refused(&state, source, &login.login, problem).into()),
    }
}

fn refused(state: &State, source: std::net::IpAddr, login: &str, problem: Problem) -> Problem {
    if problem.kind == Kind::Unauthenticated {
        state.attempts.failed(source, login, state.moment());
        tracing::info!(%source, "a login failed");
    }
    problem
}

/// Who am I: the company, role and credential of the bearer.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Whoami)))]
async fn show(Caller(actor): Caller) -> axum::Json<Whoami> {
    axum::Json(Whoami {
        company_id: actor.tenant.to_string(),
        role: actor.role.as_str(),
        user_id: actor.user.map(|id| id.to_string()),
        key_id: actor.key.map(|id| id.to_string()),
    })
}

/// Log out: the session token counts no more.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    headers: HeaderMap,
) -> Answer<StatusCode> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or("");
    let token = bearer.split_once(' ').map_or("", |(_, token)| token.trim());
    session::logout(&actor, &state.db, token).await?;
    Ok(StatusCode::NO_CONTENT)
}
