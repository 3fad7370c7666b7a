//! Follows the callbacks in the database: those of a process before this one when the queues begin to run here, and those that
//! somebody takes back.

use std::time::Duration;

use store::Db;

use super::{Queues, Word};

/// How often the number of changes is looked up.
const POLL: Duration = Duration::from_secs(1);
/// How long to wait before the callbacks are read again after that was in vain.
const PAUSE: Duration = Duration::from_secs(2);

/// Reads all of them, sooner or later.
pub(super) fn read(db: Db, queues: Queues) {
    tokio::spawn(async move {
        loop {
            match pbx::callback::open(&db).await {
                Ok(all) => return queues.say(Word::Callbacks(all)),
                Err(error) => tracing::warn!(%error, "the callbacks of queues cannot be read; trying again"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
}

/// Reads them again whenever somebody has changed one.
pub(super) async fn follow(db: Db, queues: Queues) {
    let mut seen = None;
    loop {
        tokio::time::sleep(POLL).await;
        match pbx::callback::version(&db).await {
            Ok(version) => {
                if seen.is_some_and(|seen| seen != version) {
                    read(db.clone(), queues.clone());
                }
                seen = Some(version);
            }
            Err(error) => tracing::warn!(%error, "changes of callbacks cannot be looked up"),
        }
    }
}
