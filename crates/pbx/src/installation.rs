//! What the operator of the installation sees of all companies at once: their ways to carriers, and what they take.

mod repo;
#[cfg(test)]
mod tests;

use model::{Actor, Permission, Problem, TenantId, TrunkId};
use serde::Serialize;
use store::Db;

/// The longest time that usage is summed up over: two years.
const LONGEST_MS: i64 = 2 * 366 * 24 * 60 * 60 * 1_000;

/// A company's way to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyTrunk {
    /// The company.
    pub company: TenantId,
    /// Its name.
    pub company_name: String,
    /// The trunk.
    pub trunk: TrunkId,
    /// Its name.
    pub name: String,
    /// `register` or `address`.
    pub kind: String,
    /// Where its calls go.
    pub server: String,
    /// The most calls at once; 0 sets no bound.
    pub max_calls: i64,
    /// Whether it is used.
    pub enabled: bool,
}

/// What a company takes of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CompanyUsage))]
pub struct Usage {
    /// The company's id.
    pub company: String,
    /// Its name.
    pub name: String,
    /// Whether it is suspended.
    pub suspended: bool,
    /// How many extensions it has.
    pub extensions: i64,
    /// How many hotlines it has.
    pub hotlines: i64,
    /// How many people may log in.
    pub users: i64,
    /// Calls that began in the time asked for.
    pub calls: i64,
    /// How many of them were answered.
    pub answered: i64,
    /// How long was talked in them.
    pub talk_ms: i64,
    /// How much its recordings take, all together.
    pub recorded_bytes: i64,
}

/// The trunks of all companies that work, by company.
pub async fn trunks(actor: &Actor, db: &Db) -> Result<Vec<CompanyTrunk>, Problem> {
    actor.require(Permission::OperateServer)?;
    let mut tx = db.system().await?;
    Ok(repo::trunks(&mut tx).await?)
}

/// What each company takes; calls are those that began from `from` to before `to`, milliseconds since 1970, in whole quarters
/// of an hour.
pub async fn usage(actor: &Actor, db: &Db, from: i64, to: i64) -> Result<Vec<Usage>, Problem> {
    actor.require(Permission::OperateServer)?;
    if from < 0 || to <= from || to - from > LONGEST_MS {
        return Err(Problem::invalid("to", "Use a time after `from`, at most two years later."));
    }
    let mut tx = db.system().await?;
    Ok(repo::usage(&mut tx, from, to).await?)
}
