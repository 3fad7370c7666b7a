//! The documented requests and answers of each vendor, as files in `tests/fixtures/<vendor>`: each file is a list of steps that
//! are replayed from top to bottom in a world of their own. `documented.json` beside them lists what the vendor documents;
//! an endpoint that no step asks with success, and an error that no step reaches, fails the test.
//!
//! A step makes the world so (`{"act": "words that the stage knows"}`), or asks:
//!
//! ```json
//! {"endpoint": "POST /oapi/v1/voice/auth_token", "error": "HASH_NOT_MATCH",
//!  "request": {"method": "POST", "path": "/antring/…", "query": [["page", "1"]], "headers": {"name": "value"}, "json": {}},
//!  "answer": {"status": 200, "headers": {"name": "value"}, "json": {}}}
//! ```
//!
//! A body is `json`, `form` (pairs), `multipart` (`{"name", "value"}` or `{"name", "file", "type", "value"}`) or `text`. In a
//! request `{name}` stands for what is known, `sha256(…)` around a whole text for its hash, and `{#name}` alone for a number.
//! An answer's `text` is exact; in its `json`, `<text>`, `<text:name>`, `<id>`, `<time>`, `<number>`, `<epoch_ms>`, `<bool>`, `<list>`
//! and `<any>` stand for values of that form (a name keeps it), all else is exact, with these fields and no others, unless
//! the object has `"…": true`. A piece of a form whose value is `base64(…)` is sent as those bytes.

use crate::world::World;
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The name in an expected object that lets others stand beside those named.
const MORE: &str = "…";

/// What later steps may name.
pub(crate) type Known = HashMap<String, String>;

/// A vendor's world, and what can be done to it.
pub(crate) trait Stage: Sized {
    async fn new() -> Self;
    fn world(&self) -> &World;
    /// What the first step may name.
    fn known(&self) -> Known;
    /// Makes the world so; panics on words that it does not know.
    async fn act(&mut self, what: &str, known: &mut Known);
}

/// What a vendor documents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Documented {
    /// What is asked with success.
    endpoints: BTreeSet<String>,
    /// What is not offered here, but answered.
    #[serde(default)]
    refused: BTreeSet<String>,
    /// The errors, by their words.
    errors: BTreeSet<String>,
    /// Those that are never told here, and why.
    #[serde(default)]
    never: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Step {
    Act { act: String },
    Ask(Box<Ask>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    endpoint: String,
    error: Option<String>,
    request: Sent,
    answer: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    method: String,
    path: String,
    #[serde(default)]
    query: Vec<(String, String)>,
    #[serde(default)]
    headers: Map<String, Value>,
    json: Option<Value>,
    form: Option<Vec<(String, String)>>,
    multipart: Option<Vec<Piece>>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    name: String,
    file: Option<String>,
    r#type: Option<String>,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    json: Option<Value>,
    text: Option<String>,
}

/// Replays all files of the vendor, and looks whether all that it documents was reached.
pub(crate) async fn replay_all<S: Stage>(vendor: &str) {
    let folder = folder().join(vendor);
    let documented: Documented = read(&folder.join("documented.json"));
    let (mut asked, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for file in files(&folder) {
        let mut stage = S::new().await;
        let mut known = stage.known();
        let steps: Vec<Step> = read(&file);
        for (at, step) in steps.into_iter().enumerate() {
            let place = format!("{}[{at}]", file.file_stem().unwrap_or_default().to_string_lossy());
            match step {
                Step::Act { act } => stage.act(&act, &mut known).await,
                Step::Ask(ask) => {
                    ask.replay(stage.world(), &mut known, &place).await;
                    let good = (200..400).contains(&ask.answer.status) && ask.error.is_none();
                    let documented = &documented;
                    let refused = documented.refused.contains(&ask.endpoint);
                    assert!(refused || documented.endpoints.contains(&ask.endpoint), "{place}: {}", ask.endpoint);
                    if good || refused {
                        asked.insert(ask.endpoint);
                    }
                    if let Some(error) = ask.error {
                        assert!(documented.errors.contains(&error), "{place}: {error} is not documented");
                        reached.insert(error);
                    }
                }
            }
        }
    }
    let wanted: BTreeSet<String> = documented.endpoints.union(&documented.refused).cloned().collect();
    let missing: Vec<&String> = wanted.difference(&asked).collect();
    assert!(missing.is_empty(), "{vendor}: no fixture asks {missing:#?}");
    let missing: Vec<&String> = documented.errors.difference(&reached).collect();
    assert!(missing.is_empty(), "{vendor}: no fixture reaches {missing:#?}");
    let both: Vec<&String> = documented.never.keys().filter(|error| documented.errors.contains(*error)).collect();
    assert!(both.is_empty(), "{vendor}: reached, and never told: {both:#?}");
    assert!(documented.never.values().all(|why| why.len() > 10), "{vendor}: say why an error is never told");
}

fn folder() -> PathBuf {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&here).join("tests/fixtures")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "json") && !file.ends_with("documented.json"));
    files.sort();
    assert!(!files.is_empty(), "{} has fixtures", folder.display());
    files
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> T {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

impl Ask {
    async fn replay(&self, world: &World, known: &mut Known, place: &str) {
        let place = format!("{place} {} {}", self.request.method, self.request.path);
        let answer = world.send(self.request.build(known)).await;
        let Expected { status, headers, json, text } = &self.answer;
        assert_eq!(answer.status, *status, "{place}: {}", answer.text);
        for (name, value) in headers {
            assert_eq!(answer.header(name), filled(value.as_str().unwrap(), known), "{place}: {name}");
        }
        assert!(json.is_none() || text.is_none(), "{place}: json or text");
        if let Some(text) = text {
            assert_eq!(&answer.text, text, "{place}");
        }
        if let Some(json) = json {
            assert!(answer.content_type.starts_with("application/json"), "{place}: {}", answer.content_type);
            fits(json, &answer.json(), known, &place);
        }
    }
}

impl Sent {
    fn build(&self, known: &Known) -> Request<Body> {
        let mut path = filled(&self.path, known);
        if !self.query.is_empty() {
            path = format!("{path}?{}", encoded(&self.query, known));
        }
        let mut request = Request::builder().method(self.method.as_str()).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, filled(value.as_str().unwrap(), known));
        }
        let kind = |request: axum::http::request::Builder, kind: &str| match self.headers.contains_key("content-type") {
            true => request,
            false => request.header("content-type", kind),
        };
        let (request, body) = match (&self.json, &self.form, &self.multipart, &self.text) {
            (Some(json), None, None, None) => {
                (kind(request, "application/json"), filled_json(json, known).to_string().into_bytes())
            }
            (None, Some(form), None, None) => {
                (kind(request, "application/x-www-form-urlencoded"), encoded(form, known).into_bytes())
            }
            (None, None, Some(pieces), None) => {
                (kind(request, "multipart/form-data; boundary=fixture"), multipart(pieces, known))
            }
            (None, None, None, Some(text)) => (request, text.clone().into_bytes()),
            (None, None, None, None) => (request, Vec::new()),
            _ => panic!("{}: one body at most", self.path),
        };
        request.body(Body::from(body)).unwrap()
    }
}

fn encoded(pairs: &[(String, String)], known: &Known) -> String {
    let pairs = pairs.iter().map(|(name, value)| (name, filled(value, known)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn multipart(pieces: &[Piece], known: &Known) -> Vec<u8> {
    let mut body = Vec::new();
    for Piece { name, file, r#type, value } in pieces {
        let file = file.as_ref().map_or(String::new(), |file| format!("; filename=\"{file}\""));
        let kind = r#type.as_ref().map_or(String::new(), |kind| format!("Content-Type: {kind}\r\n"));
        let head = format!("--fixture\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{kind}\r\n");
        body.extend(head.into_bytes());
        body.extend(bytes(filled(value, known)));
        body.extend(b"\r\n");
    }
    body.extend(b"--fixture--\r\n");
    body
}

/// The bytes that a text stands for.
fn bytes(text: String) -> Vec<u8> {
    match text.strip_prefix("base64(").and_then(|text| text.strip_suffix(')')) {
        Some(text) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
        None => text.into_bytes(),
    }
}

/// The text with what is known in the places of its names, and its hash where that is wanted.
fn filled(text: &str, known: &Known) -> String {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').unwrap_or_else(|| panic!("{text}: no end of a name"));
        whole.push_str(before);
        whole.push_str(known.get(name).unwrap_or_else(|| panic!("{text}: {name} is not known")));
        rest = after;
    }
    whole.push_str(rest);
    match whole.strip_prefix("sha256(").and_then(|text| text.strip_suffix(')')) {
        Some(text) => Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect(),
        None => whole,
    }
}

fn filled_json(value: &Value, known: &Known) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("{#").and_then(|text| text.strip_suffix('}')) {
            Some(name) => known[name].parse::<i64>().unwrap_or_else(|_| panic!("{name} is no number")).into(),
            None => filled(text, known).into(),
        },
        Value::Array(items) => items.iter().map(|item| filled_json(item, known)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, field)| (name.clone(), filled_json(field, known))).collect(),
        other => other.clone(),
    }
}

/// Whether what was found is what was expected; what has a name is known from then on.
fn fits(expected: &Value, found: &Value, known: &mut Known, place: &str) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let open = expected.contains_key(MORE);
            let names = |fields: &Map<String, Value>| {
                let named = fields.keys().filter(|name| *name != MORE && (!open || expected.contains_key(*name)));
                named.cloned().collect::<Vec<String>>()
            };
            assert_eq!(names(found), names(expected), "{place}");
            for (name, field) in expected.iter().filter(|(name, _)| *name != MORE) {
                fits(field, &found[name], known, &format!("{place}.{name}"));
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            assert_eq!(found.len(), expected.len(), "{place}: {found:?}");
            for (at, item) in expected.iter().enumerate() {
                fits(item, &found[at], known, &format!("{place}[{at}]"));
            }
        }
        (Value::String(pattern), _) if pattern.starts_with('<') && pattern.ends_with('>') => {
            let pattern = &pattern[1..pattern.len() - 1];
            let (form, name) = pattern.split_once(':').unwrap_or((pattern, ""));
            assert!(has_form(form, found), "{place} is {found}, not {form}");
            if !name.is_empty() {
                let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                known.insert(name.to_owned(), text);
            }
        }
        (expected, found) => assert_eq!(found, &filled_json(expected, known), "{place}"),
    }
}

fn has_form(form: &str, found: &Value) -> bool {
    let text = found.as_str().unwrap_or_default();
    match form {
        "any" => true,
        "id" => text.parse::<i64>().is_ok_and(|number| number > 0),
        "time" => text.ends_with('Z') && text.len() >= 20 && text.as_bytes()[10] == b'T',
        "text" => !text.is_empty(),
        "number" => found.is_number(),
        "epoch_ms" => found.as_i64().is_some_and(|at| (1_000_000_000_000..5_000_000_000_000).contains(&at)),
        "bool" => found.is_boolean(),
        "list" => found.as_array().is_some_and(|items| !items.is_empty()),
        other => panic!("{other} is no form"),
    }
}
