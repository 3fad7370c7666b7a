//! How spells of agents are stored.

use super::{Change, Place, Spell};
use model::{ExtensionId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use store::{Cell, Error, Rows, Sql, Tx};

const OPEN: &str = "select tenant_id, extension_id, began_at, state, reason\nfrom agent_spells\nwhere ended_at is null";

pub(super) async fn open(tx: &mut Tx, tenant: TenantId, agent: ExtensionId) -> Result<Option<Spell>, Error> {
    let mut sql = Sql::new(OPEN);
    sql.push("\nand tenant_id = ").bind(tenant.to_string());
    sql.push("\nand extension_id = ").bind(agent.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// Of all companies (`tenant_id` is read, not asked for).
pub(super) async fn all_open(tx: &mut Tx) -> Result<Vec<Spell>, Error> {
    Sql::new(OPEN).fetch_all(tx).await?.iter().map(read).collect()
}

/// What the company's agents do now, as far as it began before then.
pub(crate) async fn open_of_company(tx: &mut Tx, before: i64) -> Result<Vec<Spell>, Error> {
    let mut sql = Sql::new(OPEN);
    sql.push("\nand tenant_id = ").bind(tx.tenant()).push("\nand began_at < ").bind(before);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Spell, Error> {
    Ok(Spell {
        tenant: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant of a spell"))?,
        agent: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("agent of a spell"))?,
        began_at: row.try_get(2)?,
        state: row.try_get(3)?,
        reason: row.try_get(4)?,
    })
}

pub(super) async fn close(tx: &mut Tx, spell: &Spell, at: i64) -> Result<(), Error> {
    sqlx::query(
        "update agent_spells
         set ended_at = $4, reason = $5
         where tenant_id = $1
         and extension_id = $2
         and began_at = $3",
    )
    .bind(spell.tenant.to_string())
    .bind(spell.agent.to_string())
    .bind(spell.began_at)
    .bind(at)
    .bind(&spell.reason)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn begin(tx: &mut Tx, change: &Change, state: &str, at: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into agent_spells (tenant_id, extension_id, began_at, ended_at, state, reason, queue_id, call_id)
         values ($1, $2, $3, null, $4, $5, $6, $7)
         on conflict (tenant_id, extension_id, began_at) do nothing",
    )
    .bind(change.tenant.to_string())
    .bind(change.agent.to_string())
    .bind(at)
    .bind(state.to_owned())
    .bind(&change.reason)
    .bind(change.queue.map(|id| id.to_string()))
    .bind(change.call.map(|id| id.to_string()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds to what is counted; the order of the map is the order in which rows are locked.
pub(super) async fn add(tx: &mut Tx, sums: BTreeMap<Place, (i64, i64)>) -> Result<(), Error> {
    let head = "insert into agent_figures (tenant_id, span_ms, began_at, extension_id, state, reason, spells, time_ms)";
    let tail = "on conflict (tenant_id, span_ms, began_at, extension_id, state, reason)
                do update set spells = agent_figures.spells + excluded.spells,
                  time_ms = agent_figures.time_ms + excluded.time_ms";
    let mut rows = Rows::new(head, tail, 8);
    for ((tenant, span, began_at, agent, state, reason), (spells, time_ms)) in sums {
        rows.push([
            Cell::from(tenant),
            Cell::from(span),
            Cell::from(began_at),
            Cell::from(agent),
            Cell::from(state),
            Cell::from(reason),
            Cell::from(spells),
            Cell::from(time_ms),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

pub(super) async fn last_sign(tx: &mut Tx) -> Result<Option<i64>, Error> {
    let row = sqlx::query("select at from agent_signs where name = 'queues'").fetch_optional(tx.conn()).await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

pub(super) async fn set_sign(tx: &mut Tx, at: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into agent_signs (name, at) values ('queues', $1) on conflict (name) do update set at = excluded.at",
    )
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}
