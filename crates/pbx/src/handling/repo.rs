//! How the handling of calls is stored: no row means that nothing is set.

use super::Handling;
use model::ExtensionId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Error, Sql, Tx};

const COLUMNS: &str = "select extension_id, do_not_disturb, forward_always, forward_busy, forward_no_answer,
       forward_unreachable, ring_ms, max_calls
from extension_handling
where tenant_id = ";

pub(super) async fn find(tx: &mut Tx, id: ExtensionId) -> Result<Handling, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand extension_id = ").bind(id.to_string());
    Ok(sql.fetch_all(tx).await?.first().map(read).transpose()?.unwrap_or_default())
}

/// What is set in the company, by extension.
pub(crate) async fn all(tx: &mut Tx) -> Result<HashMap<String, Handling>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant());
    sql.fetch_all(tx).await?.iter().map(|row| Ok((row.try_get(0)?, read(row)?))).collect()
}

pub(super) async fn save(tx: &mut Tx, id: ExtensionId, handling: &Handling) -> Result<(), Error> {
    delete(tx, id).await?;
    sqlx::query(
        "insert into extension_handling (tenant_id, extension_id, do_not_disturb, forward_always, forward_busy,
                                         forward_no_answer, forward_unreachable, ring_ms, max_calls)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .bind(i64::from(handling.do_not_disturb))
    .bind(handling.forward_always.as_deref())
    .bind(handling.forward_busy.as_deref())
    .bind(handling.forward_no_answer.as_deref())
    .bind(handling.forward_unreachable.as_deref())
    .bind(handling.ring_ms.unwrap_or(0))
    .bind(handling.max_calls.unwrap_or(0))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, id: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from extension_handling where tenant_id = $1 and extension_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Handling, Error> {
    let some = |number: i64| (number > 0).then_some(number);
    Ok(Handling {
        do_not_disturb: row.try_get::<i64, _>(1)? != 0,
        forward_always: row.try_get(2)?,
        forward_busy: row.try_get(3)?,
        forward_no_answer: row.try_get(4)?,
        forward_unreachable: row.try_get(5)?,
        ring_ms: some(row.try_get(6)?),
        max_calls: some(row.try_get(7)?),
    })
}
