//! What one can do with records of calls.

use super::own::{self, Reach};
use super::{Call, CallDetail, CallRecord, Decision, Filter, Party, Recording, Tally, Walk, repo};
use crate::recording::manifest::{self, Fact, Kind as Entry};
use crate::{extension, figures, hotline};
use model::{Actor, CallId, Kind, Page, PageRequest, Permission, PhoneNumber, Problem, Slice};
use std::collections::BTreeMap;
use store::{Db, Error, NewEvent, Tx};

/// Writes the record of a finished call, once: a second time changes and tells nothing. Its event is told with it.
pub async fn record(tx: &mut Tx, record: &CallRecord) -> Result<bool, Problem> {
    Ok(record_many(tx, std::slice::from_ref(record)).await? == 1)
}

/// Writes many records, of whatever companies, and tells how many were new.
pub async fn record_many(tx: &mut Tx, records: &[CallRecord]) -> Result<usize, Error> {
    let written = repo::insert(tx, records).await?;
    figures::count(tx, written.iter().map(|(record, _)| *record)).await?;
    for (record, legs) in &written {
        let data = event_data(record, legs);
        tx.emit_for(record.tenant, NewEvent { kind: "call.ended", call: Some(record.id), data });
    }
    Ok(written.len())
}

/// The call as lists show it, with its legs; `legs` is their JSON.
fn event_data(record: &CallRecord, legs: &str) -> String {
    let mut data = serde_json::to_string(&record.view()).expect("a call has only text for keys");
    data.pop();
    data.push_str(",\"legs\":");
    data.push_str(legs);
    data.push('}');
    data
}

/// Writes that a recording is finished, once, with its event.
pub async fn record_recording(tx: &mut Tx, recording: &Recording) -> Result<bool, Error> {
    let new = repo::insert_recording(tx, recording).await?;
    if let Some(sha256) = recording.sha256.as_ref().filter(|_| new) {
        let (file, sha256) = (recording.file.clone(), sha256.clone());
        let (kind, call, size_bytes, at) = (Entry::Added, recording.call, recording.size_bytes, recording.created_at);
        manifest::append(tx, recording.tenant, Fact { kind, call, file, sha256, size_bytes, at }).await?;
    }
    if new {
        let data = serde_json::json!({
            "call": recording.call.to_string(),
            "duration_ms": recording.duration_ms,
            "size_bytes": recording.size_bytes,
            "complete": recording.complete,
        });
        let event = NewEvent { kind: "recording.ready", call: Some(recording.call), data: data.to_string() };
        tx.emit_for(recording.tenant, event);
    }
    Ok(new)
}

/// The calls of the company, newest first. People who may not see all calls get those of the own extension.
pub async fn list(actor: &Actor, db: &Db, filter: Filter, page: PageRequest) -> Result<Page<Call>, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    let reach = Reach::of(actor, &mut tx).await?;
    let after = page.after.as_deref().map(read_key).transpose()?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let Some(filter) = reach.within(filter) else { return Ok(Page { items: Vec::new(), next: None }) };
    let filter = with_whole_number(&mut tx, filter).await?;
    let rows = repo::list(&mut tx, &filter, after, limit).await?;
    Ok(Page::from_rows(rows, limit, key_of))
}

/// The calls that any of these numbers, in any usual form, took part in, newest first. Who may not see all calls gets
/// those of the own extension.
pub async fn with_numbers(
    actor: &Actor,
    db: &Db,
    numbers: Vec<String>,
    page: PageRequest,
) -> Result<Page<Call>, Problem> {
    actor.require(Permission::MakeCalls)?;
    let after = page.after.as_deref().map(read_key).transpose()?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut own = None;
    if !actor.role.may(Permission::ViewCalls) {
        let Some(user) = actor.user else { return Ok(Page { items: Vec::new(), next: None }) };
        let Some(extension) = extension::find_by_user(actor, db, user).await? else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        own = Some(extension.id);
    }
    let mut tx = db.read(actor.tenant).await?;
    // Several numbers may have taken part in one call.
    let mut found = BTreeMap::new();
    for number in numbers {
        let filter = Filter { number: Some(number), extension: own, ..Filter::default() };
        let filter = with_whole_number(&mut tx, filter).await?;
        let calls = repo::list(&mut tx, &filter, after, limit).await?;
        found.extend(calls.into_iter().map(|call| ((call.started_at, call.id), call)));
    }
    let rows = found.into_values().rev().take(limit as usize + 1).collect();
    Ok(Page::from_rows(rows, limit, key_of))
}

/// A piece of the same list by position.
pub async fn slice(actor: &Actor, db: &Db, filter: Filter, offset: u64, limit: u32) -> Result<Slice<Call>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let filter = with_whole_number(&mut tx, filter).await?;
    let total = repo::count(&mut tx, &filter).await?;
    let items = repo::slice(&mut tx, &filter, offset, limit.clamp(1, PageRequest::MAX)).await?;
    Ok(Slice { items, total })
}

/// A piece of the calls of the company by position, like [`slice`] but without counting all of them.
pub async fn piece(actor: &Actor, db: &Db, filter: Filter, offset: u64, limit: u32) -> Result<Vec<Call>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let filter = with_whole_number(&mut tx, filter).await?;
    Ok(repo::slice(&mut tx, &filter, offset, limit.clamp(1, PageRequest::MAX)).await?)
}

/// The calls of the company with their legs, from a key on and in the order of the walk; and whether there are more.
pub async fn walk(actor: &Actor, db: &Db, filter: Filter, walk: Walk) -> Result<(Vec<CallDetail>, bool), Problem> {
    actor.require(Permission::ViewCalls)?;
    let limit = walk.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let filter = with_whole_number(&mut tx, filter).await?;
    let mut found = repo::walk(&mut tx, &filter, Walk { limit, ..walk }).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    Ok((found, more))
}

/// How many calls there were, by direction and by what became of them.
pub async fn tally(actor: &Actor, db: &Db, filter: Filter) -> Result<Vec<Tally>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    let filter = with_whole_number(&mut tx, filter).await?;
    Ok(repo::tally(&mut tx, &filter).await?)
}

/// The filter with its numbers as records hold them.
async fn with_whole_number(tx: &mut Tx, mut filter: Filter) -> Result<Filter, Problem> {
    let numbers = filter.parties.iter_mut().flatten().filter_map(|party| match party {
        Party::Number(number) => Some(number),
        Party::Extension(_) | Party::Hotline(_) => None,
    });
    let mut numbers: Vec<&mut String> = numbers.chain(filter.number.as_mut()).collect();
    if !numbers.is_empty() {
        let country = hotline::repo::country(tx).await?;
        for number in &mut numbers {
            if let Some(whole) = PhoneNumber::parse(number, &country) {
                **number = whole.to_string();
            }
        }
    }
    Ok(filter)
}

fn key_of(call: &Call) -> String {
    format!("{}.{}", call.started_at, call.id)
}

/// Reads the key of the call that the page before ended with.
fn read_key(text: &str) -> Result<(i64, CallId), Problem> {
    let parts = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parts.ok_or_else(|| Problem::invalid("after", "Send the `next` of the page before."))
}

/// One call with its legs. People who may not see all calls see those of the own extension.
pub async fn get(actor: &Actor, db: &Db, id: CallId) -> Result<CallDetail, Problem> {
    own::find(actor, &mut db.read(actor.tenant).await?, id).await
}

/// Why a call went where it went.
pub async fn trail(actor: &Actor, db: &Db, id: CallId) -> Result<Vec<Decision>, Problem> {
    actor.require(Permission::ViewCalls)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::trail(&mut tx, id).await?.ok_or_else(|| Problem::not_found("call"))
}

/// Where the recording of a call lies. People who may not see all calls hear those of the own extension.
pub async fn recording(actor: &Actor, db: &Db, id: CallId) -> Result<Recording, Problem> {
    let mut tx = db.read(actor.tenant).await?;
    let missing = || Problem::not_found("recording");
    match own::find(actor, &mut tx, id).await {
        Err(problem) if problem.kind == Kind::NotFound => return Err(missing()),
        found => found?,
    };
    repo::find_recording(&mut tx, id).await?.ok_or_else(missing)
}
