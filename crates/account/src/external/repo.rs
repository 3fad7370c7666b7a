//! How other systems' names of people are stored.

use model::UserId;
use sqlx::Row;
use std::collections::HashMap;
use store::{Error, Tx};

pub(super) async fn all(tx: &mut Tx) -> Result<HashMap<UserId, String>, Error> {
    let rows = sqlx::query("select user_id, value from user_external_ids where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| Ok((parsed(row.try_get(0)?)?, row.try_get(1)?))).collect()
}

pub(super) async fn find(tx: &mut Tx, value: &str) -> Result<Option<UserId>, Error> {
    let row = sqlx::query("select user_id from user_external_ids where tenant_id = $1 and value = $2")
        .bind(tx.tenant().to_owned())
        .bind(value.to_owned())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| parsed(row.try_get(0)?)).transpose()
}

pub(super) async fn insert(tx: &mut Tx, user: UserId, value: &str) -> Result<(), Error> {
    sqlx::query("insert into user_external_ids (tenant_id, user_id, value) values ($1, $2, $3)")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(value.to_owned())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    sqlx::query("delete from user_external_ids where tenant_id = $1 and user_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn parsed(text: &str) -> Result<UserId, Error> {
    text.parse().map_err(|_| Error::Corrupt("user id of an external id"))
}
