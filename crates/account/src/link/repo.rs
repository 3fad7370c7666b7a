//! How links are stored.

use super::Purpose;
use model::{TenantId, UserId};
use sqlx::Row;
use store::{Error, Tx};

/// A link that counts.
pub(super) struct Found {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    pub(super) purpose: Purpose,
    pub(super) expires_at: i64,
}

pub(super) async fn insert(
    tx: &mut Tx,
    hash: &str,
    user: UserId,
    purpose: Purpose,
    (now, expires_at): (i64, i64),
) -> Result<(), Error> {
    sqlx::query(
        "insert into password_links (hash, tenant_id, user_id, purpose, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hash)
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(purpose.as_str())
    .bind(now)
    .bind(expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The live link with this secret, of whatever company: the secret is what says which.
pub(super) async fn find(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<Found>, Error> {
    let row = sqlx::query(
        "select l.tenant_id, l.user_id, l.purpose, l.expires_at
         from password_links l
         join users u on u.id = l.user_id and u.tenant_id = l.tenant_id
         where l.hash = $1
         and l.expires_at > $2
         and u.enabled = 1",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id of a link"))?,
        user: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("user id of a link"))?,
        purpose: Purpose::parse(row.try_get(2)?).ok_or(Error::Corrupt("purpose of a link"))?,
        expires_at: row.try_get(3)?,
    }))
}

/// Takes a link away; whether it was still there.
pub(super) async fn take(tx: &mut Tx, hash: &str) -> Result<bool, Error> {
    let gone = sqlx::query("delete from password_links where tenant_id = $1 and hash = $2")
        .bind(tx.tenant().to_owned())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// When a link of this purpose was last made for the person.
pub(super) async fn newest(tx: &mut Tx, user: UserId, purpose: Purpose) -> Result<Option<i64>, Error> {
    let row = sqlx::query(
        "select max(created_at) from password_links where tenant_id = $1 and user_id = $2 and purpose = $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(purpose.as_str())
    .fetch_one(tx.conn())
    .await?;
    Ok(row.try_get(0)?)
}

/// Takes all links of a person away; whether there were any.
pub(crate) async fn forget(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let gone = sqlx::query("delete from password_links where tenant_id = $1 and user_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}
