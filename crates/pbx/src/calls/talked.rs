//! What was talked to the outside lately, so that bounds on it outlive the process that counts.

use super::repo;
use model::{ExtensionId, Problem, TenantId};
use store::Db;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Calls to the outside that ended in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talked {
    /// Whose, where one is known.
    pub extension: Option<ExtensionId>,
    /// How many hours ago.
    pub hours_ago: u64,
    /// How long they were talked together, in milliseconds.
    pub talk_ms: u64,
}

/// What a company's people talked to the outside in the last 24 hours. `now` is in milliseconds since 1970.
pub async fn talked_outside(db: &Db, company: TenantId, now: i64) -> Result<Vec<Talked>, Problem> {
    let mut tx = db.read(company).await?;
    // A call may have begun a day before the first that counts.
    let rows = repo::talked(&mut tx, now - DAY_MS, now - 2 * DAY_MS).await?;
    let talked = |(extension, hour, talk_ms): (Option<String>, i64, i64)| Talked {
        extension: extension.and_then(|id| id.parse().ok()),
        hours_ago: u64::try_from(now / HOUR_MS - hour).unwrap_or(0),
        talk_ms: u64::try_from(talk_ms).unwrap_or(0),
    };
    Ok(rows.into_iter().map(talked).filter(|talked| talked.talk_ms > 0).collect())
}
