//! How API keys are stored.

use super::Key;
use model::{Dialect, KeyId, Network, Role, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

/// A key as a request finds it.
pub(crate) struct Found {
    pub(crate) id: KeyId,
    pub(crate) tenant: TenantId,
    pub(crate) role: Role,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) addresses: Vec<Network>,
    pub(crate) requests_per_minute: Option<u32>,
    /// What all of its company may make of the API in a second, when that is bounded.
    pub(crate) company_requests_per_second: Option<u32>,
    /// The secrets that count, sealed, of dialects that prove them by a hash; the newest first.
    pub(crate) sealed: Vec<String>,
    /// Whether its company may do nothing for now.
    pub(crate) suspended: bool,
}

/// A secret as it is kept.
pub(super) struct Kept<'a> {
    pub(super) hash: &'a str,
    pub(super) sealed: Option<&'a str>,
}

pub(super) async fn insert(tx: &mut Tx, key: &Key, secret: Kept<'_>) -> Result<(), Error> {
    sqlx::query(
        "insert into api_keys (id, tenant_id, name, role, hash, hint, created_at, dialect, public_id, sealed, expires_at,
         addresses, requests_per_minute)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(key.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&key.name)
    .bind(key.role.as_str())
    .bind(secret.hash)
    .bind(&key.hint)
    .bind(key.created_at)
    .bind(key.dialect.as_str())
    .bind(key.public_id.as_deref())
    .bind(secret.sealed)
    .bind(key.expires_at)
    .bind(key.allowed_addresses.join(" "))
    .bind(key.requests_per_minute.map(i64::from))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: KeyId) -> Result<Option<Key>, Error> {
    let row = sqlx::query(
        "select id, name, role, hint, created_at, last_used_at, revoked_at, dialect, public_id, expires_at, addresses,
         requests_per_minute, previous_until
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
        "select id, name, role, hint, created_at, last_used_at, revoked_at, dialect, public_id, expires_at, addresses,
         requests_per_minute, previous_until
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

pub(super) async fn save(tx: &mut Tx, key: &Key) -> Result<(), Error> {
    sqlx::query(
        "update api_keys
         set name = $3, expires_at = $4, addresses = $5, requests_per_minute = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(key.id.to_string())
    .bind(&key.name)
    .bind(key.expires_at)
    .bind(key.allowed_addresses.join(" "))
    .bind(key.requests_per_minute.map(i64::from))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts a new secret in the place of the old one, which is kept until `key.previous_until`.
pub(super) async fn rotate(tx: &mut Tx, key: &Key, secret: Kept<'_>) -> Result<(), Error> {
    sqlx::query(
        "update api_keys
         set previous_hash = hash, previous_sealed = sealed, previous_until = $3, hash = $4, sealed = $5, hint = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(key.id.to_string())
    .bind(key.previous_until)
    .bind(secret.hash)
    .bind(secret.sealed)
    .bind(&key.hint)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The live key with this secret, of whatever company: the key is what says which.
pub(crate) async fn find_secret(tx: &mut Tx, dialect: Dialect, hash: &str, now: i64) -> Result<Option<Found>, Error> {
    let row = sqlx::query(
        "select id, tenant_id, role, last_used_at, addresses, requests_per_minute, sealed, previous_sealed, previous_until,
         (select q.api_requests_per_second from quotas q where q.tenant_id = api_keys.tenant_id),
         (select t.suspended_at from tenants t where t.id = api_keys.tenant_id)
         from api_keys
         where (hash = $1 or (previous_hash = $1 and previous_until > $2))
         and dialect = $3
         and revoked_at is null
         and (expires_at is null or expires_at > $2)",
    )
    .bind(hash)
    .bind(now)
    .bind(dialect.as_str())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(|row| read_found(row, now)).transpose()
}

/// The live key with this public name, of whatever company.
pub(crate) async fn find_public(tx: &mut Tx, dialect: Dialect, public: &str, now: i64) -> Result<Option<Found>, Error> {
    let row = sqlx::query(
        "select id, tenant_id, role, last_used_at, addresses, requests_per_minute, sealed, previous_sealed, previous_until,
         (select q.api_requests_per_second from quotas q where q.tenant_id = api_keys.tenant_id),
         (select t.suspended_at from tenants t where t.id = api_keys.tenant_id)
         from api_keys
         where dialect = $1
         and public_id = $2
         and revoked_at is null
         and (expires_at is null or expires_at > $3)",
    )
    .bind(dialect.as_str())
    .bind(public)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(|row| read_found(row, now)).transpose()
}

/// The live key with this id, of whatever company.
pub(crate) async fn find_id(tx: &mut Tx, dialect: Dialect, id: KeyId, now: i64) -> Result<Option<Found>, Error> {
    let row = sqlx::query(
        "select id, tenant_id, role, last_used_at, addresses, requests_per_minute, sealed, previous_sealed, previous_until,
         (select q.api_requests_per_second from quotas q where q.tenant_id = api_keys.tenant_id),
         (select t.suspended_at from tenants t where t.id = api_keys.tenant_id)
         from api_keys
         where id = $1
         and dialect = $2
         and revoked_at is null
         and (expires_at is null or expires_at > $3)",
    )
    .bind(id.to_string())
    .bind(dialect.as_str())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(|row| read_found(row, now)).transpose()
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

fn read_found(row: &AnyRow, now: i64) -> Result<Found, Error> {
    let present: Option<String> = row.try_get(6)?;
    let previous_counts = row.try_get::<Option<i64>, _>(8)?.is_some_and(|until| until > now);
    let previous: Option<String> = if previous_counts { row.try_get(7)? } else { None };
    Ok(Found {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("key id"))?,
        tenant: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("tenant id of a key"))?,
        role: Role::parse(row.try_get(2)?).ok_or(Error::Corrupt("role of a key"))?,
        last_used_at: row.try_get(3)?,
        addresses: networks(row.try_get(4)?)?,
        requests_per_minute: limit(row.try_get(5)?)?,
        company_requests_per_second: limit(row.try_get(9)?)?.filter(|most| *most > 0),
        sealed: present.into_iter().chain(previous).collect(),
        suspended: row.try_get::<Option<i64>, _>(10)?.is_some(),
    })
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
        dialect: Dialect::parse(row.try_get(7)?).ok_or(Error::Corrupt("dialect of a key"))?,
        public_id: row.try_get(8)?,
        expires_at: row.try_get(9)?,
        allowed_addresses: row.try_get::<&str, _>(10)?.split_whitespace().map(str::to_owned).collect(),
        requests_per_minute: limit(row.try_get(11)?)?,
        previous_until: row.try_get(12)?,
    })
}

fn networks(text: &str) -> Result<Vec<Network>, Error> {
    text.split_whitespace().map(|block| block.parse().map_err(|_| Error::Corrupt("addresses of a key"))).collect()
}

fn limit(stored: Option<i64>) -> Result<Option<u32>, Error> {
    stored.map(|number| u32::try_from(number).map_err(|_| Error::Corrupt("requests that are allowed"))).transpose()
}
