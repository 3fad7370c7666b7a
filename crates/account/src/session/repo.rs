//! How sessions are stored.

use super::Open;
use model::{Actor, Role, SessionId, TenantId, UserId};
use sqlx::Row;
use store::{Error, Tx};

/// A session as a request finds it.
pub(crate) struct Found {
    pub(crate) actor: Actor,
    /// How many requests the company may make of the API in a second.
    pub(crate) company_requests_per_second: Option<u32>,
    /// Whether it was not used for a while.
    pub(crate) idle: bool,
}

pub(super) async fn insert(tx: &mut Tx, hash: &str, user: UserId, open: &Open) -> Result<(), Error> {
    sqlx::query(
        "insert into sessions (hash, tenant_id, user_id, id, source, agent, created_at, last_used_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(hash)
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(open.id.to_string())
    .bind(&open.source)
    .bind(&open.agent)
    .bind(open.created_at)
    .bind(open.last_used_at)
    .bind(open.expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The person behind a live session, of whatever company: the token is what says which. And how many requests the
/// company may make in a second.
pub(super) async fn find(tx: &mut Tx, hash: &str, now: i64, idle_ms: i64) -> Result<Option<Found>, Error> {
    let row = sqlx::query(
        "select u.tenant_id, u.id, u.role,
         (select q.api_requests_per_second from quotas q where q.tenant_id = u.tenant_id), s.last_used_at
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
    let idle = now - row.try_get::<i64, _>(4)? > idle_ms;
    Ok(Some(Found { actor, company_requests_per_second: most.filter(|most| *most > 0), idle }))
}

pub(crate) async fn used(tx: &mut Tx, hash: &str, at: i64) -> Result<(), Error> {
    sqlx::query("update sessions set last_used_at = $3 where tenant_id = $1 and hash = $2")
        .bind(tx.tenant().to_owned())
        .bind(hash)
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn list(tx: &mut Tx, user: UserId, current: &str, now: i64) -> Result<Vec<Open>, Error> {
    let rows = sqlx::query(
        "select id, hash, source, agent, created_at, last_used_at, expires_at
         from sessions
         where tenant_id = $1
         and user_id = $2
         and expires_at > $3
         order by created_at desc, id desc
         limit 200",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    let open = |row: &sqlx::any::AnyRow| {
        Ok(Open {
            id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("session id"))?,
            current: row.try_get::<&str, _>(1)? == current,
            source: row.try_get(2)?,
            agent: row.try_get(3)?,
            created_at: row.try_get(4)?,
            last_used_at: row.try_get(5)?,
            expires_at: row.try_get(6)?,
        })
    };
    rows.iter().map(open).collect()
}

/// Ends one session of a person; whether it was there.
pub(super) async fn end_one(tx: &mut Tx, user: UserId, id: SessionId) -> Result<bool, Error> {
    let gone = sqlx::query("delete from sessions where tenant_id = $1 and user_id = $2 and id = $3")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

/// Ends all sessions of a person but this one.
pub(super) async fn end_others(tx: &mut Tx, user: UserId, hash: &str) -> Result<(), Error> {
    sqlx::query("delete from sessions where tenant_id = $1 and user_id = $2 and hash <> $3")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Lets a session go on as somebody of another company; whether it was there.
pub(crate) async fn move_to(tx: &mut Tx, hash: &str, (tenant, user): (TenantId, UserId)) -> Result<bool, Error> {
    let moved = sqlx::query("update sessions set tenant_id = $3, user_id = $4 where tenant_id = $1 and hash = $2")
        .bind(tx.tenant().to_owned())
        .bind(hash)
        .bind(tenant.to_string())
        .bind(user.to_string())
        .execute(tx.conn())
        .await?;
    Ok(moved.rows_affected() > 0)
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

/// Ends all sessions of the company.
pub(crate) async fn end_company(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query("delete from sessions where tenant_id = $1").bind(tx.tenant().to_owned()).execute(tx.conn()).await?;
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
