//! VoiceCloud: a CRM orders calls by URL and reads reports by JSON. The company's key travels in the path or the body.

mod agents;
mod dial;
mod path;
mod report;
mod tell;
mod words;

pub(crate) use tell::Voicecloud;

use crate::State;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use model::{Actor, Dialect, Kind, Problem};
use rest::Failure;
use serde_json::json;
use std::net::IpAddr;

pub(crate) fn routes() -> Router<State> {
    let dial = get(dial::place).post(dial::place);
    Router::new()
        .route("/api/CallControl/dial/{*words}", dial.clone())
        // There the softphone rings before the customer is dialled; Alo always does that.
        .route("/api/CallControl/dial_async/{*words}", dial)
        .merge(posted("/internal/Reports/cdr", post(report::calls)))
        .merge(posted("/api/Agent/spy", post(agents::spy)))
        .merge(posted("/api/Agent/status", post(agents::status)))
        .merge(posted("/api/Queue/list", post(agents::members)))
        .merge(posted("/api/Queue/status", post(agents::change)))
}

/// Clients name the form of the answer behind the address, or not; it is always JSON.
fn posted(path: &str, handlers: MethodRouter<State>) -> Router<State> {
    Router::new().route(path, handlers.clone()).route(&format!("{path}/format/json"), handlers)
}

/// The company behind a key. A wrong key looks like an address that does not exist.
async fn company(state: &State, key: &str, source: IpAddr) -> Result<Actor, Problem> {
    state.gate.admit_key(Dialect::Voicecloud, key, source).await
}

/// Failures in the vendor's form: the key `status code` really holds a space. What clients do not know of stands in
/// `detail`.
pub(crate) fn failure(failure: Failure) -> Response {
    let problem = failure.problem();
    let status = match problem.kind {
        Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Invalid | Kind::Unauthenticated | Kind::NotFound | Kind::Conflict | Kind::Forbidden => {
            StatusCode::NOT_FOUND
        }
    };
    let message = status.canonical_reason().unwrap_or("Error");
    // What a guesser sends must not be told apart: key, domain and extension are wrong alike.
    let detail = match problem.kind {
        Kind::Invalid | Kind::Limited | Kind::Busy | Kind::Conflict => Some(problem.message.clone()),
        Kind::Unauthenticated | Kind::NotFound | Kind::Forbidden | Kind::Internal => None,
    };
    let mut body = json!({ "status code": status.as_u16(), "message": message });
    if let Some(detail) = detail {
        body["detail"] = detail.into();
    }
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
