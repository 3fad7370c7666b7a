//! Who asks: a token of `GET /api/auth`, or the API key itself.

use super::answer::{Outcome, Payload, Refusal, failure};
use crate::State;
use crate::token::{self, Purpose};
use axum::extract::{FromRequestParts, State as Shared};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use model::{Actor, Dialect, Kind, Problem};
use rest::{Failure, Query, Source};
use serde::Deserialize;
use serde_json::json;
use store::now;

/// How the address of the list of calls ends.
const CALL_LIST: &str = "/call_transaction/list";

/// The company that asks.
pub(super) struct Client(pub(super) Actor);

impl FromRequestParts<State> for Client {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Client, Response> {
        let Ok(Source(source)) = Source::from_request_parts(parts, state).await;
        let credential = credential(parts).ok_or_else(|| failure(nobody().into()))?;
        let admitted = match token::read(state, Purpose::Omicall, &credential, now().as_millis() / 1000) {
            Some(key) => state.gate.admit_id(Dialect::Omicall, key, source).await,
            None => state.gate.admit_key(Dialect::Omicall, &credential, source).await,
        };
        admitted.map(Client).map_err(|problem| match problem.kind {
            // The list of calls has a word of its own for being asked too often.
            Kind::Limited if parts.uri.path().ends_with(CALL_LIST) => {
                Refusal::Told("limit_request_30_minute", problem.message).into_response()
            }
            _ => failure(problem.into()),
        })
    }
}

/// `X-API-KEY`, or `Authorization` with or without the word `Bearer` in front: clients do both.
fn credential(parts: &Parts) -> Option<String> {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let bearer = text(header::AUTHORIZATION.as_str()).map(|value| match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => value,
    });
    bearer.or_else(|| text("x-api-key")).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The query of `/api/auth`.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "apiKey")]
    api_key: Option<String>,
}

pub(super) async fn token(
    Shared(state): Shared<State>,
    Source(source): Source,
    wanted: Result<Query<Wanted>, Failure>,
) -> Outcome {
    let Query(wanted) = wanted?;
    let Some(key) = wanted.api_key.filter(|key| !key.is_empty()) else {
        return Err(Refusal::Word("api_key_is_required"));
    };
    let actor = match state.gate.admit_key(Dialect::Omicall, key.trim(), source).await {
        Err(problem) if problem.kind == Kind::Unauthenticated => return Err(Refusal::Word("api_key_invalid")),
        other => other?,
    };
    let key = actor.key.ok_or_else(nobody)?;
    Ok(Payload(json!({
        "access_token": token::write(&state, Purpose::Omicall, key, now().as_millis() / 1000),
        "access_type": "normal",
        "token_type": "Bearer",
    })))
}

fn nobody() -> Problem {
    Problem::new(Kind::Unauthenticated, "bearer_unknown", "Send the token of /api/auth in the header Authorization.")
}
