//! How quotas are stored: one row for each company that has one.

use super::Quota;
use sqlx::Row;
use store::{Error, Tx};

/// The company's quota; without a row nothing is bounded.
pub(crate) async fn find(tx: &mut Tx) -> Result<Quota, Error> {
    let row = sqlx::query(
        "select calls, calls_per_second, registrations, clicks_per_minute, api_requests_per_second
         from quotas
         where tenant_id = $1",
    )
    .bind(tx.tenant().to_owned())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(Quota::default()) };
    let number = |at: usize| {
        let stored: i64 = row.try_get(at)?;
        u32::try_from(stored).map_err(|_| Error::Corrupt("figure of a quota"))
    };
    Ok(Quota {
        calls: number(0)?,
        calls_per_second: number(1)?,
        registrations: number(2)?,
        clicks_per_minute: number(3)?,
        api_requests_per_second: number(4)?,
    })
}

pub(super) async fn save(tx: &mut Tx, quota: &Quota, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into quotas (tenant_id, calls, calls_per_second, registrations, clicks_per_minute,
                             api_requests_per_second, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id) do update
         set calls = excluded.calls, calls_per_second = excluded.calls_per_second,
             registrations = excluded.registrations, clicks_per_minute = excluded.clicks_per_minute,
             api_requests_per_second = excluded.api_requests_per_second, updated_at = excluded.updated_at",
    )
    .bind(tx.tenant().to_owned())
    .bind(i64::from(quota.calls))
    .bind(i64::from(quota.calls_per_second))
    .bind(i64::from(quota.registrations))
    .bind(i64::from(quota.clicks_per_minute))
    .bind(i64::from(quota.api_requests_per_second))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
