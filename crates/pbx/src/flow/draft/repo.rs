//! How drafts of flows are stored.

use super::Draft;
use model::FlowId;
use sqlx::Row;
use store::{Error, Sql, Tx};

/// Keeps a draft in place of the one that was there; `graph` is its text.
pub(crate) async fn put(tx: &mut Tx, flow: FlowId, draft: &Draft, graph: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into flow_drafts (flow_id, tenant_id, graph, revision, made_from, author, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (flow_id) do update
         set graph = excluded.graph, revision = excluded.revision, made_from = excluded.made_from,
             author = excluded.author, updated_at = excluded.updated_at",
    )
    .bind(flow.to_string())
    .bind(tx.tenant().to_owned())
    .bind(graph.to_owned())
    .bind(draft.revision)
    .bind(draft.made_from)
    .bind(draft.author.clone())
    .bind(draft.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The draft of a flow; what is wrong with it is not looked for here.
pub(crate) async fn find(tx: &mut Tx, flow: FlowId) -> Result<Option<Draft>, Error> {
    let mut sql =
        Sql::new("select graph, revision, made_from, author, updated_at\nfrom flow_drafts\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand flow_id = ").bind(flow.to_string());
    let rows = sql.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Draft {
        graph: serde_json::from_str(row.try_get(0)?).map_err(|_| Error::Corrupt("draft of a flow"))?,
        revision: row.try_get(1)?,
        made_from: row.try_get(2)?,
        author: row.try_get(3)?,
        updated_at: row.try_get(4)?,
        faults: Vec::new(),
    }))
}

/// Forgets the draft of a flow.
pub(crate) async fn delete(tx: &mut Tx, flow: FlowId) -> Result<(), Error> {
    sqlx::query("delete from flow_drafts where tenant_id = $1 and flow_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(flow.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}
