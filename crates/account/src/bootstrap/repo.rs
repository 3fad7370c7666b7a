//! How secrets that must be told again are stored.

use sqlx::Row;
use store::{Error, Tx, now};

pub(super) async fn find(tx: &mut Tx, name: &str) -> Result<Option<String>, Error> {
    let row = sqlx::query("select sealed from kept_secrets where tenant_id = $1 and name = $2")
        .bind(tx.tenant().to_owned())
        .bind(name)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub(super) async fn insert(tx: &mut Tx, name: &str, sealed: &str) -> Result<(), Error> {
    sqlx::query("insert into kept_secrets (tenant_id, name, sealed, created_at) values ($1, $2, $3, $4)")
        .bind(tx.tenant().to_owned())
        .bind(name)
        .bind(sealed)
        .bind(now().as_millis())
        .execute(tx.conn())
        .await?;
    Ok(())
}
