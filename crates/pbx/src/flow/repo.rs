//! How flows are stored.

use super::Flow;
use super::trial::Trial;
use ::flow::{Graph, Reference};
use model::FlowId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use store::{Cell, Error, Sql, Tx};

fn text(graph: &Graph) -> String {
    serde_json::to_string(graph).expect("a graph has only text for keys")
}

pub(super) async fn insert(tx: &mut Tx, flow: &Flow) -> Result<(), Error> {
    sqlx::query(
        "insert into flows (id, tenant_id, name, graph, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $6)",
    )
    .bind(flow.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&flow.name)
    .bind(text(&flow.graph))
    .bind(flow.version)
    .bind(flow.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, flow: &Flow) -> Result<(), Error> {
    sqlx::query(
        "update flows
         set name = $3, graph = $4, version = $5, updated_at = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(flow.id.to_string())
    .bind(&flow.name)
    .bind(text(&flow.graph))
    .bind(flow.version)
    .bind(flow.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: FlowId) -> Result<(), Error> {
    super::draft::repo::delete(tx, id).await?;
    super::version::repo::delete(tx, id).await?;
    sqlx::query("delete from flows where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The tests of a flow, as they are kept.
pub(crate) async fn tests(tx: &mut Tx, id: FlowId) -> Result<Vec<Trial>, Error> {
    let row = sqlx::query("select tests from flows where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .fetch_one(tx.conn())
        .await?;
    serde_json::from_str(row.try_get(0)?).map_err(|_| Error::Corrupt("tests of a flow"))
}

/// Keeps these tests in place of those that were there.
pub(super) async fn save_tests(tx: &mut Tx, id: FlowId, tests: &[Trial]) -> Result<(), Error> {
    sqlx::query("update flows set tests = $3 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(serde_json::to_string(tests).expect("tests have only text for keys"))
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select flows.id, flows.name, flows.graph, flows.version, flows.created_at, flows.updated_at,
    (select author from flow_versions v
     where v.tenant_id = flows.tenant_id and v.flow_id = flows.id and v.version = flows.version),
    (select count(*) from flow_drafts d where d.tenant_id = flows.tenant_id and d.flow_id = flows.id)
from flows
where flows.tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: FlowId) -> Result<Option<Flow>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand flows.id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Flow>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand flows.id > ").bind(after.unwrap_or_default());
    sql.push("\norder by flows.id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// All flows of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Flow>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by flows.id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[FlowId]) -> Result<HashSet<FlowId>, Error> {
    let mut sql = Sql::new("select id\nfrom flows\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("flow id"))).collect()
}

/// Flows whose graph names this, for people. A company has few flows, so their graphs are read.
pub(crate) async fn flows_with(tx: &mut Tx, wanted: Reference) -> Result<Vec<String>, Error> {
    let flows = all(tx).await?;
    let names = |flow: &Flow| flow.graph.references().iter().any(|(_, reference)| *reference == wanted);
    Ok(flows.iter().filter(|flow| names(flow)).map(|flow| format!("flow {}", flow.name)).collect())
}

fn read(row: &AnyRow) -> Result<Flow, Error> {
    Ok(Flow {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("flow id"))?,
        name: row.try_get(1)?,
        graph: serde_json::from_str(row.try_get(2)?).map_err(|_| Error::Corrupt("graph of a flow"))?,
        version: row.try_get(3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        author: row.try_get::<Option<String>, _>(6)?.unwrap_or_default(),
        drafted: row.try_get::<i64, _>(7)? > 0,
    })
}
