//! How marks are stored.

use super::Rating;
#[cfg(test)]
use model::CallId;
#[cfg(test)]
use sqlx::Row;
use store::{Error, Tx};

pub(super) async fn save(tx: &mut Tx, rating: &Rating, at: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into call_ratings (call_id, tenant_id, mark, queue_id, extension_id, rated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (call_id) do update
         set mark = excluded.mark, rated_at = excluded.rated_at
         where call_ratings.tenant_id = excluded.tenant_id",
    )
    .bind(rating.call.to_string())
    .bind(tx.tenant().to_owned())
    .bind(i64::from(rating.mark))
    .bind(rating.queue.map(|id| id.to_string()))
    .bind(rating.extension.map(|id| id.to_string()))
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[cfg(test)]
pub(super) async fn find(tx: &mut Tx, call: CallId) -> Result<Option<i64>, Error> {
    let row = sqlx::query("select mark from call_ratings where tenant_id = $1 and call_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(call.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}
