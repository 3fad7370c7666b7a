//! How rules about callers are stored.

use super::{List, Rule};
use crate::trunk::value;
use model::CallerRuleId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, rule: &Rule) -> Result<(), Error> {
    sqlx::query(
        "insert into caller_rules (id, tenant_id, list, pattern, note, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(rule.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(rule.list.as_str())
    .bind(&rule.pattern)
    .bind(&rule.note)
    .bind(rule.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: CallerRuleId) -> Result<(), Error> {
    sqlx::query("delete from caller_rules where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// How many there are.
pub(super) async fn count(tx: &mut Tx) -> Result<i64, Error> {
    let row = sqlx::query("select cast(count(*) as bigint) from caller_rules where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

const COLUMNS: &str = "select id, list, pattern, note, created_at
from caller_rules
where tenant_id = ";

pub(super) async fn find(tx: &mut Tx, id: CallerRuleId) -> Result<Option<Rule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Rule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All rules of the company.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Rule>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Rule, Error> {
    Ok(Rule {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("id of a caller rule"))?,
        list: value(&List::ALL, row.try_get(1)?).ok_or(Error::Corrupt("list of a caller rule"))?,
        pattern: row.try_get(2)?,
        note: row.try_get(3)?,
        created_at: row.try_get(4)?,
    })
}
