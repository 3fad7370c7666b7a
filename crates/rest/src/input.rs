//! What a request brings: JSON bodies, queries and ids, each refused with the name of the field at fault.

use crate::{Answer, Failure};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use model::{Id, Problem};
use serde::de::DeserializeOwned;

/// A JSON request body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        if !is_json(&request) {
            return Err(Failure::with_status(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as JSON with the header Content-Type: application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(body_failure)?;
        json(&bytes).map(Json)
    }
}

/// The failure of a body that could not be read to its end.
pub fn body_failure(rejection: BytesRejection) -> Failure {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::too_large();
    }
    Failure::with_status(StatusCode::BAD_REQUEST, "body_unreadable", "The request body broke off.")
}

fn is_json(request: &Request) -> bool {
    let Some(kind) = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// Reads a JSON object, for faces that take it under other headers than ours.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    if bytes.is_empty() {
        return Err(Failure::with_status(StatusCode::BAD_REQUEST, "body_missing", "Send a JSON object as body."));
    }
    // Every body of ours is an object; serde would also take a struct's fields from an array, in order.
    if bytes.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| b"[\"0123456789-tfn".contains(b)) {
        return Err(Problem::invalid("body", "Send a JSON object.").into());
    }
    // PostgreSQL keeps no NUL in a text, and no name or number has one.
    if bytes.windows(6).any(|w| w == b"\\u0000") {
        return Err(Failure::with_status(StatusCode::BAD_REQUEST, "nul_character", "No text may hold \\u0000."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        json_failure(path, error.inner())
    })?;
    reader.end().map_err(|error| json_failure(String::new(), &error))?;
    Ok(value)
}

fn json_failure(path: String, error: &serde_json::Error) -> Failure {
    if error.is_data() {
        return field_failure(path, &error.to_string());
    }
    Failure::with_status(StatusCode::BAD_REQUEST, "json_malformed", format!("The body is not JSON: {error}."))
}

/// Turns serde's sentence about one place into a problem that names the field.
fn field_failure(path: String, message: &str) -> Failure {
    let message = message.split(" at line ").next().unwrap_or(message);
    let parent = if path == "." || path == "?" { String::new() } else { path };
    let quoted = message.split('`').nth(1).unwrap_or("");
    let join = |name: &str| if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
    let (field, mend) = if message.starts_with("missing field") {
        (join(quoted), "This field is needed.".to_owned())
    } else if message.starts_with("duplicate field") {
        (join(quoted), "This field stands here twice.".to_owned())
    } else if message.starts_with("unknown field") {
        let known = message.split_once(", ").map_or("", |(_, rest)| rest);
        let parent_has_it = parent == quoted || parent.ends_with(&format!(".{quoted}"));
        (if parent_has_it { parent.clone() } else { join(quoted) }, format!("There is no such field ({known})."))
    } else {
        (if parent.is_empty() { "body".to_owned() } else { parent.clone() }, sentence(message))
    };
    Problem::invalid(field, mend).into()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => "This value does not fit.".to_owned(),
    }
}

/// The query of the URL.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        parse_query(parts.uri.query().unwrap_or("")).map(Query)
    }
}

fn parse_query<T: DeserializeOwned>(query: &str) -> Answer<T> {
    // An empty value means the same as none: `?status=` is how forms say "any".
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty());
    let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if kept.contains("%00") {
        return Err(Failure::with_status(StatusCode::BAD_REQUEST, "nul_character", "No parameter may hold %00."));
    }
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(kept.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        field_failure(path, &error.inner().to_string())
    })
}

/// The variable parts of the path. What cannot be read is the same as what does not exist.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            Err(_) => Err(Problem::not_found("address").into()),
        }
    }
}

/// Reads an id out of a path. A text that is no id of this kind is the same as an unknown one.
pub fn id<T: Id>(what: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}

/// Reads an id out of a body or query, where a wrong one is a wrong field.
pub fn field_id<T: Id>(field: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|error| Problem::invalid(field, format!("{error}").replacen("expected", "Expected", 1) + "."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Part {
        size: u8,
    }

    fn wrong(text: &str) -> (String, String) {
        let failure = json::<Sample>(text.as_bytes()).unwrap_err();
        let problem = failure.problem();
        (problem.fields.first().map_or(String::new(), |f| f.name.clone()), problem.code.to_owned())
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let field = |name: &str| (name.to_owned(), "invalid_field".to_owned());
        assert_eq!(wrong(r#"{}"#), field("name"));
        assert_eq!(wrong(r#"{"name": 1}"#), field("name"));
        assert_eq!(wrong(r#"{"name": "a", "colour": 1}"#), field("colour"));
        assert_eq!(wrong(r#"{"name": "a", "parts": [{"size": 1}, {"size": 300}]}"#), field("parts[1].size"));
        assert_eq!(wrong(r#"{"name": "a", "parts": [{"size": 1, "x": 2}]}"#), field("parts[0].x"));
        assert_eq!(wrong(r#"{"name": "a", "parts": [{}]}"#), field("parts[0].size"));
        assert_eq!(wrong(r#"{"name": "a", "name": "b"}"#), field("name"));
        assert_eq!(wrong(r#" ["a"]"#), field("body"));
        assert_eq!(wrong(r#"7"#), field("body"));
    }

    #[test]
    fn broken_json_is_told_from_wrong_fields() {
        for text in ["{", "{\"name\": \"a\"} x", "{nonsense}", "\u{feff}{}"] {
            assert_eq!(wrong(text).1, "json_malformed", "{text}");
        }
        assert_eq!(wrong("").1, "body_missing");
        assert_eq!(wrong(r#"{"name": "a\u0000b"}"#).1, "nul_character");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(json::<serde_json::Value>(deep.as_bytes()).is_err());
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        limit: Option<u32>,
        text: Option<String>,
    }

    #[test]
    fn a_query_names_its_wrong_parameter() {
        let wrong = |query: &str| parse_query::<Filter>(query).unwrap_err().problem().fields[0].name.clone();
        assert_eq!(wrong("limit=ten"), "limit");
        assert_eq!(wrong("limit=-1"), "limit");
        assert_eq!(wrong("colour=red"), "colour");
        assert_eq!(wrong("limit=1&limit=2"), "limit");
        let fine: Filter = parse_query("limit=&text=a%20b").unwrap();
        assert_eq!(fine, Filter { limit: None, text: Some("a b".into()) });
    }
}
