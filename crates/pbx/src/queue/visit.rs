//! Who waited in a queue and what came of it: written when the waiting ends, added up for the service level.

use acd::Figures;
use model::{Actor, CallId, ExtensionId, Permission, Problem, QueueId, QueueOutcome, TenantId};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::Db;

pub(crate) mod repo;

/// A caller's stay in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Whose.
    #[serde(with = "crate::text::id")]
    pub tenant: TenantId,
    /// Which call.
    #[serde(with = "crate::text::id")]
    pub call: CallId,
    /// The how many-th of the call, from 0.
    pub place: i64,
    /// Which queue.
    #[serde(with = "crate::text::id")]
    pub queue: QueueId,
    /// Who called.
    pub caller_number: String,
    /// When the caller joined, milliseconds since 1970.
    pub joined_at: i64,
    /// When the waiting ended.
    pub left_at: i64,
    /// What came of it.
    #[serde(with = "crate::text::queue_outcome")]
    pub outcome: QueueOutcome,
    /// Who took the call.
    #[serde(with = "crate::text::some_id")]
    pub agent: Option<ExtensionId>,
    /// How soon the caller should have been answered.
    #[serde(default = "usually_promised")]
    pub promised_ms: i64,
}

/// Of queues that say nothing else, and of visits that an earlier version wrote down.
fn usually_promised() -> i64 {
    20_000
}

/// How well a queue did from one time to another, milliseconds since 1970; `promised` is how soon a caller should be
/// answered.
pub async fn figures(
    actor: &Actor,
    db: &Db,
    queue: QueueId,
    from: i64,
    to: i64,
    promised: Duration,
) -> Result<Figures, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::figures(&mut tx, queue, (from, to), promised).await?)
}
