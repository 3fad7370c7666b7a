//! The envelope. Errors of an application come with HTTP 200 and a word in `message`; only a credential that does not
//! count is an HTTP 401, because clients fetch a new token then, and only our own trouble is a 5xx.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Kind, Problem};
use rest::Failure;
use serde_json::{Value, json};

/// What a handler gives: a payload, or why not.
pub(super) type Outcome = Result<Payload, Refusal>;

/// A payload on its way into the envelope.
#[derive(Debug)]
pub(super) struct Payload(pub(super) Value);

/// Why there is none.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A word of the vendor's list.
    Word(&'static str),
    /// The same, with a sentence on what is to be done.
    Told(&'static str, String),
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

impl IntoResponse for Payload {
    fn into_response(self) -> Response {
        envelope(StatusCode::OK, 9999, None, None, self.0)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Word(word) => envelope(StatusCode::OK, -9999, Some(word), None, Value::Null),
            Refusal::Told(word, detail) => envelope(StatusCode::OK, -9999, Some(word), Some(&detail), Value::Null),
            Refusal::Failure(other) => failure(*other),
        }
    }
}

/// Failures in the vendor's form; what its words do not say stands in `detail`.
pub(crate) fn failure(failure: Failure) -> Response {
    let problem = failure.problem();
    let ok = StatusCode::OK;
    let (http, code, word) = match problem.kind {
        Kind::Unauthenticated => (StatusCode::UNAUTHORIZED, 401, "access_token_expired"),
        Kind::Forbidden if problem.code == "company_suspended" => (ok, -9999, "tenant_invalid"),
        Kind::Forbidden => (ok, -9999, "permission_denied"),
        Kind::Limited => (ok, -9999, "rate_limit_exceeded"),
        Kind::Invalid => (ok, -9999, "request_invalid"),
        Kind::NotFound => (ok, -9999, "data_not_found"),
        Kind::Conflict => (ok, -9999, problem.code),
        Kind::Busy => (StatusCode::SERVICE_UNAVAILABLE, -9999, "service_unavailable"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, -9999, "internal_error"),
    };
    let detail = (problem.kind != Kind::Internal).then_some(problem.message.as_str());
    let mut response = envelope(http, code, Some(word), detail, Value::Null);
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn envelope(http: StatusCode, code: i32, word: Option<&str>, detail: Option<&str>, payload: Value) -> Response {
    let mut body = json!({
        "status_code": code,
        "instance_id": "alo",
        "instance_version": env!("CARGO_PKG_VERSION"),
        "payload": payload,
        "key_enabled": false,
    });
    if let Some(word) = word {
        body["message"] = word.into();
    }
    if let Some(detail) = detail {
        body["detail"] = detail.into();
    }
    (http, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// One page of a list of `total`, in the vendor's words.
pub(super) fn page(items: Vec<Value>, wanted: Paging, total: u64) -> Payload {
    let pages = total.div_ceil(u64::from(wanted.size));
    let page = u64::from(wanted.page);
    let more = page < pages;
    Payload(json!({
        "items": items,
        "page_number": page,
        "page_size": wanted.size,
        "total_items": total,
        "total_pages": pages,
        "has_next": more,
        "next_page": if more { page + 1 } else { page },
        "has_previous": page > 1,
        "previous_page": page.saturating_sub(1).max(1),
        "extension": null,
    }))
}

/// Which page is wanted: the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    pub(super) page: u32,
    pub(super) size: u32,
}

/// The most items of one page.
const MOST: u32 = 200;

impl Paging {
    /// From what the query says; a size that is too large is cut, as the vendor does.
    pub(super) fn of(page: Option<u32>, size: Option<u32>, usual: u32) -> Paging {
        Paging { page: page.unwrap_or(1).max(1), size: size.unwrap_or(usual).clamp(1, MOST) }
    }

    /// The items of the page, of a list that is there as a whole.
    pub(super) fn cut<T>(self, all: &[T]) -> impl Iterator<Item = &T> {
        all.iter().skip(usize::try_from(self.offset()).unwrap_or(usize::MAX)).take(self.size as usize)
    }

    /// How many items come before the page.
    pub(super) fn offset(self) -> u64 {
        u64::from(self.page - 1) * u64::from(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_in_the_vendors_words() {
        let page_of = |number: u32, total: u64| page(Vec::new(), Paging { page: number, size: 2 }, total).0;
        let first = page_of(1, 30);
        assert_eq!(
            (&first["total_pages"], &first["has_next"], &first["next_page"]),
            (&json!(15), &json!(true), &json!(2))
        );
        let last = page_of(15, 30);
        assert_eq!(
            (&last["has_next"], &last["next_page"], &last["previous_page"]),
            (&json!(false), &json!(15), &json!(14))
        );
        let none = page_of(1, 0);
        assert_eq!((&none["total_pages"], &none["previous_page"]), (&json!(0), &json!(1)));
        assert_eq!(Paging::of(Some(0), Some(1_000_000), 50), Paging { page: 1, size: MOST });
    }
}
