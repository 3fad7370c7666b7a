//! The processes on a database: each says now and then that it lives and how it is. Nobody is told apart by this from one
//! that is gone but by the time of its last word.

use crate::{Db, Error, Sql};
use sqlx::Row;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The same over restarts: the machine and the data directory.
    pub id: String,
    /// The machine's name.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// When it started, milliseconds since 1970.
    pub started_at: i64,
    /// When it last said that it lives.
    pub seen_at: i64,
    /// What it said of itself: a JSON object.
    pub report: String,
}

/// Says that a process lives.
pub async fn tell(db: &Db, node: &Node) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    sqlx::query(
        "insert into nodes (id, name, version, started_at, seen_at, report)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update
         set name = excluded.name, version = excluded.version, started_at = excluded.started_at,
             seen_at = excluded.seen_at, report = excluded.report",
    )
    .bind(node.id.clone())
    .bind(node.name.clone())
    .bind(node.version.clone())
    .bind(node.started_at)
    .bind(node.seen_at)
    .bind(node.report.clone())
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Forgets processes that have been silent since then.
pub async fn forget_silent(db: &Db, since: i64) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    sqlx::query("delete from nodes where seen_at < $1").bind(since).execute(tx.conn()).await?;
    tx.commit().await
}

/// All processes by name.
pub async fn list(db: &Db) -> Result<Vec<Node>, Error> {
    let mut tx = db.system().await?;
    let sql = Sql::new("select id, name, version, started_at, seen_at, report\nfrom nodes\norder by name, id");
    let rows = sql.fetch_all(&mut tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Node {
                id: row.try_get(0)?,
                name: row.try_get(1)?,
                version: row.try_get(2)?,
                started_at: row.try_get(3)?,
                seen_at: row.try_get(4)?,
                report: row.try_get(5)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestDb, on_both};

    #[tokio::test]
    async fn a_process_is_known_by_its_last_word_and_forgotten_when_silent() {
        on_both(async |db: &TestDb| {
            let node = |id: &str, seen_at| Node {
                id: id.into(),
                name: "a".into(),
                version: "1".into(),
                started_at: 5,
                seen_at,
                report: "{}".into(),
            };
            for one in [node("a", 10), node("b", 20), node("a", 30)] {
                tell(db, &one).await.expect("told");
            }
            let seen: Vec<_> = list(db).await.expect("read").into_iter().map(|one| (one.id, one.seen_at)).collect();
            assert_eq!(seen, [("a".to_owned(), 30), ("b".to_owned(), 20)]);
            forget_silent(db, 25).await.expect("forgotten");
            assert_eq!(list(db).await.expect("read").len(), 1);
        })
        .await;
    }
}
