//! The calls that may have met a flow.

use super::Candidate;
use model::{CallId, FlowId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

/// How many calls are read at once.
const CHUNK: i64 = 500;

/// The next calls that came in since then and whose trail names the flow, newest first.
pub(crate) async fn calls(
    tx: &mut Tx,
    flow: FlowId,
    since: i64,
    before: Option<(i64, CallId)>,
) -> Result<Vec<Candidate>, Error> {
    let mut sql = Sql::new("select id, started_at, caller_number, trail\nfrom calls\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand started_at >= ").bind(since);
    if let Some((at, id)) = before {
        sql.push("\nand (started_at < ").bind(at).push(" or (started_at = ").bind(at);
        sql.push(" and id < ").bind(id.to_string()).push("))");
    }
    sql.push("\nand trail like ").bind(format!("%\"{flow}\"%"));
    sql.push("\norder by started_at desc, id desc\nlimit ").bind(CHUNK);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Candidate, Error> {
    Ok(Candidate {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("call id"))?,
        started_at: row.try_get(1)?,
        caller: row.try_get(2)?,
        trail: serde_json::from_str(row.try_get(3)?).map_err(|_| Error::Corrupt("trail of a call"))?,
    })
}
