//! How the times of agents are summed up.

use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

/// By agent, state and reason: how many spells and how long.
pub(super) async fn by_agent(
    tx: &mut Tx,
    spans: &[(i64, i64, i64)],
) -> Result<Vec<(String, String, String, i64, i64)>, Error> {
    let mut sql = Sql::new(
        "select extension_id, state, reason, cast(sum(spells) as bigint), cast(sum(time_ms) as bigint)
         from (",
    );
    for (place, (length, from, to)) in spans.iter().enumerate() {
        if place > 0 {
            sql.push("\nunion all\n");
        }
        sql.push("select extension_id, state, reason, spells, time_ms\nfrom agent_figures\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand span_ms = ").bind(*length);
        sql.push("\nand began_at >= ").bind(*from).push("\nand began_at < ").bind(*to);
    }
    sql.push(") f\ngroup by extension_id, state, reason\norder by extension_id, state, reason");
    let read = |row: &AnyRow| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}
