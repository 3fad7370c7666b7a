//! Follows what agents want: at once when somebody of this process changed it, within a second when another did.

use std::time::Duration;

use model::Problem;
use store::Db;

use super::{Queues, Word};

/// How often the number of changes is looked up, for those made by another process.
const POLL: Duration = Duration::from_secs(1);

pub(super) async fn follow(db: Db, queues: Queues) {
    let mut seen = None;
    loop {
        match look(&db, seen, &queues).await {
            Ok(version) => seen = Some(version),
            Err(error) => tracing::warn!(%error, "what agents want cannot be read; their last states stay"),
        }
        // Either ends the wait.
        let _ = tokio::time::timeout(POLL, queues.wished.notified()).await;
    }
}

async fn look(db: &Db, seen: Option<i64>, queues: &Queues) -> Result<i64, Problem> {
    // Read first: a change that comes in between is read twice rather than missed.
    let version = pbx::agent::version(db).await?;
    if seen != Some(version) {
        queues.say(Word::Wishes(pbx::agent::wishes(db).await?));
    }
    Ok(version)
}
