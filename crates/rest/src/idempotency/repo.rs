//! All SQL about repeated requests.

use super::{Claim, Kept};
use sqlx::Row;
use store::{Cell, Error, Rows, Sql, Tx};

/// Claims the key; what is kept under it when it was claimed before.
pub(super) async fn claim(tx: &mut Tx, claim: &Claim, now: i64) -> Result<Option<Kept>, Error> {
    let mut rows = Rows::new(
        "insert into idempotent_requests (tenant_id, owner, idempotency_key, fingerprint, claimed_at)",
        "on conflict do nothing",
        5,
    );
    rows.push([
        Cell::from(tx.tenant()),
        Cell::from(claim.owner.as_str()),
        Cell::from(claim.key.as_str()),
        Cell::from(claim.fingerprint.as_str()),
        Cell::from(now),
    ]);
    if rows.insert(tx).await? > 0 {
        return Ok(None);
    }
    let mut sql = Sql::new(
        "select fingerprint, claimed_at, status, content_type, sealed_body\nfrom idempotent_requests\nwhere tenant_id = ",
    );
    key(&mut sql, tx, claim);
    let rows = sql.fetch_all(tx).await?;
    let row = rows.first().ok_or(Error::Corrupt("idempotency key"))?;
    let status: Option<i64> = row.try_get(2)?;
    let answer = match status {
        None => None,
        Some(status) => {
            let status = u16::try_from(status).map_err(|_| Error::Corrupt("status"))?;
            Some((status, row.try_get(3)?, row.try_get(4)?))
        }
    };
    Ok(Some(Kept { fingerprint: row.try_get(0)?, claimed_at: row.try_get(1)?, answer }))
}

/// Takes over a key whose time is over.
pub(super) async fn reclaim(tx: &mut Tx, claim: &Claim, now: i64) -> Result<(), Error> {
    let mut sql = Sql::new("update idempotent_requests\nset status = null, content_type = null, sealed_body = null");
    sql.push(", fingerprint = ").bind(claim.fingerprint.as_str()).push(", claimed_at = ").bind(now);
    sql.push("\nwhere tenant_id = ");
    key(&mut sql, tx, claim);
    sql.execute(tx).await.map(|_| ())
}

/// Keeps the answer.
pub(super) async fn answer(
    tx: &mut Tx,
    claim: &Claim,
    status: u16,
    content_type: &str,
    sealed: &str,
) -> Result<(), Error> {
    let mut sql = Sql::new("update idempotent_requests\nset status = ");
    sql.bind(i64::from(status)).push(", content_type = ").bind(content_type);
    sql.push(", sealed_body = ").bind(sealed).push("\nwhere tenant_id = ");
    key(&mut sql, tx, claim);
    sql.execute(tx).await.map(|_| ())
}

/// Gives the key back.
pub(super) async fn release(tx: &mut Tx, claim: &Claim) -> Result<(), Error> {
    let mut sql = Sql::new("delete from idempotent_requests\nwhere tenant_id = ");
    key(&mut sql, tx, claim);
    sql.execute(tx).await.map(|_| ())
}

/// Forgets old answers of the company.
pub(super) async fn forget(tx: &mut Tx, before: i64) -> Result<(), Error> {
    let mut sql = Sql::new("delete from idempotent_requests\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push(" and claimed_at < ").bind(before);
    sql.execute(tx).await.map(|_| ())
}

fn key(sql: &mut Sql, tx: &Tx, claim: &Claim) {
    sql.bind(tx.tenant()).push(" and owner = ").bind(claim.owner.as_str());
    sql.push(" and idempotency_key = ").bind(claim.key.as_str());
}
