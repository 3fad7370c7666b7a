//! What one can do with quotas.

use super::{Quota, repo};
use crate::config;
use model::{Actor, Faults, Permission, Problem};
use store::{Db, now};

/// The largest bound that makes sense.
const LARGEST: u32 = 1_000_000;

/// The company's quota.
pub async fn get(actor: &Actor, db: &Db) -> Result<Quota, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find(&mut tx).await?)
}

/// Sets the company's quota. Only the operator may, acting inside the company.
pub async fn set(actor: &Actor, db: &Db, quota: Quota) -> Result<Quota, Problem> {
    actor.require(Permission::OperateServer)?;
    let mut faults = Faults::default();
    for (name, value) in [
        ("calls", quota.calls),
        ("calls_per_second", quota.calls_per_second),
        ("registrations", quota.registrations),
        ("clicks_per_minute", quota.clicks_per_minute),
        ("api_requests_per_second", quota.api_requests_per_second),
    ] {
        if value > LARGEST {
            faults.add(name, format!("Use a number up to {LARGEST}; 0 means no bound."));
        }
    }
    faults.done()?;
    let mut tx = config::change(db, actor.tenant).await?;
    repo::save(&mut tx, &quota, now().as_millis()).await?;
    tx.emit(config::event("quota.updated", actor.tenant, "quota"));
    tx.commit().await?;
    Ok(quota)
}
