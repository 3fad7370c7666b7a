//! What the vendor tells a registered address: the states of a living call, then its whole record.

use super::transactions::item;
use super::{contacts, words};
use crate::told::{self, Books, Happened, OfCall};
use crate::{State, lists};
use crm::contact::Contact;
use model::{Dialect, Problem};
use serde_json::{Value, json};
use worker::webhook::Endpoint;
use worker::webhook::tongue::{Method, Request, Telling, Told, Tongue};

/// The vendor's tongue.
pub(crate) struct Omicall(pub(crate) State);

impl Tongue for Omicall {
    fn dialect(&self) -> Dialect {
        Dialect::Omicall
    }

    fn tell<'a>(&'a self, told: Told<'a>) -> Telling<'a> {
        Box::pin(async move {
            let books = Books::of(&self.0, told.tenant);
            let Some(event) = OfCall::read(told.event) else { return of_contact(&books, &told).await };
            let mut bodies = Vec::with_capacity(2);
            match event.happened {
                Happened::Ringing if wants(told.endpoint, "ringing") => bodies.push(living(&event, "ringing")),
                Happened::Answered if wants(told.endpoint, "answered") => bodies.push(living(&event, "answered")),
                Happened::Ringing | Happened::Answered => {}
                Happened::Ended => {
                    let record = record(&books, &event).await?;
                    if wants(told.endpoint, "hangup") {
                        bodies.push(hangup(&event, &record));
                    }
                    bodies.push(record);
                }
            }
            let post =
                |body: Value| Request { method: Method::Post, url: told.endpoint.url.clone(), body: body.to_string() };
            Ok(bodies.into_iter().map(post).collect())
        })
    }

    /// The vendor reads nothing of an answer but its HTTP status.
    fn refusal(&self, _: &str) -> Option<String> {
        None
    }
}

/// What happened to a contact.
async fn of_contact(books: &Books<'_>, told: &Told<'_>) -> Result<Vec<Request>, Problem> {
    let kind = match told.event["type"].as_str() {
        Some("contact.created") => "create",
        Some("contact.updated") => "update",
        Some("contact.deleted") => "delete",
        _ => return Ok(Vec::new()),
    };
    let Ok(contact) = serde_json::from_value::<Contact>(told.event["data"].clone()) else { return Ok(Vec::new()) };
    let users = lists::users(&books.actor, books.state).await?;
    let mut body = contacts::told(kind, &contact, &users);
    body["tenant_id"] = words::object_id(books.actor.tenant).into();
    Ok(vec![Request { method: Method::Post, url: told.endpoint.url.clone(), body: body.to_string() }])
}

/// Whether the receiver wants this state of living calls: all, when it named none.
fn wants(endpoint: &Endpoint, state: &str) -> bool {
    endpoint.choices.is_empty() || endpoint.choices.iter().any(|chosen| chosen == state)
}

fn living(event: &OfCall<'_>, state: &str) -> Value {
    let phone = words::number(event.phone());
    let (from, to) = match (event.is_inbound(), event.is_placed()) {
        (true, _) => (phone, event.extension()),
        // The house called itself: the number that it shows, and the one that it called.
        (false, true) => (words::number(event.text("from")), phone),
        (false, false) => (event.extension(), phone),
    };
    body(event, state, [from, to, words::number(event.text("hotline")), way(event)])
}

fn hangup(event: &OfCall<'_>, record: &Value) -> Value {
    let text = |name: &str| record[name].as_str().unwrap_or_default();
    body(event, "hangup", [text("from_number"), text("to_number"), text("hotline"), text("direction")])
}

/// Both names of the call's id stand in every event: receivers read one or the other.
fn body(event: &OfCall<'_>, state: &str, [from, to, hotline, direction]: [&str; 4]) -> Value {
    json!({
        "call_uuid": event.call.to_string(),
        "transaction_id": event.call.to_string(),
        "state": state,
        "direction": direction,
        "from_number": from,
        "to_number": to,
        "hotline": hotline,
        "created_time": event.at / 1000,
        "date_time": event.at,
    })
}

/// Calls inside have no word of their own while they live.
fn way(event: &OfCall<'_>) -> &'static str {
    if event.is_inbound() { "inbound" } else { "outbound" }
}

/// The record of a finished call, under the names of its list and those that receivers read besides.
async fn record(books: &Books<'_>, event: &OfCall<'_>) -> Result<Value, Problem> {
    let call = books.call(event.call).await?;
    let extension = match call.extension {
        Some(id) => books.extension(id).await?,
        None => None,
    };
    let hotline = match call.hotline {
        Some(id) => books.hotline(id).await?.map(|hotline| hotline.number),
        None => None,
    };
    let mut body = item(books.state, &books.actor, &call, extension.as_ref());
    let phone = if event.is_inbound() { &call.caller_number } else { &call.callee_number };
    let ended_by = match call.ended_by {
        model::EndedBy::Caller if event.is_inbound() => "end_call_by_customer",
        model::EndedBy::Callee if !event.is_inbound() => "end_call_by_customer",
        model::EndedBy::Caller | model::EndedBy::Callee => "end_call_by_agent",
        model::EndedBy::System => "end_call_by_system",
    };
    let more = json!({
        "state": "cdr",
        "call_uuid": call.id.to_string(),
        "from_number": words::number(&call.caller_number),
        "to_number": words::number(&call.callee_number),
        "phone_number": words::number(phone),
        "hotline": hotline.as_deref().map(words::number),
        "sip_number": hotline.as_deref().map(words::number),
        "recording_file_url": body["recording_file"],
        "answer_sec": words::answer_s(&call),
        "last_updated_date": call.ended_at,
        "time_start_call": call.started_at / 1000,
        "time_end_call": call.ended_at / 1000,
        "endby_name": ended_by,
        "is_auto_call": told::is_placed(&books.actor, books.state, &call).await?,
        "transfer_histories": [],
        "tenant_id": words::object_id(books.actor.tenant),
    });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    Ok(body)
}
