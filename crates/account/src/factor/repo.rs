//! How second factors and recovery codes are stored.

use model::UserId;
use sqlx::Row;
use store::{Error, Rows, Tx};

/// A second factor as it is kept.
pub(super) struct Kept {
    pub(super) sealed: String,
    pub(super) confirmed_at: Option<i64>,
    /// The step of the last code that was taken; it and those before count no more.
    pub(super) last_step: i64,
    pub(super) failures: i64,
    pub(super) failed_at: i64,
}

pub(super) async fn find(tx: &mut Tx, user: UserId) -> Result<Option<Kept>, Error> {
    let row = sqlx::query(
        "select sealed, confirmed_at, last_step, failures, failed_at
         from second_factors
         where tenant_id = $1
         and user_id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Kept {
        sealed: row.try_get(0)?,
        confirmed_at: row.try_get(1)?,
        last_step: row.try_get(2)?,
        failures: row.try_get(3)?,
        failed_at: row.try_get(4)?,
    }))
}

pub(super) async fn insert(tx: &mut Tx, user: UserId, sealed: &str, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into second_factors (user_id, tenant_id, sealed, created_at, last_step, failures, failed_at)
         values ($1, $2, $3, $4, 0, 0, 0)",
    )
    .bind(user.to_string())
    .bind(tx.tenant().to_owned())
    .bind(sealed)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn confirm(tx: &mut Tx, user: UserId, now: i64) -> Result<(), Error> {
    sqlx::query("update second_factors set confirmed_at = $3 where tenant_id = $1 and user_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Notes the step of a code that fits; whether nobody used it before.
pub(super) async fn use_step(tx: &mut Tx, user: UserId, step: i64) -> Result<bool, Error> {
    let done = sqlx::query(
        "update second_factors
         set last_step = $3, failures = 0
         where tenant_id = $1
         and user_id = $2
         and last_step < $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(step)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn failed(tx: &mut Tx, user: UserId, now: i64) -> Result<(), Error> {
    sqlx::query(
        "update second_factors
         set failures = failures + 1, failed_at = $3
         where tenant_id = $1
         and user_id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_codes(tx: &mut Tx, user: UserId, hashes: &[String]) -> Result<(), Error> {
    let mut rows = Rows::new("insert into recovery_codes (tenant_id, user_id, hash)", "", 3);
    for hash in hashes {
        rows.push([tx.tenant().to_owned().into(), user.to_string().into(), hash.as_str().into()]);
    }
    rows.insert(tx).await.map(|_| ())
}

/// Uses a recovery code up; whether it was there.
pub(super) async fn use_code(tx: &mut Tx, user: UserId, hash: &str) -> Result<bool, Error> {
    let gone = sqlx::query("delete from recovery_codes where tenant_id = $1 and user_id = $2 and hash = $3")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() > 0)
}

pub(super) async fn codes_left(tx: &mut Tx, user: UserId) -> Result<u32, Error> {
    let row = sqlx::query("select cast(count(*) as bigint) from recovery_codes where tenant_id = $1 and user_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .fetch_one(tx.conn())
        .await?;
    u32::try_from(row.try_get::<i64, _>(0)?).map_err(|_| Error::Corrupt("a count"))
}

/// Forgets the second factor and the recovery codes.
pub(crate) async fn forget(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    for text in [
        "delete from recovery_codes where tenant_id = $1 and user_id = $2",
        "delete from second_factors where tenant_id = $1 and user_id = $2",
    ] {
        sqlx::query(text).bind(tx.tenant().to_owned()).bind(user.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}
