//! The one place where a [`Problem`] becomes HTTP: RFC 9457 `application/problem+json`.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Kind, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a handler returns.
pub type Answer<T> = Result<T, Failure>;

/// A problem on its way out, with the status it has on HTTP.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    problem: Box<Problem>,
    header: Option<(HeaderName, HeaderValue)>,
}

/// The document a client receives when a request fails (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Always `about:blank`: the `code` tells the problems apart.
    #[schema(example = "about:blank")]
    pub r#type: String,
    /// The name of the HTTP status.
    #[schema(example = "Unprocessable Entity")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// A stable snake_case word that programs may test.
    #[schema(example = "invalid_field")]
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
    /// The fields at fault, each with how to mend it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldBody>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProblemField)]
pub struct FieldBody {
    /// The field as it was sent: `extensions[2].number`.
    pub name: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Failure {
    /// A failure with a status that no [`Kind`] stands for (405, 413, 415, 416…).
    pub fn with_status(status: StatusCode, code: &'static str, message: impl Into<String>) -> Failure {
        Failure { status, problem: Box::new(Problem::new(Kind::Invalid, code, message)), header: None }
    }

    /// The body is over the limit.
    pub fn too_large() -> Failure {
        Failure::with_status(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "The request body is larger than this address takes.",
        )
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Failure {
        self.header = Some((name, value));
        self
    }

    /// The same under another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Failure {
        self.status = status;
        self
    }

    /// The problem inside.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        let status = match problem.kind {
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Limited => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let header = match problem.kind {
            Kind::Unauthenticated => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"alo\""))),
            Kind::Busy | Kind::Limited => {
                Some((header::RETRY_AFTER, HeaderValue::from(problem.retry_after_s.unwrap_or(2))))
            }
            _ => None,
        };
        Failure { status, problem: Box::new(problem), header }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = *self.problem;
        // The details of our own faults are for the log alone: they may hold SQL or paths.
        let detail = if self.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = problem.code, "a request failed: {}", problem.message);
            "Something of ours failed; it is in the log. Trying again may help.".to_owned()
        } else {
            problem.message
        };
        let body = ProblemBody {
            r#type: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: problem.code.to_owned(),
            detail,
            fields: problem.fields.into_iter().map(|f| FieldBody { name: f.name, message: f.message }).collect(),
        };
        let text = serde_json::to_string(&body).expect("strings and numbers always become JSON");
        let mut response = (self.status, text).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(failure: Failure) -> (StatusCode, ProblemBody) {
        let response = failure.into_response();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_wrong_field_is_named_with_its_mend() {
        let problem = Problem::invalid("number", "Use 2 to 6 digits.");
        let (status, body) = body(problem.into()).await;
        assert_eq!(status, 422);
        assert_eq!(body.code, "invalid_field");
        assert_eq!(body.fields, [FieldBody { name: "number".into(), message: "Use 2 to 6 digits.".into() }]);
    }

    #[tokio::test]
    async fn our_own_faults_show_no_details() {
        let (status, body) = body(Problem::internal("select * from secrets failed").into()).await;
        assert_eq!(status, 500);
        assert!(!body.detail.contains("secrets"));
    }

    #[test]
    fn a_missing_credential_tells_the_scheme() {
        let response = Failure::from(Problem::new(Kind::Unauthenticated, "unauthenticated", "x")).into_response();
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"alo\"");
    }
}
