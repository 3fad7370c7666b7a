//! `/session/second-factor`: the codes of an authenticator app beside one's password.

use crate::State;
use account::factor::{self, Enrolment, RecoveryCodes, Status};
use axum::extract;
use axum::http::StatusCode;
use model::{Actor, Kind, Problem};
use rest::{Answer, Caller, Json, Source};
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show, begin)).routes(routes!(confirm)).routes(routes!(turn_off))
}

/// One's own password, again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// The present password.
    password: String,
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorCode {
    /// The six digits that the app shows.
    code: String,
}

/// Whether a code is asked for when you log in, and how many recovery codes are left.
#[utoipa::path(get, path = "/session/second-factor", tag = "session", responses((status = 200, body = Status)))]
async fn show(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Status>> {
    Ok(axum::Json(factor::status(&actor, &state.db).await?))
}

/// Make a secret for your authenticator app. It counts once a code of it was confirmed.
#[utoipa::path(post, path = "/session/second-factor", tag = "session", request_body = Proof,
    responses((status = 201, body = Enrolment)))]
async fn begin(
    Caller(actor): Caller,
    Source(source): Source,
    extract::State(state): extract::State<State>,
    Json(proof): Json<Proof>,
) -> Answer<(StatusCode, axum::Json<Enrolment>)> {
    let guess = Guess::new(&state, source, &actor)?;
    let made = guess.done(factor::begin(&actor, &state.db, proof.password).await)?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Turn it on with a code of the app. The recovery codes are told this once; each opens the door once without the app.
#[utoipa::path(post, path = "/session/second-factor/confirm", tag = "session", request_body = SecondFactorCode,
    responses((status = 200, body = RecoveryCodes)))]
async fn confirm(
    Caller(actor): Caller,
    Source(source): Source,
    extract::State(state): extract::State<State>,
    Json(body): Json<SecondFactorCode>,
) -> Answer<axum::Json<RecoveryCodes>> {
    let guess = Guess::new(&state, source, &actor)?;
    Ok(axum::Json(guess.done(factor::confirm(&actor, &state.db, &body.code).await)?))
}

/// Turn it off.
#[utoipa::path(post, path = "/session/second-factor/off", tag = "session", request_body = Proof,
    responses((status = 204)))]
async fn turn_off(
    Caller(actor): Caller,
    Source(source): Source,
    extract::State(state): extract::State<State>,
    Json(proof): Json<Proof>,
) -> Answer<StatusCode> {
    let guess = Guess::new(&state, source, &actor)?;
    guess.done(factor::disable(&actor, &state.db, proof.password).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever found an open session must not find the password by trying.
struct Guess<'a> {
    state: &'a State,
    source: IpAddr,
    name: String,
}

impl Guess<'_> {
    fn new<'a>(state: &'a State, source: IpAddr, actor: &Actor) -> Answer<Guess<'a>> {
        let name = actor.user.map(|user| user.to_string()).unwrap_or_default();
        state.logins.attempts().check(source, &name, state.logins.now())?;
        Ok(Guess { state, source, name })
    }

    fn done<T>(&self, result: Result<T, Problem>) -> Result<T, Problem> {
        match &result {
            Ok(_) => self.state.logins.attempts().succeeded(self.source, &self.name),
            Err(problem) if problem.kind == Kind::Invalid => {
                self.state.logins.attempts().failed(self.source, &self.name, self.state.logins.now());
            }
            Err(_) => {}
        }
        result
    }
}
