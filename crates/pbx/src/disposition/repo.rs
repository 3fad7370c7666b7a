//! How dispositions are stored.

use super::Disposition;
use model::DispositionId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, disposition: &Disposition) -> Result<(), Error> {
    sqlx::query("insert into dispositions (id, tenant_id, name, created_at) values ($1, $2, $3, $4)")
        .bind(disposition.id.to_string())
        .bind(tx.tenant().to_owned())
        .bind(&disposition.name)
        .bind(disposition.created_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Keeps its name, and since when it is retired.
pub(super) async fn save(tx: &mut Tx, id: DispositionId, name: &str, retired_at: Option<i64>) -> Result<(), Error> {
    sqlx::query("update dispositions set name = $3, retired_at = $4 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(name)
        .bind(retired_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// All of the company, retired ones too, in the order of their creation.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Disposition>, Error> {
    let rows =
        sqlx::query("select id, name, created_at, retired_at from dispositions where tenant_id = $1 order by id")
            .bind(tx.tenant().to_owned())
            .fetch_all(tx.conn())
            .await?;
    let read = |row: &AnyRow| -> Result<Disposition, Error> {
        Ok(Disposition {
            id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("disposition id"))?,
            name: row.try_get(1)?,
            created_at: row.try_get(2)?,
            retired: row.try_get::<Option<i64>, _>(3)?.is_some(),
        })
    };
    rows.iter().map(read).collect()
}
