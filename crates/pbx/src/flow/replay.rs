//! What if? The calls of the last days walk another graph, by the same machine as calls do, with the keys they pressed and at
//! the time they came; told are those that would end elsewhere.

mod past;
pub(crate) mod repo;

use super::draft;
use super::ending::Ending;
use crate::snapshot::{Snapshot, Tenant};
use ::flow::{Graph, Step, walk};
use model::{Actor, CallId, FlowId, Permission, Problem, Timestamp};
use past::Past;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use store::{Db, Tx, now};

/// The most days to look back.
pub const MOST_DAYS: u32 = 31;
/// The most calls that are walked; the newest ones.
const MOST_CALLS: usize = 10_000;
/// The most calls that are told one by one.
const TOLD: usize = 200;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What would have become of the calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowReplay))]
pub struct Replay {
    /// How many calls met the flow.
    pub calls: u64,
    /// How many would end where they ended.
    pub same: u64,
    /// How many would end elsewhere.
    pub elsewhere: u64,
    /// How many the new graph would ask something that they were never asked.
    pub undecided: u64,
    /// How many met a version that is not kept any more.
    pub unknown: u64,
    /// Whether there were more calls than are looked at.
    pub more: bool,
    /// The newest of those that would end elsewhere, or that cannot be decided.
    pub items: Vec<Replayed>,
}

/// What would have become of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReplayedCall))]
pub struct Replayed {
    /// Which call.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub call: CallId,
    /// When it came, milliseconds since 1970.
    pub started_at: i64,
    /// Who called.
    pub caller_number: String,
    /// The keys that were pressed; a comma stands for a time-out.
    pub digits: String,
    /// The version it met.
    pub version: i64,
    /// Whether the new graph asks something that this caller was never asked.
    pub undecided: bool,
    /// Where it ended.
    pub was: Ending,
    /// Where it would end.
    pub would: Ending,
}

/// A call that may have met the flow.
pub(crate) struct Candidate {
    pub(crate) id: CallId,
    pub(crate) started_at: i64,
    pub(crate) caller: String,
    pub(crate) trail: Vec<crate::calls::Decision>,
}

/// Walks the calls of the last `days` days through `graph`, or through the draft when there is none.
pub async fn run(actor: &Actor, db: &Db, id: FlowId, graph: Option<Graph>, days: u32) -> Result<Replay, Problem> {
    actor.require(Permission::ViewConfig)?;
    actor.require(Permission::ViewCalls)?;
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::invalid("days", format!("Use 1 to {MOST_DAYS}.")));
    }
    let mut tx = db.read(actor.tenant).await?;
    let flow = super::repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("flow"))?;
    let graph = draft::graph_of(&mut tx, &flow, graph).await?;
    let tenant = Snapshot::within(&mut tx).await?;
    let since = now().as_millis() - i64::from(days) * DAY_MS;
    let mut replay = Replay::default();
    let mut versions = HashMap::from([(flow.version, Some(flow.graph))]);
    let mut before: Option<(i64, CallId)> = None;
    loop {
        let calls = repo::calls(&mut tx, id, since, before).await?;
        let Some(last) = calls.last() else { break };
        before = Some((last.started_at, last.id));
        for call in &calls {
            for past in Past::read(&call.trail, id) {
                replay.calls += 1;
                let version = past.version.unwrap_or(flow.version);
                match known(&mut tx, id, version, &mut versions).await? {
                    Some(old) => replay.take(&tenant, call, &past, version, old, &graph),
                    None => replay.unknown += 1,
                }
            }
        }
        if replay.calls >= MOST_CALLS as u64 {
            replay.more = true;
            break;
        }
    }
    Ok(replay)
}

async fn known<'a>(
    tx: &mut Tx,
    flow: FlowId,
    version: i64,
    versions: &'a mut HashMap<i64, Option<Graph>>,
) -> Result<Option<&'a Graph>, Problem> {
    if let Entry::Vacant(place) = versions.entry(version) {
        let found = super::version::repo::find(tx, flow, version).await?;
        place.insert(found.map(|found| found.graph));
    }
    Ok(versions.get(&version).and_then(Option::as_ref))
}

impl Replay {
    fn take(&mut self, tenant: &Tenant, call: &Candidate, past: &Past, version: i64, old: &Graph, new: &Graph) {
        let was = past.walked(old);
        let at = Timestamp(call.started_at);
        let mut script = past.steps.clone();
        script.push(Step::Listen);
        let would = Ending::from(walk(new, &script, &|question| tenant.know(question, &call.caller, at)).end);
        if was.same(&would) {
            self.same += 1;
            return;
        }
        let undecided = would.waits();
        match undecided {
            true => self.undecided += 1,
            false => self.elsewhere += 1,
        }
        if self.items.len() < TOLD {
            self.items.push(Replayed {
                call: call.id,
                started_at: call.started_at,
                caller_number: call.caller.clone(),
                digits: past.digits(),
                version,
                undecided,
                was,
                would,
            });
        }
    }
}

#[cfg(test)]
mod tests;
