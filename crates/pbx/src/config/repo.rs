//! The rows that order the changes of configuration, and the heads of companies for the snapshot.

use crate::callers::Callers;
use crate::limits::Limits;
use crate::snapshot::Tenant;
use model::Actor;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};
use store::{Error, Sql, Tx};

/// Locks the company's row; false when there is no such company.
pub(super) async fn lock(tx: &mut Tx) -> Result<bool, Error> {
    let done = sqlx::query("update tenants set config_version = config_version where id = $1")
        .bind(tx.tenant().to_owned())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes changes of all companies wait for this one.
pub(super) async fn lock_all(tx: &mut Tx) -> Result<(), Error> {
    sqlx::query("update counters set value = value where name = 'config'").execute(tx.conn()).await?;
    Ok(())
}

/// What people call the one who acts: a person's name or login, a key's name, or the system.
pub(crate) async fn author(tx: &mut Tx, actor: &Actor) -> Result<String, Error> {
    let mut sql = match (actor.user, actor.key) {
        (Some(user), _) => {
            let mut sql =
                Sql::new("select case when name = '' then login else name end\nfrom users\nwhere tenant_id = ");
            sql.bind(tx.tenant()).push("\nand id = ").bind(user.to_string());
            sql
        }
        (None, Some(key)) => {
            let mut sql = Sql::new("select name\nfrom api_keys\nwhere tenant_id = ");
            sql.bind(tx.tenant()).push("\nand id = ").bind(key.to_string());
            sql
        }
        (None, None) => return Ok("system".to_owned()),
    };
    sql.push("\nlimit 1");
    match sql.fetch_all(tx).await?.first() {
        Some(row) => Ok(row.try_get(0)?),
        // Somebody who looks after companies without being one of their people.
        None => Ok(actor.role.as_str().to_owned()),
    }
}

/// The number of the newest change of configuration.
pub(crate) async fn version(tx: &mut Tx) -> Result<i64, Error> {
    let row = sqlx::query("select value from counters where name = 'config'").fetch_one(tx.conn()).await?;
    Ok(row.try_get(0)?)
}

/// All companies that may work, oldest first, without what belongs to them.
pub(crate) async fn tenants(tx: &mut Tx) -> Result<Vec<Tenant>, Error> {
    let rows = sqlx::query(
        "select id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes, config_version
         from tenants
         where suspended_at is null
         order by id",
    )
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Tenant, Error> {
    let words = |place: usize| -> Result<Vec<String>, Error> {
        let text: &str = row.try_get(place)?;
        Ok(text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    };
    Ok(Tenant {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id"))?,
        name: row.try_get(1)?,
        domain: row.try_get(2)?,
        country: row.try_get(3)?,
        time_zone: row.try_get(4)?,
        record: row.try_get::<i64, _>(5)? != 0,
        recording: crate::recording::Policy::new(call::Recording::Never),
        dial_countries: words(6)?,
        blocked_prefixes: words(7)?,
        quota: crate::quota::Quota::default(),
        version: row.try_get(8)?,
        limits: Limits::of_company(),
        extensions: HashMap::new(),
        numbers: HashMap::new(),
        hotlines: BTreeMap::new(),
        trunks: BTreeMap::new(),
        groups: HashMap::new(),
        queues: BTreeMap::new(),
        flows: HashMap::new(),
        schedules: HashMap::new(),
        callers: Callers::default(),
        greetings: HashMap::new(),
    })
}

/// A company for tests; outside of them the account feature makes companies.
#[cfg(test)]
pub(crate) async fn insert_tenant(tx: &mut Tx, domain: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into tenants (id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes,
                              config_version, created_at, updated_at)
         values ($1, $2, $2, '84', 'Asia/Ho_Chi_Minh', 1, '84', '1900', 0, 0, 0)",
    )
    .bind(tx.tenant().to_owned())
    .bind(domain)
    .execute(tx.conn())
    .await?;
    Ok(())
}
