//! `call_transaction`: finished calls.

use super::answer::{Outcome, Paging, Payload, Refusal, page};
use super::auth::Client;
use super::input::{Body, Pairs};
use super::search::Wanted;
use super::words;
use crate::{State, links, told};
use axum::extract::{RawQuery, State as Shared};
use model::{Actor, CallId, ExtensionId, HotlineId, Kind, Problem, TenantId};
use pbx::calls::{self, Call, Filter, NotePatch};
use pbx::extension;
use rest::{Failure, Path};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The longest span of a list.
pub(super) const MOST_MS: i64 = 30 * 24 * 3600 * 1000;
/// How long a link to a recording counts.
const LINK_MS: i64 = 30 * 24 * 3600 * 1000;

pub(super) async fn list(Shared(state): Shared<State>, Client(actor): Client, RawQuery(query): RawQuery) -> Outcome {
    let pairs = Pairs::read(query.as_deref());
    let paging = Paging::of(pairs.count("page"), pairs.count("size"), 50);
    let wanted = Wanted {
        from_date: pairs.moment(&["from_date"])?,
        to_date: pairs.moment(&["to_date"])?,
        direction: pairs.all(&["direction"]),
        disposition: pairs.all(&["disposition"]),
        sip_numbers: pairs.all(&["sip_numbers"]),
        sip_users: pairs.all(&["sip_user"]),
        phone_numbers: pairs.all(&["source_number", "destination_number"]),
        agent_emails: pairs.all(&["agents"]),
        agent_uuids: pairs.all(&["user_uuids"]),
        ..Wanted::default()
    };
    let Some(filter) = wanted.filter(&actor, &state, MOST_MS).await? else {
        return Ok(page(Vec::new(), paging, 0));
    };
    let filter = Filter { number: pairs.first(&["keyword"]), ..filter };
    let slice = calls::slice(&actor, state.db(), filter, paging.offset(), paging.size).await?;
    let mut shown = Shown::new(&state, &actor);
    let mut items = Vec::with_capacity(slice.items.len());
    for call in &slice.items {
        items.push(shown.item(call).await?);
    }
    Ok(page(items, paging, slice.total))
}

pub(super) async fn detail(
    Shared(state): Shared<State>,
    Client(actor): Client,
    transaction: Result<Path<String>, Failure>,
) -> Outcome {
    let Path(transaction) = transaction?;
    let unknown = || Refusal::Word("transaction_id_invalid");
    let id: CallId = transaction.parse().map_err(|_| unknown())?;
    let found = match calls::get(&actor, state.db(), id).await {
        Err(problem) if problem.kind == Kind::NotFound => return Err(unknown()),
        other => other?,
    };
    Ok(Payload(Shown::new(&state, &actor).item(&found.call).await?))
}

/// What is written on a call.
#[derive(Deserialize)]
pub(super) struct Written {
    tag: Option<Vec<String>>,
    note: Option<String>,
}

pub(super) async fn change(
    Shared(state): Shared<State>,
    Client(actor): Client,
    transaction: Result<Path<String>, Failure>,
    Body(written): Body<Written>,
) -> Outcome {
    let Path(transaction) = transaction?;
    let unknown = || Refusal::Word("transaction_id_invalid");
    let id: CallId = transaction.parse().map_err(|_| unknown())?;
    let patch = NotePatch { text: written.note, tags: written.tag, ..NotePatch::default() };
    let at = |problem: &Problem, name: &str| problem.fields.iter().any(|field| field.name == name);
    match calls::annotate(&actor, state.db(), id, patch).await {
        Err(problem) if problem.kind == Kind::NotFound => return Err(unknown()),
        Err(problem) if at(&problem, "text") => return Err(Refusal::Told("note_invalid", problem.message)),
        Err(problem) if at(&problem, "tags") => return Err(Refusal::Told("tag_invalid", problem.message)),
        other => other?,
    };
    let found = calls::get(&actor, state.db(), id).await?;
    Ok(Payload(Shown::new(&state, &actor).item(&found.call).await?))
}

/// Turns calls into items; what several of them share is read once.
pub(super) struct Shown<'a> {
    state: &'a State,
    actor: &'a Actor,
    extensions: HashMap<ExtensionId, Option<extension::Extension>>,
    hotlines: HashMap<HotlineId, Option<String>>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(state: &'a State, actor: &'a Actor) -> Shown<'a> {
        Shown { state, actor, extensions: HashMap::new(), hotlines: HashMap::new() }
    }

    async fn extension(&mut self, id: ExtensionId) -> Result<Option<extension::Extension>, Refusal> {
        if let Some(known) = self.extensions.get(&id) {
            return Ok(known.clone());
        }
        // A deleted extension stays in the records of its calls.
        let found = match extension::get(self.actor, self.state.db(), id).await {
            Err(problem) if problem.kind == Kind::NotFound => None,
            other => Some(other?),
        };
        self.extensions.insert(id, found.clone());
        Ok(found)
    }

    /// Whose calls they are.
    pub(super) fn tenant(&self) -> TenantId {
        self.actor.tenant
    }

    /// The number of the hotline that the call concerned, as the vendor writes it.
    pub(super) async fn hotline(&mut self, call: &Call) -> Result<Option<String>, Refusal> {
        let Some(id) = call.hotline else { return Ok(None) };
        if let Some(known) = self.hotlines.get(&id) {
            return Ok(known.clone());
        }
        // A deleted hotline stays in the records of its calls.
        let found = match pbx::hotline::get(self.actor, self.state.db(), id).await {
            Err(problem) if problem.kind == Kind::NotFound => None,
            other => Some(words::number(&other?.number).to_owned()),
        };
        self.hotlines.insert(id, found.clone());
        Ok(found)
    }

    pub(super) async fn item(&mut self, call: &Call) -> Result<Value, Refusal> {
        let extension = match call.extension {
            Some(id) => self.extension(id).await?,
            None => None,
        };
        let mut item = item(self.state, self.actor, call, extension.as_ref());
        item["is_auto_call"] = told::is_placed(self.actor, self.state, call).await?.into();
        if let Some(note) = calls::notes(self.actor, self.state.db(), &[call.id]).await?.remove(&call.id) {
            item["note"] = note.text.into();
            item["tag"] = note.tags.into();
        }
        Ok(item)
    }
}

/// A finished call in the vendor's words.
pub(super) fn item(state: &State, actor: &Actor, call: &Call, extension: Option<&extension::Extension>) -> Value {
    let link = |_| links::to_recording(state, actor.tenant, call.id, LINK_MS);
    let name = extension.map_or("", |extension| extension.name.as_str());
    json!({
        "transaction_id": call.id.to_string(),
        "direction": words::direction(call.direction),
        "source_number": words::number(&call.caller_number),
        "destination_number": words::number(&call.callee_number),
        "disposition": words::disposition(call.status),
        "bill_sec": call.talk_ms / 1000,
        "record_seconds": call.recording.as_ref().map_or(0, |recording| recording.duration_ms / 1000),
        // A moment, and not a length as the name has it.
        "time_start_to_answer": call.answered_at.map_or(0, |at| at / 1000),
        "recording_file": call.recording.as_ref().map(link),
        "sip_user": extension.map(|extension| extension.number.as_str()),
        "duration": call.duration_ms / 1000,
        "provider": null,
        "note": null,
        "tag": [],
        "call_out_price": 0,
        "created_date": call.started_at,
        "last_updated_date": call.ended_at,
        "is_voicemail": false,
        "recording_file_voicemail": null,
        "user": [{ "full_name": name, "full_name_unsigned": words::unsigned(name), "note": null, "tag": [] }],
        "create_by": null,
        "internal_destination": null,
        "evaluations": null,
        "total_evaluate": null,
        "ivr": "none",
        "is_auto_call": false,
        "customer": { "full_name": call.caller_name, "full_name_unsigned": words::unsigned(&call.caller_name) },
        "is_have_forward_out": false,
        "bill_sec_forward_out": 0,
    })
}
