//! From the outbox to the endpoints: each event becomes one delivery per endpoint that wants it. The deliveries and
//! the place reached in the outbox are written in one transaction, so a crash neither loses nor doubles one.
//!
//! Events that nobody wants cost no transaction: the place behind them is written later, by [`keep`]. A crash before that
//! brings them back, and again nobody wants them.

use super::repo;
use model::{EndpointId, Problem, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use store::lease::Lease;
use store::{Db, outbox};

/// The name of our cursor in the outbox.
pub(super) const READER: &str = "webhooks";
/// How many events one step takes.
const BATCH: u32 = 500;

/// What one step did.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// How far the outbox is read now.
    pub(super) seq: i64,
    /// The endpoints (company, id) that have something new.
    pub(super) endpoints: HashSet<(String, EndpointId)>,
    /// Whether more events may be there already.
    pub(super) more: bool,
    /// Whether the place reached is written down.
    pub(super) written: bool,
    /// Nobody listens: the next look can wait for the poll.
    pub(super) unheard: bool,
}

/// Where the last run stopped.
pub(super) async fn position(db: &Db) -> Result<i64, Problem> {
    let mut tx = db.system().await?;
    Ok(outbox::cursor(&mut tx, READER).await?)
}

/// Writes down the place reached behind events that nobody wanted; false when the lease is another's by now.
pub(super) async fn keep(db: &Db, lease: &Lease, seq: i64) -> Result<bool, Problem> {
    let mut tx = db.system_write().await?;
    let held = lease.holds(&mut tx).await?;
    if held {
        outbox::advance(&mut tx, READER, seq).await?;
    }
    tx.commit().await?;
    Ok(held)
}

/// Takes the next events after `after`; none when the lease is another's by now.
pub(super) async fn step(db: &Db, lease: &Lease, after: i64, now: Timestamp) -> Result<Option<Step>, Problem> {
    if let Some(last) = nobody_listens(db).await? {
        return Ok(Some(Step { seq: last.max(after), unheard: true, ..Step::default() }));
    }
    let events = outbox::read(db, None, after, BATCH).await?;
    let Some(seq) = events.last().map(|e| e.seq) else {
        return Ok(Some(Step { seq: after, ..Step::default() }));
    };
    let tenants: BTreeSet<String> = events.iter().map(|e| e.tenant.to_string()).collect();
    let mut tx = db.system_write().await?;
    if !lease.holds(&mut tx).await? {
        return Ok(None);
    }
    let targets = repo::targets(&mut tx, &tenants.into_iter().collect::<Vec<_>>()).await?;
    let mut rows = repo::new_deliveries();
    let mut endpoints = HashSet::new();
    for event in &events {
        let tenant = event.tenant.to_string();
        let wanting = |t: &&repo::Target| t.tenant == tenant && event.seq > t.from_seq && t.endpoint.wants(&event.kind);
        let mut made: Option<(String, String)> = None;
        for target in targets.iter().filter(wanting) {
            let (lane, text) = match &made {
                Some(made) => made.clone(),
                // The same for each of the company's receivers.
                None => {
                    let data = data(event)?;
                    let lane = lane(event, &data);
                    made.insert((lane, body(event, data))).clone()
                }
            };
            repo::push_delivery(&mut rows, target, event, &lane, text, now);
            endpoints.insert((tenant.clone(), target.endpoint.id));
        }
    }
    let written = !rows.is_empty();
    if written {
        rows.insert(&mut tx).await?;
        outbox::advance(&mut tx, READER, seq).await?;
        tx.commit().await?;
    }
    Ok(Some(Step { seq, endpoints, more: events.len() == BATCH as usize, written, unheard: false }))
}

/// The newest event's number when no company has an endpoint. One made later wants only what is told after it was made.
async fn nobody_listens(db: &Db) -> Result<Option<i64>, Problem> {
    let last = outbox::last(db).await?;
    let mut tx = db.system().await?;
    Ok((!repo::any_enabled(&mut tx).await?).then_some(last))
}

fn data(event: &outbox::Event) -> Result<Value, Problem> {
    serde_json::from_str(&event.data)
        .map_err(|error| Problem::internal(format!("event {} holds no JSON: {error}", event.id)))
}

/// What is told in order: a call, or the thing that the event is about (an extension that was created and then deleted, an
/// agent's states); an event about neither stands alone.
fn lane(event: &outbox::Event, data: &Value) -> String {
    let thing = || ["id", "extension_id"].iter().find_map(|name| data[name].as_str());
    match event.call {
        Some(call) => call.to_string(),
        None => thing().map_or_else(|| event.id.to_string(), str::to_owned),
    }
}

/// What the receiver reads; the live socket sends the same words.
fn body(event: &outbox::Event, data: Value) -> String {
    json!({
        "id": event.id.to_string(),
        "seq": event.seq,
        "type": event.kind,
        "at": event.created_at.as_millis(),
        "call_id": event.call.map(|id| id.to_string()),
        "data": data,
    })
    .to_string()
}
