//! How versions of flows are stored.

use super::{KEPT, Version, VersionGraph};
use crate::flow::Flow;
use model::FlowId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

/// Keeps the flow as it is now under its number, and lets go of the oldest beyond those that are kept.
pub(crate) async fn insert(tx: &mut Tx, flow: &Flow, note: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into flow_versions (tenant_id, flow_id, version, graph, note, author, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tx.tenant().to_owned())
    .bind(flow.id.to_string())
    .bind(flow.version)
    .bind(serde_json::to_string(&flow.graph).expect("a graph has only text for keys"))
    .bind(note.to_owned())
    .bind(flow.author.clone())
    .bind(flow.updated_at)
    .execute(tx.conn())
    .await?;
    sqlx::query("delete from flow_versions where tenant_id = $1 and flow_id = $2 and version <= $3")
        .bind(tx.tenant().to_owned())
        .bind(flow.id.to_string())
        .bind(flow.version - KEPT)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets all versions of a flow.
pub(crate) async fn delete(tx: &mut Tx, flow: FlowId) -> Result<(), Error> {
    sqlx::query("delete from flow_versions where tenant_id = $1 and flow_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(flow.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(crate) async fn list(tx: &mut Tx, flow: FlowId, before: i64, limit: u32) -> Result<Vec<Version>, Error> {
    let mut sql = Sql::new("select version, note, author, created_at\nfrom flow_versions\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand flow_id = ").bind(flow.to_string());
    sql.push("\nand version < ").bind(before);
    sql.push("\norder by version desc\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(crate) async fn find(tx: &mut Tx, flow: FlowId, version: i64) -> Result<Option<VersionGraph>, Error> {
    let mut sql = Sql::new("select version, note, author, created_at, graph\nfrom flow_versions\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand flow_id = ").bind(flow.to_string());
    sql.push("\nand version = ").bind(version);
    let rows = sql.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let graph = serde_json::from_str(row.try_get(4)?).map_err(|_| Error::Corrupt("graph of a version"))?;
    Ok(Some(VersionGraph { version: read(row)?, graph }))
}

fn read(row: &AnyRow) -> Result<Version, Error> {
    Ok(Version {
        version: row.try_get(0)?,
        note: row.try_get(1)?,
        author: row.try_get(2)?,
        created_at: row.try_get(3)?,
    })
}
