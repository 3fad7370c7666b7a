//! The marks that callers give to calls: kept as soon as the key is pressed, since the call goes on, or ends, at once.

use model::{CallId, ExtensionId, Problem, QueueId, TenantId};
use serde_json::json;
use store::{Db, NewEvent, now};

/// A mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// Of which call.
    pub call: CallId,
    /// How good, the best is what the flow says, the worst is 1.
    pub mark: u8,
    /// The queue that the caller waited in.
    pub queue: Option<QueueId>,
    /// Who talked with the caller.
    pub extension: Option<ExtensionId>,
}

/// Keeps a mark; a later one of the same call takes its place.
pub async fn keep(db: &Db, tenant: TenantId, rating: &Rating) -> Result<(), Problem> {
    let mut tx = db.write(tenant).await?;
    repo::save(&mut tx, rating, now().as_millis()).await?;
    let data = json!({
        "call_id": rating.call.to_string(),
        "mark": rating.mark,
        "queue_id": rating.queue.map(|id| id.to_string()),
        "extension_id": rating.extension.map(|id| id.to_string()),
    });
    tx.emit(NewEvent { kind: "call.rated", call: Some(rating.call), data: data.to_string() });
    tx.commit().await?;
    Ok(())
}

mod repo;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{company, told};
    use store::mint;
    use store::testing::{TestDb, on_both};

    #[tokio::test]
    async fn a_later_mark_takes_the_place_of_the_first() {
        on_both(async |db: &TestDb| {
            let ours = company(db, "ours").await;
            let rating = Rating { call: mint(), mark: 2, queue: None, extension: None };
            keep(db, ours.tenant, &rating).await.expect("kept");
            keep(db, ours.tenant, &Rating { mark: 5, ..rating }).await.expect("kept");
            let mut tx = db.read(ours.tenant).await.expect("a transaction");
            assert_eq!(repo::find(&mut tx, rating.call).await.expect("a mark"), Some(5));
            drop(tx);
            let theirs = company(db, "theirs").await;
            keep(db, theirs.tenant, &Rating { mark: 1, ..rating }).await.expect("nothing to do");
            let mut tx = db.read(ours.tenant).await.expect("a transaction");
            assert_eq!(repo::find(&mut tx, rating.call).await.expect("a mark"), Some(5), "not theirs to change");
            assert!(told(db).await.contains(&"call.rated".to_owned()));
        })
        .await;
    }
}
