//! Writes down what came of the attempts, many in one transaction, and tells each lane when its line is on the disk:
//! only then may the next event of the same call go out.

use super::endpoint::State;
use super::repo::{self, Due};
use model::{EndpointId, Timestamp};
use std::time::Duration;
use store::{Db, Error};
use tokio::sync::{mpsc, oneshot};

/// What came of one attempt.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) tenant: String,
    pub(super) endpoint: EndpointId,
    pub(super) due: Due,
    pub(super) state: State,
    pub(super) next_at: Timestamp,
    pub(super) began_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) duration_ms: i64,
    pub(super) status: Option<i64>,
    pub(super) error: Option<String>,
    pub(super) answer: Option<String>,
}

/// An outcome and whom to tell that it is written.
pub(super) type Line = (Outcome, oneshot::Sender<()>);

/// The most lines of one transaction.
const GROUP: usize = 200;

/// Writes lines until the last lane is gone.
pub(super) async fn run(db: Db, mut lines: mpsc::Receiver<Line>) {
    let mut group = Vec::with_capacity(GROUP);
    while lines.recv_many(&mut group, GROUP).await > 0 {
        while let Err(error) = write(&db, &group).await {
            tracing::warn!(%error, lines = group.len(), "the outcome of webhook attempts cannot be stored yet");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        for (_, written) in group.drain(..) {
            // A lane that stopped waiting has no use for the answer.
            let _ = written.send(());
        }
    }
}

async fn write(db: &Db, group: &[Line]) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    for (outcome, _) in group {
        repo::settle(&mut tx, outcome).await?;
    }
    tx.commit().await
}
