//! What the vendor's webhooks post: `{"id", "changes": […]}`, each change with the thing as it is now and what became other
//! of it.

use super::call_log::{Shown, direction, state};
use super::extensions;
use super::value::{self, NEVER, NO_ID};
use crate::State;
use crate::told::{Books, Happened, OfCall};
use call::Direction;
use model::{Dialect, ExtensionId, Id, Problem};
use serde_json::{Map, Value, json};
use worker::webhook::Endpoint;
use worker::webhook::tongue::{Method, Request, Telling, Told, Tongue};

/// The vendor's tongue.
pub(crate) struct Etelecom(pub(crate) State);

/// A change: how, of what, the thing as it is now, and the names of what became other; all of it when there is none.
struct Change {
    kind: &'static str,
    entity: &'static str,
    latest: Value,
    changed: &'static [&'static str],
}

impl Tongue for Etelecom {
    fn dialect(&self) -> Dialect {
        Dialect::Etelecom
    }

    fn tell<'a>(&'a self, told: Told<'a>) -> Telling<'a> {
        Box::pin(async move {
            let books = Books::of(&self.0, told.tenant);
            let change = match OfCall::read(told.event) {
                Some(event) if wants(told.endpoint, "call_log") => Some(of_call(&books, &event).await?),
                Some(_) => None,
                None if wants(told.endpoint, "extension") => of_extension(&books, told.event).await?,
                None => None,
            };
            let body = |change: Change| Request {
                method: Method::Post,
                url: told.endpoint.url.clone(),
                body: body(told.event, change).to_string(),
            };
            Ok(change.into_iter().map(body).collect())
        })
    }

    /// The vendor reads nothing of an answer but its HTTP status.
    fn refusal(&self, _: &str) -> Option<String> {
        None
    }
}

fn wants(endpoint: &Endpoint, entity: &str) -> bool {
    endpoint.choices.is_empty() || endpoint.choices.iter().any(|chosen| chosen == entity)
}

fn body(event: &Value, change: Change) -> Value {
    let Change { kind, entity, latest, changed } = change;
    let part: Map<String, Value> = match changed {
        [] => latest.as_object().cloned().unwrap_or_default(),
        names => names.iter().map(|name| ((*name).to_owned(), latest[*name].clone())).collect(),
    };
    let id = event["id"].as_str().and_then(|id| id.parse::<model::EventId>().ok());
    json!({
        "id": value::some_id(id),
        "changes": [{
            "time": value::time(event["at"].as_i64().unwrap_or_default()),
            "change_type": kind,
            "entity": entity,
            "latest": { entity: latest },
            "changed": { entity: part },
        }],
    })
}

async fn of_call(books: &Books<'_>, event: &OfCall<'_>) -> Result<Change, Problem> {
    let mut shown = Shown::new(books.state, &books.actor).await?;
    Ok(match event.happened {
        Happened::Ringing => {
            Change { kind: "create", entity: "call_log", latest: living(&shown, event, false), changed: &[] }
        }
        Happened::Answered => Change {
            kind: "update",
            entity: "call_log",
            latest: living(&shown, event, true),
            changed: &["call_state", "call_status", "updated_at"],
        },
        Happened::Ended => Change {
            kind: "update",
            entity: "call_log",
            latest: shown.log(&books.detail(event.call).await?).await?,
            changed: &[
                "call_state",
                "call_status",
                "duration",
                "ended_at",
                "recording_urls",
                "call_targets",
                "updated_at",
            ],
        },
    })
}

/// A call that is up: what is not known yet is absent.
fn living(shown: &Shown<'_>, event: &OfCall<'_>, answered: bool) -> Value {
    let (caller, callee) = match event.is_inbound() {
        true => (event.phone(), event.text("to")),
        false => (event.extension(), event.phone()),
    };
    let way = Direction::ALL.into_iter().find(|known| known.as_str() == event.text("direction"));
    json!({
        "id": value::id(event.call),
        "user_id": NO_ID,
        "extension_id": NO_ID,
        "hotline_id": NO_ID,
        "contact_id": NO_ID,
        "caller": shown.number(caller),
        "callee": shown.number(callee),
        "direction": way.map_or("unknown", direction),
        "call_state": if answered { state(true) } else { "unknown" },
        "call_status": if answered { "P" } else { "Z" },
        "duration": 0,
        "started_at": value::time(event.at),
        "ended_at": NEVER,
        "note": "",
        "recording_urls": [],
        "external_id": event.call.to_string(),
        "external_session_id": event.call.to_string(),
        "call_targets": [],
        "created_at": value::time(event.at),
        "updated_at": value::time(event.at),
    })
}

/// An extension that was made or changed, without its password; of one that is gone only its id and number are left.
async fn of_extension(books: &Books<'_>, event: &Value) -> Result<Option<Change>, Problem> {
    let kind = match event["type"].as_str() {
        Some("extension.created") => "create",
        Some("extension.updated") => "update",
        Some("extension.deleted") => "delete",
        _ => return Ok(None),
    };
    let Some(id) = event["data"]["id"].as_str().and_then(|id| id.parse::<ExtensionId>().ok()) else { return Ok(None) };
    let latest = match books.extension(id).await? {
        Some(found) => extensions::shown(&books.tenant().await?, &found, ""),
        None => json!({ "id": id.number().to_string(), "extension_number": event["data"]["name"] }),
    };
    Ok(Some(Change { kind, entity: "extension", latest, changed: &[] }))
}
