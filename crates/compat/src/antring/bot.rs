//! AntBot, the vendor's machine that calls: a token for the application's id and secret, then Voice OTP. Its errors are those
//! of the Django REST framework: 400 with a list of sentences under each wrong field, otherwise a sentence in `detail`.

mod otp;

use super::application;
use crate::State;
use crate::token::{self, Purpose};
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, State as Shared};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use model::{Actor, Dialect, Kind, Problem};
use rest::{Failure, Source};
use serde::Deserialize;
use serde_json::{Value, json};
use store::now;
use subtle::ConstantTimeEq;

/// What is said of a field that is missing.
const REQUIRED: &str = "Trường này là bắt buộc.";

pub(super) fn routes() -> Router<State> {
    let known: [(&str, MethodRouter<State>); 2] =
        [("get-token", post(token)), ("voice-otp", get(otp::list).post(otp::create))];
    let router = known.into_iter().fold(Router::new(), |router, (name, handlers)| {
        let handlers = handlers.fallback(not_allowed);
        let path = format!("/rest-api/{name}");
        router.route(&format!("{path}/"), handlers.clone()).route(&path, handlers)
    });
    router.route("/rest-api/{*rest}", any(missing))
}

async fn not_allowed(method: Method) -> Refusal {
    Refusal::Told(StatusCode::METHOD_NOT_ALLOWED, format!("Method \"{method}\" not allowed."))
}

async fn missing() -> Refusal {
    Refusal::Told(StatusCode::NOT_FOUND, "Not found.".to_owned())
}

/// Why there is nothing.
pub(super) enum Refusal {
    /// A field, and what is wrong with it.
    Field(String, String),
    /// A sentence.
    Told(StatusCode, String),
    /// Ours.
    Problem(Box<Problem>),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal::Problem(Box::new(problem))
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        failure.problem().clone().into()
    }
}

impl Refusal {
    fn field(name: &str, sentence: &str) -> Refusal {
        Refusal::Field(name.to_owned(), sentence.to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Field(name, sentence) => {
                (StatusCode::BAD_REQUEST, Json(json!({ name: [sentence] }))).into_response()
            }
            Refusal::Told(status, sentence) => (status, Json(json!({ "detail": sentence }))).into_response(),
            Refusal::Problem(problem) => of(*problem),
        }
    }
}

fn of(problem: Problem) -> Response {
    let status = match problem.kind {
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Invalid | Kind::Conflict => StatusCode::BAD_REQUEST,
        Kind::Limited | Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let sentence = match problem.kind {
        Kind::Internal => "A server error occurred.".to_owned(),
        _ => problem.message,
    };
    let mut response = Refusal::Told(status, sentence).into_response();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The company that sent its token.
pub(super) struct Client(pub(super) Actor);

impl FromRequestParts<State> for Client {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Client, Refusal> {
        let Ok(Source(source)) = Source::from_request_parts(parts, state).await;
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = sent.and_then(|value| value.split_once(' '));
        let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let Some(bearer) = bearer else { return Err(unauthorized("Authentication credentials were not provided.")) };
        let key = token::read(state, Purpose::AntbotApi, bearer, now().as_millis() / 1000);
        let Some(key) = key else { return Err(unauthorized("Token is invalid or expired.")) };
        Ok(Client(state.gate.admit_id(Dialect::Antring, key, source).await?))
    }
}

fn unauthorized(sentence: &str) -> Refusal {
    Refusal::Told(StatusCode::UNAUTHORIZED, sentence.to_owned())
}

/// A JSON object.
fn read(body: Result<Bytes, BytesRejection>) -> Result<Value, Refusal> {
    let body = body.map_err(rest::input::body_failure)?;
    if body.is_empty() {
        return Ok(json!({}));
    }
    let told = |why: String| Refusal::Told(StatusCode::BAD_REQUEST, why);
    let read: Value = serde_json::from_slice(&body).map_err(|error| told(format!("JSON parse error - {error}")))?;
    if read.is_object() { Ok(read) } else { Err(told("Invalid data. Expected a dictionary.".to_owned())) }
}

#[derive(Deserialize)]
struct Login {
    #[serde(default, deserialize_with = "crate::loose::text")]
    username: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    password: String,
}

/// `get-token`: the application's id is the name, its secret the password.
async fn token(
    Shared(state): Shared<State>,
    Source(source): Source,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Refusal> {
    let login: Login =
        serde_json::from_value(read(body)?).map_err(|_| Refusal::field("username", "A valid string is required."))?;
    for (name, text) in [("username", &login.username), ("password", &login.password)] {
        if text.is_empty() {
            return Err(Refusal::field(name, REQUIRED));
        }
    }
    let proves = |secret: &str| bool::from(secret.as_bytes().ct_eq(login.password.as_bytes()));
    let admitted = state.gate.admit_application(Dialect::Antring, &login.username, source, &proves).await;
    let actor = admitted.map_err(|problem| match problem.kind {
        Kind::Unauthenticated => unauthorized("No active account found with the given credentials."),
        _ => problem.into(),
    })?;
    let Some(key) = actor.key else { return Err(unauthorized("Token is invalid or expired.")) };
    let token = token::write(&state, Purpose::AntbotApi, key, application::seconds());
    Ok(Json(json!({ "token": token, "access_token": token })))
}
