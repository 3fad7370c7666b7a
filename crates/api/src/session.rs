//! `/session`: logging in and out.

use crate::State;
use account::membership::{self, Membership};
use account::session::{self, Credentials, Session};
use account::tenant;
use account::user::{self, User};
use axum::extract::{self, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Actor, Permission};
use rest::{Answer, Caller, Json, Source, bearer, cookie, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(create, show, delete)).routes(routes!(companies)).routes(routes!(switch))
}

/// Login and password of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Login {
    login: String,
    password: String,
    /// A code of the authenticator app, or a recovery code, where a second factor is on.
    #[serde(default)]
    code: Option<String>,
    /// For our own pages: keep the session in a cookie that no script can read, and do not tell its token.
    #[serde(default)]
    cookie: bool,
}

/// A session that began.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct Begun {
    /// What goes behind `Authorization: Bearer`; missing when it is kept in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When it ends, milliseconds since 1970.
    expires_at: i64,
    /// Who logged in.
    user: User,
}

/// Who the bearer is, and what may be done.
#[derive(Serialize, ToSchema)]
struct Whoami {
    /// The company.
    company_id: String,
    /// The company's name.
    company_name: String,
    /// The SIP domain its phones register with.
    domain: String,
    /// The country's calling code, digits only.
    country: String,
    /// The company's IANA time zone.
    time_zone: String,
    /// The role.
    role: &'static str,
    /// The rights the role includes: `view_config`, `edit_config`, `manage_users`, `view_calls`, `make_calls`,
    /// `supervise`, `capture_calls`, `manage_webhooks`, `view_contacts`, `edit_contacts`, `manage_contacts`, `operate_server`.
    permissions: Vec<&'static str>,
    /// The person, when one logged in.
    user_id: Option<String>,
    /// What the person types to log in.
    login: Option<String>,
    /// The person's name.
    name: Option<String>,
    /// The API key, when one is used.
    key_id: Option<String>,
    /// The server's clock, milliseconds since 1970.
    now: i64,
}

/// The companies one works for.
#[derive(Serialize, ToSchema)]
struct Memberships {
    items: Vec<Membership>,
}

/// The company to go on in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OtherCompany {
    /// Its id.
    company_id: String,
}

/// Log in. Where a second factor is on, a fitting password without a code is answered 401 `code_needed`. After ten failures
/// in a row this login is refused from this source for ten minutes and more.
#[utoipa::path(post, path = "/session", tag = "session", request_body = Login, security(()),
    responses((status = 201, body = Begun), (status = 429, description = "Too many failures.", body = rest::ProblemBody)))]
async fn create(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Answer<Response> {
    let Login { login, password, code, cookie: in_cookie } = login;
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let session = state.logins.begin(&state.db, Credentials { login, password, code }, source, agent).await?;
    let Session { token, expires_at, user } = session;
    if !in_cookie {
        return Ok((StatusCode::CREATED, axum::Json(Begun { token: Some(token), expires_at, user })).into_response());
    }
    let seconds = (expires_at - store::now().as_millis()) / 1000;
    let cookie = [(header::SET_COOKIE, cookie::set(&headers, Some(&token), seconds))];
    Ok((StatusCode::CREATED, cookie, axum::Json(Begun { token: None, expires_at, user })).into_response())
}

/// Who am I: the company, role, rights and credential of the bearer.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Whoami)))]
async fn show(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Whoami>> {
    Ok(axum::Json(whoami(&actor, &state).await?))
}

async fn whoami(actor: &Actor, state: &State) -> Answer<Whoami> {
    let company = tenant::get(actor, &state.db, actor.tenant).await?;
    let person = match actor.user {
        Some(id) => Some(user::get(actor, &state.db, id).await?),
        None => None,
    };
    let rights = Permission::ALL.into_iter().filter(|permission| actor.role.may(*permission));
    Ok(Whoami {
        company_id: company.id.to_string(),
        company_name: company.name,
        domain: company.domain,
        country: company.country,
        time_zone: company.time_zone,
        role: actor.role.as_str(),
        permissions: rights.map(Permission::as_str).collect(),
        user_id: actor.user.map(|id| id.to_string()),
        login: person.as_ref().map(|person| person.login.clone()),
        name: person.map(|person| person.name),
        key_id: actor.key.map(|id| id.to_string()),
        now: store::now().as_millis(),
    })
}

/// The companies one works for, by name, with the role in each.
#[utoipa::path(get, path = "/session/companies", tag = "session", responses((status = 200, body = Memberships)))]
async fn companies(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
) -> Answer<axum::Json<Memberships>> {
    Ok(axum::Json(Memberships { items: membership::list(&actor, &state.db).await? }))
}

/// Go on in another company that one works for: the same session acts for it from the next request on.
#[utoipa::path(put, path = "/session/company", tag = "session", request_body = OtherCompany,
    responses((status = 200, body = Whoami)))]
async fn switch(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    bearer::Token(token): bearer::Token,
    Json(to): Json<OtherCompany>,
) -> Answer<axum::Json<Whoami>> {
    let actor = membership::switch(&actor, &state.db, &token, id("company", &to.company_id)?).await?;
    Ok(axum::Json(whoami(&actor, &state).await?))
}

/// Log out: the session token counts no more.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    request: Request,
) -> Answer<impl IntoResponse> {
    let (parts, _) = request.into_parts();
    session::logout(&actor, &state.db, &bearer::token(&parts).unwrap_or_default()).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::set(&parts.headers, None, 0))]))
}
