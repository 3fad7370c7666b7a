//! How API keys are stored.

use super::Key;
use model::{KeyId, Role, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

/// A live key as a request finds it.
pub(crate) struct Bearer {
    pub(crate) id: KeyId,
    pub(crate) tenant: TenantId,
    pub(crate) role: Role,
    pub(crate) last_used_at: Option<i64>,
}

pub(super) async fn insert(tx: &mut Tx, key: &Key, hash: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into api_keys (id, tenant_id, name, role, hash, hint, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(key.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&key.name)
    .bind(key.role.as_str())
    .bind(hash)
    .bind(&key.hint)
    .bind(key.created_at)
    .bind(key.expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: KeyId) -> Result<Option<Key>, Error> {
    let row = sqlx::query(
        "select id, name, role, hint, created_at, last_used_at, revoked_at, expires_at
         from api_keys
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Key>, Error> {
    let rows = sqlx::query(
        "select id, name, role, hint, created_at, last_used_at, revoked_at, expires_at
         from api_keys
         where tenant_id = $1
         and id > $2
         order by id
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn revoke(tx: &mut Tx, id: KeyId, at: i64) -> Result<(), Error> {
    sqlx::query("update api_keys set revoked_at = $3 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The live key with this digest, of whatever company: the key is what says which.
pub(crate) async fn find_bearer(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<Bearer>, Error> {
    let row = sqlx::query(
        "select id, tenant_id, role, last_used_at
         from api_keys
         where hash = $1
         and revoked_at is null
         and (expires_at is null or expires_at > $2)",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Bearer {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("key id"))?,
        tenant: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("tenant id of a key"))?,
        role: Role::parse(row.try_get(2)?).ok_or(Error::Corrupt("role of a key"))?,
        last_used_at: row.try_get(3)?,
    }))
}

pub(crate) async fn used(tx: &mut Tx, id: KeyId, at: i64) -> Result<(), Error> {
    sqlx::query("update api_keys set last_used_at = $3 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Key, Error> {
    Ok(Key {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("key id"))?,
        name: row.try_get(1)?,
        role: Role::parse(row.try_get(2)?).ok_or(Error::Corrupt("role of a key"))?,
        hint: row.try_get(3)?,
        created_at: row.try_get(4)?,
        last_used_at: row.try_get(5)?,
        revoked_at: row.try_get(6)?,
        expires_at: row.try_get(7)?,
    })
}
