//! Calls that another exchange recorded, taken over into the list. Nobody is told of them: they are long over.

use super::{CallRecord, Decision, repo};
use crate::{figures, hotline};
use call::Direction;
use model::{Actor, CallId, Cause, EndedBy, ExtensionId, HotlineId, Id, Permission, PhoneNumber, Problem, TenantId};
use sha2::{Digest, Sha256};
use store::Db;

/// A call of another exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Its id there.
    pub key: String,
    /// Which way it went.
    pub direction: Direction,
    /// Who called, in any usual form.
    pub caller: String,
    /// Who was called.
    pub callee: String,
    /// Our person.
    pub extension: Option<ExtensionId>,
    /// The hotline that was called or shown.
    pub hotline: Option<HotlineId>,
    /// When it began, milliseconds since 1970.
    pub started_at: i64,
    /// When somebody answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
}

/// Takes calls of an exchange over and tells how many were new; one that was taken over before stays as it is.
pub async fn take_over(actor: &Actor, db: &Db, exchange: &str, calls: &[Foreign]) -> Result<usize, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = hotline::repo::country(&mut tx).await?;
    let records: Vec<CallRecord> = calls.iter().map(|call| record(actor.tenant, &country, exchange, call)).collect();
    let written = repo::insert(&mut tx, &records).await?;
    figures::count(&mut tx, written.iter().map(|(record, _)| *record)).await?;
    tx.commit().await?;
    Ok(written.len())
}

fn record(tenant: TenantId, country: &str, exchange: &str, call: &Foreign) -> CallRecord {
    let number = |text: &str| PhoneNumber::parse(text, country).map_or_else(|| text.to_owned(), |n| n.to_string());
    let reason = format!("It was taken over from {exchange}, where it is {}.", call.key);
    CallRecord {
        queue: None,
        queue_wait_ms: None,
        id: id(tenant, exchange, call),
        tenant,
        direction: call.direction,
        hotline: call.hotline,
        trunk: None,
        extension: call.extension,
        caller_number: number(&call.caller),
        caller_name: String::new(),
        callee_number: number(&call.callee),
        started_at: call.started_at,
        ringing_at: None,
        answered_at: call.answered_at,
        ended_at: call.ended_at,
        cause: if call.answered_at.is_some() { Cause::Normal } else { Cause::NoAnswer },
        ended_by: EndedBy::System,
        legs: Vec::new(),
        trail: vec![Decision { at: call.started_at, step: "import".to_owned(), reason, facts: Vec::new() }],
    }
}

/// The same call has the same id whenever it is taken over, and sorts where it began.
fn id(tenant: TenantId, exchange: &str, call: &Foreign) -> CallId {
    let hash = Sha256::digest(format!("{tenant}/{exchange}/{}/{}", call.key, call.started_at));
    let mut random = [0u8; 16];
    random.copy_from_slice(&hash[..16]);
    CallId::from_parts(u64::try_from(call.started_at).unwrap_or(0), u128::from_be_bytes(random))
}
