//! How phones that set themselves up are stored.

use super::{Device, Model};
use model::{ExtensionId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

/// A phone that a token belongs to.
pub(super) struct Owner {
    pub(super) company: TenantId,
    pub(super) extension: ExtensionId,
    pub(super) mac: String,
    pub(super) model: Model,
    pub(super) ends_at: i64,
}

pub(super) async fn insert(tx: &mut Tx, device: &Device, hash: &str, ends_at: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into devices (mac, tenant_id, extension_id, model, token_hash, token_ends_at, fetched_from, created_at)
         values ($1, $2, $3, $4, $5, $6, '', $7)",
    )
    .bind(device.mac.clone())
    .bind(tx.tenant().to_owned())
    .bind(device.extension.to_string())
    .bind(device.model.as_str())
    .bind(hash.to_owned())
    .bind(ends_at)
    .bind(device.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives a phone another token.
pub(super) async fn renew(tx: &mut Tx, mac: &str, hash: &str, ends_at: i64) -> Result<(), Error> {
    sqlx::query("update devices set token_hash = $3, token_ends_at = $4 where tenant_id = $1 and mac = $2")
        .bind(tx.tenant().to_owned())
        .bind(mac.to_owned())
        .bind(hash.to_owned())
        .bind(ends_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, mac: &str) -> Result<(), Error> {
    sqlx::query("delete from devices where tenant_id = $1 and mac = $2")
        .bind(tx.tenant().to_owned())
        .bind(mac.to_owned())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets the phones of an extension.
pub(crate) async fn delete_of(tx: &mut Tx, extension: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from devices where tenant_id = $1 and extension_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(extension.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The phones of an extension; `now` tells which addresses still work.
pub(super) async fn list(tx: &mut Tx, extension: ExtensionId, now: i64) -> Result<Vec<Device>, Error> {
    let mut sql = Sql::new(
        "select mac, extension_id, model, token_hash, token_ends_at, fetched_at, fetched_from, created_at
         from devices
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand extension_id = ").bind(extension.to_string()).push("\norder by mac");
    sql.fetch_all(tx).await?.iter().map(|row| read(row, now)).collect()
}

/// Whose token has this hash, of all companies.
pub(super) async fn by_token(tx: &mut Tx, hash: &str) -> Result<Option<Owner>, Error> {
    let mut sql =
        Sql::new("select tenant_id, extension_id, mac, model, token_ends_at\nfrom devices\nwhere token_hash = ");
    sql.bind(hash);
    let rows = sql.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Owner {
        company: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id"))?,
        extension: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("extension id"))?,
        mac: row.try_get(2)?,
        model: model(row.try_get(3)?)?,
        ends_at: row.try_get(4)?,
    }))
}

/// Uses a token up; false when somebody else was first.
pub(super) async fn use_up(tx: &mut Tx, hash: &str, now: i64, from: &str) -> Result<bool, Error> {
    let done = sqlx::query(
        "update devices
         set token_hash = null, fetched_at = $3, fetched_from = $4
         where tenant_id = $1
         and token_hash = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(hash.to_owned())
    .bind(now)
    .bind(from.to_owned())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

fn model(word: &str) -> Result<Model, Error> {
    let found = Model::ALL.into_iter().find(|(_, known)| *known == word);
    found.map(|(model, _)| model).ok_or(Error::Corrupt("model of a device"))
}

fn read(row: &AnyRow, now: i64) -> Result<Device, Error> {
    let waits = row.try_get::<Option<String>, _>(3)?.is_some();
    let ends_at: i64 = row.try_get(4)?;
    Ok(Device {
        mac: row.try_get(0)?,
        extension: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("extension id"))?,
        model: model(row.try_get(2)?)?,
        waits_until: (waits && ends_at > now).then_some(ends_at),
        fetched_at: row.try_get(5)?,
        fetched_from: row.try_get(6)?,
        created_at: row.try_get(7)?,
    })
}
