//! How sessions are stored.

use model::{Actor, Role, UserId};
use sqlx::Row;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, hash: &str, user: UserId, now: i64, expires_at: i64) -> Result<(), Error> {
    sqlx::query("insert into sessions (hash, tenant_id, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)")
        .bind(hash)
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(now)
        .bind(expires_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The person behind a live session, of whatever company: the token is what says which. And how many requests the
/// company may make in a second.
pub(super) async fn find(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<(Actor, Option<u32>)>, Error> {
    let row = sqlx::query(
        "select u.tenant_id, u.id, u.role,
         (select q.api_requests_per_second from quotas q where q.tenant_id = u.tenant_id)
         from sessions s
         join users u on u.id = s.user_id and u.tenant_id = s.tenant_id
         where s.hash = $1
         and s.expires_at > $2
         and u.enabled = 1",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let actor = Actor {
        tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id of a session"))?,
        role: Role::parse(row.try_get(2)?).ok_or(Error::Corrupt("role of a user"))?,
        user: Some(row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("user id of a session"))?),
        key: None,
    };
    let most = row.try_get::<Option<i64>, _>(3)?.and_then(|most| u32::try_from(most).ok());
    Ok(Some((actor, most.filter(|most| *most > 0))))
}

pub(super) async fn end(tx: &mut Tx, hash: &str) -> Result<(), Error> {
    sqlx::query("delete from sessions where tenant_id = $1 and hash = $2")
        .bind(tx.tenant().to_owned())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn forget_ended(tx: &mut Tx, now: i64) -> Result<(), Error> {
    sqlx::query("delete from sessions where tenant_id = $1 and expires_at <= $2")
        .bind(tx.tenant().to_owned())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Ends all sessions of a person.
pub(crate) async fn end_all(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    sqlx::query("delete from sessions where tenant_id = $1 and user_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}
