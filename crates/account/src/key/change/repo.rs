//! How the audit trail of keys is stored.

use super::Change;
use model::{Actor, EventId, KeyId};
use sqlx::Row;
use store::{Error, Sql, Tx};

pub(super) async fn insert(
    tx: &mut Tx,
    id: EventId,
    key: KeyId,
    kind: &str,
    actor: &Actor,
    at: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into key_changes (id, tenant_id, key_id, kind, user_id, by_key_id, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(key.to_string())
    .bind(kind)
    .bind(actor.user.map(|id| id.to_string()))
    .bind(actor.key.map(|id| id.to_string()))
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The newest first; whoever did it by name, or by id when that is not known here any more.
pub(super) async fn list(tx: &mut Tx, key: KeyId, before: Option<&str>, limit: u32) -> Result<Vec<Change>, Error> {
    let mut sql = Sql::new(
        "select c.id, c.kind, coalesce(u.login, k.name, c.user_id, c.by_key_id), c.changed_at
         from key_changes c
         left join users u on u.tenant_id = c.tenant_id and u.id = c.user_id
         left join api_keys k on k.tenant_id = c.tenant_id and k.id = c.by_key_id
         where c.tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand c.key_id = ").bind(key.to_string());
    if let Some(before) = before {
        sql.push("\nand c.id < ").bind(before);
    }
    sql.push("\norder by c.id desc\nlimit ").bind(i64::from(limit) + 1);
    let rows = sql.fetch_all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Change {
                id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("id of a change"))?,
                kind: row.try_get(1)?,
                by: row.try_get(2)?,
                at: row.try_get(3)?,
            })
        })
        .collect()
}
