//! The OpenAPI 3.1 document, made from the handlers themselves, so that it cannot drift from them.

use rest::problem::{FieldBody, ProblemBody};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

/// The errors that any operation may answer with.
const PROBLEMS: [(&str, &str); 11] = [
    ("400", "The body or the query cannot be read."),
    ("401", "The bearer is missing or does not count."),
    ("403", "The role lacks the right."),
    ("404", "It does not exist, or not for this company."),
    ("409", "It clashes with what is there."),
    ("413", "The body is too large."),
    ("415", "The body has another type than this address takes."),
    ("422", "A field is wrong; `fields` says which and how to mend it."),
    ("429", "More than was agreed; try again after `Retry-After` seconds."),
    ("500", "Something of ours failed."),
    ("503", "Not now; try again after `Retry-After` seconds."),
];

/// The whole document.
pub fn document() -> OpenApi {
    let mut document = crate::described().into_openapi();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            operation.operation_id = Some(operation_id(method, path));
            for (status, description) in PROBLEMS {
                let responses = &mut operation.responses.responses;
                responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
            }
        }
    }
    document
}

/// One name for each operation, as makers of clients need it: `get_calls_call_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches(crate::PREFIX).split(['/', '-', '{', '}']).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// What the routes are added to.
pub(crate) fn base() -> OpenApi {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = ComponentsBuilder::new()
        .schema(ProblemBody::name(), ProblemBody::schema())
        .schema(FieldBody::name(), FieldBody::schema())
        .security_scheme("bearer", bearer)
        .build();
    let about = "Calls, extensions, hotlines, flows, recordings and live events of a company. \
                 Errors are RFC 9457 documents; lists page by key; a POST may carry an Idempotency-Key.";
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title("Alo").version(env!("CARGO_PKG_VERSION")).description(Some(about)).build())
        .components(Some(components))
        .security(Some([SecurityRequirement::new("bearer", Vec::<String>::new())]))
        .build()
}

fn problem(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", body).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_tells_its_problems_and_lives_under_the_prefix() {
        let json = serde_json::to_value(document()).unwrap();
        assert!(json["openapi"].as_str().unwrap().starts_with("3.1"));
        let paths = json["paths"].as_object().unwrap();
        assert!(paths.len() > 25, "{:?}", paths.keys());
        for (path, item) in paths {
            assert!(path.starts_with("/api/v1/"), "{path}");
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["responses"]["422"].is_object(), "{method} {path}");
            }
        }
    }

    #[test]
    fn each_operation_has_its_own_id() {
        let json = serde_json::to_value(document()).unwrap();
        let items = json["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
        let ids: Vec<_> = items.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect();
        let different: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(different.len(), ids.len());
        assert!(ids.contains(&"get_calls_call_id".to_owned()), "{ids:?}");
    }

    #[test]
    fn no_reference_of_the_document_dangles() {
        let json = serde_json::to_value(document()).unwrap();
        let mut dangling = Vec::new();
        walk(&json, &mut |reference| {
            let pointer = reference.trim_start_matches('#');
            if json.pointer(pointer).is_none() {
                dangling.push(reference.to_owned());
            }
        });
        assert!(dangling.is_empty(), "{dangling:?}");
    }

    fn walk(value: &serde_json::Value, found: &mut impl FnMut(&str)) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::String(reference)) = map.get("$ref") {
                    found(reference);
                }
                map.values().for_each(|v| walk(v, found));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|v| walk(v, found)),
            _ => {}
        }
    }
}
