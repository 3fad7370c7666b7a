//! How limits are stored. The company's row has no extension.

use super::Limits;
use model::ExtensionId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Error, Tx};

fn place(extension: Option<ExtensionId>) -> String {
    extension.map(|id| id.to_string()).unwrap_or_default()
}

pub(super) async fn find(tx: &mut Tx, extension: Option<ExtensionId>) -> Result<Option<Limits>, Error> {
    let row = sqlx::query(
        "select outbound_calls, outbound_minutes_per_day, outbound_calls_per_minute, dial_countries, extension_id
         from call_limits
         where tenant_id = $1
         and extension_id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(place(extension))
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// All limits that were set, by extension id; the company's under the empty text.
pub(crate) async fn all(tx: &mut Tx) -> Result<HashMap<String, Limits>, Error> {
    let rows = sqlx::query(
        "select outbound_calls, outbound_minutes_per_day, outbound_calls_per_minute, dial_countries, extension_id
         from call_limits
         where tenant_id = $1",
    )
    .bind(tx.tenant().to_owned())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((row.try_get(4)?, read(row)?))).collect()
}

pub(super) async fn save(tx: &mut Tx, extension: Option<ExtensionId>, limits: &Limits, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into call_limits (tenant_id, extension_id, outbound_calls, outbound_minutes_per_day,
                                  outbound_calls_per_minute, dial_countries, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id, extension_id) do update
         set outbound_calls = excluded.outbound_calls, outbound_minutes_per_day = excluded.outbound_minutes_per_day,
             outbound_calls_per_minute = excluded.outbound_calls_per_minute, dial_countries = excluded.dial_countries,
             updated_at = excluded.updated_at",
    )
    .bind(tx.tenant().to_owned())
    .bind(place(extension))
    .bind(limits.outbound_calls)
    .bind(limits.outbound_minutes_per_day)
    .bind(limits.outbound_calls_per_minute)
    .bind(limits.dial_countries.as_ref().map(|countries| countries.join(",")))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the limits of an extension that is deleted.
pub(crate) async fn delete(tx: &mut Tx, extension: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from call_limits where tenant_id = $1 and extension_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(extension.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Limits, Error> {
    let countries: Option<&str> = row.try_get(3)?;
    let words = |text: &str| text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    Ok(Limits {
        outbound_calls: row.try_get(0)?,
        outbound_minutes_per_day: row.try_get(1)?,
        outbound_calls_per_minute: row.try_get(2)?,
        dial_countries: countries.map(words),
    })
}
