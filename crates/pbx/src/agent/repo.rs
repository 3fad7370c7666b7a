//! How agents' states and pause reasons are stored.

use super::{Agent, Reason, State};
use crate::trunk::{value, word};
use acd::Wish;
use model::{ExtensionId, PauseReasonId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

fn words(wish: &Wish) -> (&'static str, &str) {
    match wish {
        Wish::Offline => (word(&State::ALL, State::Offline), ""),
        Wish::Available => (word(&State::ALL, State::Available), ""),
        Wish::Paused(reason) => (word(&State::ALL, State::Paused), reason),
    }
}

pub(super) async fn save(tx: &mut Tx, agent: &Agent) -> Result<(), Error> {
    let (state, reason) = words(&agent.wish);
    sqlx::query(
        "insert into agents (extension_id, tenant_id, state, reason, changed_at)
         values ($1, $2, $3, $4, $5)
         on conflict (extension_id) do update
         set state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at
         where agents.tenant_id = excluded.tenant_id",
    )
    .bind(agent.extension.to_string())
    .bind(tx.tenant().to_owned())
    .bind(state)
    .bind(reason.to_owned())
    .bind(agent.changed_at)
    .execute(tx.conn())
    .await?;
    sqlx::query("update counters set value = value + 1 where name = 'agents'").execute(tx.conn()).await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, extension: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from agents where tenant_id = $1 and extension_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(extension.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The number of the newest change of any agent's state.
pub(super) async fn version(tx: &mut Tx) -> Result<i64, Error> {
    let row = sqlx::query("select value from counters where name = 'agents'").fetch_one(tx.conn()).await?;
    Ok(row.try_get(0)?)
}

/// The states of one company's agents.
pub(super) async fn of_company(tx: &mut Tx) -> Result<Vec<Agent>, Error> {
    let mut sql = Sql::new("select extension_id, state, reason, changed_at\nfrom agents\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\norder by extension_id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// The states of all companies' agents.
pub(super) async fn of_all(tx: &mut Tx) -> Result<Vec<(TenantId, Agent)>, Error> {
    let rows = sqlx::query(
        "select a.extension_id, a.state, a.reason, a.changed_at, a.tenant_id
         from agents a
         join tenants t on t.id = a.tenant_id",
    )
    .fetch_all(tx.conn())
    .await?;
    let tenant = |row: &AnyRow| -> Result<TenantId, Error> {
        row.try_get::<&str, _>(4)?.parse().map_err(|_| Error::Corrupt("tenant of an agent"))
    };
    rows.iter().map(|row| Ok((tenant(row)?, read(row)?))).collect()
}

fn read(row: &AnyRow) -> Result<Agent, Error> {
    let state = value(&State::ALL, row.try_get(1)?).ok_or(Error::Corrupt("state of an agent"))?;
    Ok(Agent {
        extension: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("extension of an agent"))?,
        wish: match state {
            State::Offline => Wish::Offline,
            State::Available => Wish::Available,
            State::Paused => Wish::Paused(row.try_get(2)?),
        },
        changed_at: row.try_get(3)?,
    })
}

pub(super) async fn insert_reason(tx: &mut Tx, reason: &Reason) -> Result<(), Error> {
    sqlx::query("insert into pause_reasons (id, tenant_id, name, created_at) values ($1, $2, $3, $4)")
        .bind(reason.id.to_string())
        .bind(tx.tenant().to_owned())
        .bind(&reason.name)
        .bind(reason.created_at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn reasons(tx: &mut Tx) -> Result<Vec<Reason>, Error> {
    let rows = sqlx::query("select id, name, created_at from pause_reasons where tenant_id = $1 order by id")
        .bind(tx.tenant().to_owned())
        .fetch_all(tx.conn())
        .await?;
    let read = |row: &AnyRow| -> Result<Reason, Error> {
        let id = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("pause reason id"))?;
        Ok(Reason { id, name: row.try_get(1)?, created_at: row.try_get(2)? })
    };
    rows.iter().map(read).collect()
}

/// Whether there was one.
pub(super) async fn delete_reason(tx: &mut Tx, id: PauseReasonId) -> Result<bool, Error> {
    let done = sqlx::query("delete from pause_reasons where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}
