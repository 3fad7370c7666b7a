//! What agents did, from when to when: written when it begins and when it ends, and added up when it ends, in the same
//! transaction. What a process that died left open ended at its last sign of life.

pub(crate) mod repo;
#[cfg(test)]
mod tests;

use model::{CallId, ExtensionId, QueueId, TenantId};
use std::collections::BTreeMap;
use store::{Db, Error, Tx};

use crate::figures::{DAY_MS, QUARTER_MS};

/// The change of an agent's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub tenant: TenantId,
    /// Who.
    pub agent: ExtensionId,
    /// What they do from now on, by its stable word; none for who is offline.
    pub state: Option<&'static str>,
    /// Why, with a pause.
    pub reason: String,
    /// For a caller of which queue.
    pub queue: Option<QueueId>,
    /// For which call.
    pub call: Option<CallId>,
    /// Whether what they did before was an offer that they missed.
    pub missed: bool,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// A time in which an agent did one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spell {
    pub(crate) tenant: TenantId,
    pub(crate) agent: ExtensionId,
    pub(crate) began_at: i64,
    pub(crate) state: String,
    pub(crate) reason: String,
}

/// Where a time is added up: company, length of the span, its beginning, agent, state, reason.
pub(crate) type Place = (String, i64, i64, String, String, String);

impl Spell {
    /// Adds a spell that ended then: to each span it lies in its part, and to the one it began in the spell itself.
    pub(crate) fn add(&self, ended_at: i64, sums: &mut BTreeMap<Place, (i64, i64)>) {
        let ended_at = ended_at.max(self.began_at);
        for length in [QUARTER_MS, DAY_MS] {
            let mut from = self.began_at;
            loop {
                let span = from.div_euclid(length) * length;
                let to = ended_at.min(span + length);
                let (tenant, agent) = (self.tenant.to_string(), self.agent.to_string());
                let place = (tenant, length, span, agent, self.state.clone(), self.reason.clone());
                let sum = sums.entry(place).or_default();
                sum.0 += i64::from(from == self.began_at);
                sum.1 += to - from;
                from = to;
                if from >= ended_at {
                    break;
                }
            }
        }
    }
}

/// Writes changes, in their order.
pub async fn change(db: &Db, changes: &[Change]) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    let mut sums = BTreeMap::new();
    for change in changes {
        let open = repo::open(&mut tx, change.tenant, change.agent).await?;
        let mut at = change.at;
        if let Some(mut spell) = open {
            // Two changes of one millisecond, or a clock that was set back: the earlier one lasted for a moment.
            at = at.max(spell.began_at + 1);
            if spell.state == "offered" {
                spell.reason = match (change.missed, change.state) {
                    (true, _) => "missed",
                    (false, Some("on_call")) => "taken",
                    (false, _) => "",
                }
                .to_owned();
            }
            repo::close(&mut tx, &spell, at).await?;
            spell.add(at, &mut sums);
        }
        if let Some(state) = change.state {
            repo::begin(&mut tx, change, state, at).await?;
        }
    }
    repo::add(&mut tx, sums).await?;
    tx.commit().await
}

/// Whoever runs the queues begins: what is open ended at the last sign of the one before, if not before.
pub async fn restart(db: &Db, now: i64) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    let at = repo::last_sign(&mut tx).await?.unwrap_or(now).min(now);
    let mut sums = BTreeMap::new();
    for spell in repo::all_open(&mut tx).await? {
        let at = at.max(spell.began_at);
        repo::close(&mut tx, &spell, at).await?;
        spell.add(at, &mut sums);
    }
    repo::add(&mut tx, sums).await?;
    sign_in(&mut tx, now).await?;
    tx.commit().await
}

/// Whoever runs the queues lives.
pub async fn sign(db: &Db, now: i64) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    sign_in(&mut tx, now).await?;
    tx.commit().await
}

async fn sign_in(tx: &mut Tx, now: i64) -> Result<(), Error> {
    repo::set_sign(tx, now).await
}
