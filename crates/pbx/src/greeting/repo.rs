//! How sounds are stored; their audio is not in the database.

use super::Greeting;
use model::GreetingId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use store::{Cell, Error, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, greeting: &Greeting) -> Result<(), Error> {
    sqlx::query(
        "insert into greetings (id, tenant_id, name, duration_ms, size_bytes, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(greeting.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&greeting.name)
    .bind(greeting.duration_ms)
    .bind(greeting.size_bytes)
    .bind(greeting.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: GreetingId) -> Result<(), Error> {
    sqlx::query("delete from greetings where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, duration_ms, size_bytes, created_at
from greetings
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: GreetingId) -> Result<Option<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All sounds of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[GreetingId]) -> Result<HashSet<GreetingId>, Error> {
    let mut sql = Sql::new("select id\nfrom greetings\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("greeting id"))).collect()
}

fn read(row: &AnyRow) -> Result<Greeting, Error> {
    Ok(Greeting {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("greeting id"))?,
        name: row.try_get(1)?,
        duration_ms: row.try_get(2)?,
        size_bytes: row.try_get(3)?,
        created_at: row.try_get(4)?,
    })
}
