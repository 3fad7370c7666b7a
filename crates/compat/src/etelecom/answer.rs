//! Answers and errors. An error is `{"code", "msg"}` in this order, with `meta` behind where there is more to say; its HTTP
//! status follows from the code, as in Twirp.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Kind, Problem};
use rest::Failure;
use serde::Serialize;
use serde_json::Value;

/// What a method gives.
pub(super) type Outcome = Result<Value, Refusal>;

/// The codes that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    AlreadyExists,
    BadRoute,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    Malformed,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Unimplemented,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Refusal {
    code: Code,
    message: String,
    reason: Option<&'static str>,
    retry_after_s: Option<u32>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta<'a>>,
}

#[derive(Serialize)]
struct Meta<'a> {
    reason: &'a str,
}

impl Code {
    const fn word(self) -> &'static str {
        match self {
            Code::AlreadyExists => "already_exists",
            Code::BadRoute => "bad_route",
            Code::FailedPrecondition => "failed_precondition",
            Code::Internal => "internal",
            Code::InvalidArgument => "invalid_argument",
            Code::Malformed => "malformed",
            Code::NotFound => "not_found",
            Code::PermissionDenied => "permission_denied",
            Code::ResourceExhausted => "resource_exhausted",
            Code::Unauthenticated => "unauthenticated",
            Code::Unavailable => "unavailable",
            Code::Unimplemented => "unimplemented",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Code::AlreadyExists => StatusCode::CONFLICT,
            Code::BadRoute | Code::NotFound => StatusCode::NOT_FOUND,
            Code::FailedPrecondition => StatusCode::PRECONDITION_FAILED,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Code::InvalidArgument | Code::Malformed => StatusCode::BAD_REQUEST,
            Code::PermissionDenied => StatusCode::FORBIDDEN,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        }
    }
}

impl Refusal {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), reason: None, retry_after_s: None }
    }

    /// A field is wrong.
    pub(super) fn invalid(message: impl Into<String>) -> Refusal {
        Refusal::new(Code::InvalidArgument, message)
    }

    /// It is not there, or not for this company.
    pub(super) fn not_found(what: &str) -> Refusal {
        Refusal::new(Code::NotFound, format!("{what} not found"))
    }

    /// It cannot be as long as something else is so.
    pub(super) fn precondition(message: impl Into<String>) -> Refusal {
        Refusal::new(Code::FailedPrecondition, message)
    }

    /// The key may not; `reason` is a word for programs.
    pub(super) fn denied(reason: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { reason: Some(reason), ..Refusal::new(Code::PermissionDenied, message) }
    }

    /// The same refusal under another code, when it has this one.
    pub(super) fn recode(self, from: Code, to: Code) -> Refusal {
        Refusal { code: if self.code == from { to } else { self.code }, ..self }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        let code = match problem.kind {
            Kind::Invalid => match problem.code {
                "json_malformed" | "body_missing" | "body_unreadable" | "too_large" => Code::Malformed,
                "method_not_allowed" => Code::BadRoute,
                _ => Code::InvalidArgument,
            },
            Kind::Unauthenticated => Code::Unauthenticated,
            Kind::NotFound => Code::NotFound,
            Kind::Conflict => match problem.code {
                "already_exists" | "login_taken" => Code::AlreadyExists,
                _ => Code::FailedPrecondition,
            },
            Kind::Forbidden => Code::PermissionDenied,
            Kind::Busy => Code::Unavailable,
            Kind::Limited => Code::ResourceExhausted,
            Kind::Internal => {
                tracing::error!(code = problem.code, "a request of eTelecom's face failed: {}", problem.message);
                return Refusal::new(Code::Internal, "Something of ours failed; it is in the log.");
            }
        };
        let field = problem.fields.first().map(|field| field.name.as_str()).filter(|name| *name != "body");
        let message = match field {
            Some(field) => format!("{field}: {}", problem.message),
            None => problem.message,
        };
        let reason = (problem.kind == Kind::Forbidden).then_some(problem.code);
        Refusal { code, message, reason, retry_after_s: problem.retry_after_s }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Refusal {
        failure.problem().clone().into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let meta = self.reason.map(|reason| Meta { reason });
        let body = Body { code: self.code.word(), msg: &self.message, meta };
        let text = serde_json::to_string(&body).expect("texts always become JSON");
        let mut response = (self.code.status(), [(header::CONTENT_TYPE, "application/json")], text).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Failures of what stands around the methods, in the vendor's form.
pub(crate) fn failure(failure: Failure) -> Response {
    Refusal::from(failure).into_response()
}
