//! Failures in the vendor's form: 400 with a word for whatever the client did, 503 for a rate that is used up, 500 for our
//! own trouble. What the word does not say stands in `detail`.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Kind, Problem};
use rest::Failure;
use serde_json::json;

/// What a handler gives.
pub(super) type Outcome<T> = Result<T, Refusal>;

/// Why there is nothing.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A word of the vendor's list, or in its style.
    Word(&'static str),
    /// A parameter is wrong, and how to mend it.
    Parameter(&'static str, &'static str),
    /// Ours.
    Failure(Box<Failure>),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Failure::from(problem).into()
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        Refusal::Failure(Box::new(failure))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Word(word) => body(StatusCode::BAD_REQUEST, word, None),
            Refusal::Parameter(name, mend) => {
                body(StatusCode::BAD_REQUEST, "INVALID_PARAMS", Some(format!("{name}: {mend}")))
            }
            Refusal::Failure(other) => failure(*other),
        }
    }
}

/// A failure of ours in the vendor's form.
pub(crate) fn failure(failure: Failure) -> Response {
    let problem = failure.problem();
    let bad = StatusCode::BAD_REQUEST;
    let (status, word) = match (problem.kind, problem.code) {
        (Kind::Unauthenticated, "hash_mismatch") => (bad, "HASH_NOT_MATCH".to_owned()),
        (Kind::Unauthenticated, _) => (bad, "APPID_NOT_FOUND".to_owned()),
        // An address that does not exist is a method that the vendor does not have.
        (Kind::Invalid, "method_not_allowed") => (bad, "METHOD_NOT_SUPPORT".to_owned()),
        (Kind::NotFound, _) if problem.message == Problem::not_found("address").message => {
            (bad, "METHOD_NOT_SUPPORT".to_owned())
        }
        (Kind::Invalid, _) => (bad, "INVALID_PARAMS".to_owned()),
        (Kind::NotFound, _) => (bad, "NOT_FOUND".to_owned()),
        (Kind::Forbidden, _) => (bad, "PERMISSION_DENIED".to_owned()),
        (Kind::Conflict, code) => (bad, code.to_uppercase()),
        (Kind::Limited, _) => (StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMIT_EXCEEDED".to_owned()),
        (Kind::Busy, _) => (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE".to_owned()),
        (Kind::Internal, _) => (StatusCode::INTERNAL_SERVER_ERROR, "SERVER_ERROR".to_owned()),
    };
    // What the vendor's word says in full is not said twice, and our own trouble is for the log.
    let told = matches!(problem.kind, Kind::Unauthenticated | Kind::Internal);
    let mut response = body(status, &word, (!told).then(|| problem.message.clone()));
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn body(status: StatusCode, word: &str, detail: Option<String>) -> Response {
    let mut body = json!({ "success": false, "message": word });
    if let Some(detail) = detail {
        body["detail"] = detail.into();
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
