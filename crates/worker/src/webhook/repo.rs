//! All SQL about webhooks.

use super::endpoint::{Attempt, Delivery, Endpoint, State};
use super::ledger::Outcome;
use model::{Dialect, EndpointId, PageRequest, Timestamp};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Rows, Sql, Tx, outbox};

/// An endpoint with what only the sender sees.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) tenant: String,
    pub(super) sealed_secret: String,
    pub(super) sealed_old_secret: Option<String>,
    pub(super) old_secret_until: Option<i64>,
    pub(super) from_seq: i64,
}

const ENDPOINT: &str = "select id, tenant_id, url, description, kinds, enabled, sealed_secret, sealed_old_secret,
    old_secret_until, from_seq, created_at, updated_at, dialect, choices
from webhook_endpoints
";

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn target(row: &AnyRow) -> Result<Target, Error> {
    let kinds: String = row.try_get(4)?;
    let endpoint = Endpoint {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("endpoint id"))?,
        url: row.try_get(2)?,
        description: row.try_get(3)?,
        kinds: words(&kinds),
        dialect: Dialect::parse(row.try_get(12)?).ok_or(Error::Corrupt("dialect"))?,
        choices: words(row.try_get(13)?),
        enabled: row.try_get::<i64, _>(5)? != 0,
        created_at: Timestamp(row.try_get(10)?),
        updated_at: Timestamp(row.try_get(11)?),
    };
    Ok(Target {
        endpoint,
        tenant: row.try_get(1)?,
        sealed_secret: row.try_get(6)?,
        sealed_old_secret: row.try_get(7)?,
        old_secret_until: row.try_get(8)?,
        from_seq: row.try_get(9)?,
    })
}

pub(super) async fn insert(tx: &mut Tx, target: &Target) -> Result<(), Error> {
    let e = &target.endpoint;
    let mut rows = Rows::new(
        "insert into webhook_endpoints (id, tenant_id, url, description, kinds, enabled, sealed_secret, from_seq, \
         created_at, updated_at, dialect, choices)",
        "",
        12,
    );
    rows.push([
        Cell::from(e.id.to_string()),
        Cell::from(target.tenant.as_str()),
        Cell::from(e.url.as_str()),
        Cell::from(e.description.as_str()),
        Cell::from(e.kinds.join(" ")),
        Cell::from(i64::from(e.enabled)),
        Cell::from(target.sealed_secret.as_str()),
        Cell::from(target.from_seq),
        Cell::from(e.created_at.as_millis()),
        Cell::from(e.updated_at.as_millis()),
        Cell::from(e.dialect.as_str()),
        Cell::from(e.choices.join(" ")),
    ]);
    rows.insert(tx).await.map(|_| ())
}

pub(super) async fn save(tx: &mut Tx, target: &Target) -> Result<(), Error> {
    let e = &target.endpoint;
    let mut sql = Sql::new("update webhook_endpoints\nset url = ");
    sql.bind(e.url.as_str()).push(", description = ").bind(e.description.as_str());
    sql.push(", kinds = ").bind(e.kinds.join(" ")).push(", enabled = ").bind(i64::from(e.enabled));
    sql.push(", choices = ").bind(e.choices.join(" "));
    sql.push(", sealed_secret = ").bind(target.sealed_secret.as_str());
    sql.push(", sealed_old_secret = ").bind(target.sealed_old_secret.clone());
    sql.push(", old_secret_until = ").bind(target.old_secret_until);
    sql.push(", updated_at = ").bind(e.updated_at.as_millis());
    sql.push("\nwhere tenant_id = ").bind(target.tenant.as_str()).push(" and id = ").bind(e.id.to_string());
    sql.execute(tx).await.map(|_| ())
}

pub(super) async fn find(tx: &mut Tx, id: EndpointId) -> Result<Option<Target>, Error> {
    let mut sql = Sql::new(ENDPOINT);
    sql.push("where tenant_id = ").bind(tx.tenant()).push(" and id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(target).transpose()
}

pub(super) async fn list(tx: &mut Tx, page: &PageRequest) -> Result<Vec<Endpoint>, Error> {
    let mut sql = Sql::new(ENDPOINT);
    sql.push("where tenant_id = ").bind(tx.tenant());
    if let Some(after) = &page.after {
        sql.push(" and id > ").bind(after.as_str());
    }
    sql.push("\norder by id\nlimit ").bind(i64::from(page.limit) + 1);
    sql.fetch_all(tx).await?.iter().map(|row| target(row).map(|t| t.endpoint)).collect()
}

pub(super) async fn count(tx: &mut Tx) -> Result<i64, Error> {
    let mut sql = Sql::new("select cast(count(*) as bigint) from webhook_endpoints where tenant_id = ");
    sql.bind(tx.tenant());
    let rows = sql.fetch_all(tx).await?;
    Ok(rows.first().ok_or(Error::Corrupt("count"))?.try_get(0)?)
}

pub(super) async fn delete(tx: &mut Tx, id: EndpointId) -> Result<(), Error> {
    for text in ["delete from webhook_attempts where tenant_id = ", "delete from webhook_deliveries where tenant_id = "]
    {
        let mut sql = Sql::new(text);
        sql.bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string());
        sql.execute(tx).await?;
    }
    let mut sql = Sql::new("delete from webhook_endpoints where tenant_id = ");
    sql.bind(tx.tenant()).push(" and id = ").bind(id.to_string());
    sql.execute(tx).await.map(|_| ())
}

// All tenants: this is the head of a statement; who uses it adds `where tenant_id = …`.
const DELIVERY: &str = "select seq, event_id, kind, call_id, state, attempts, next_at, last_status, last_error,
    created_at, finished_at
from webhook_deliveries
";

fn delivery(row: &AnyRow) -> Result<Delivery, Error> {
    let state = State::parse(row.try_get(4)?).ok_or(Error::Corrupt("delivery state"))?;
    let next_at = Timestamp(row.try_get(6)?);
    Ok(Delivery {
        seq: row.try_get(0)?,
        event_id: row.try_get(1)?,
        kind: row.try_get(2)?,
        call_id: row.try_get(3)?,
        state,
        attempts: row.try_get(5)?,
        next_at: (state == State::Pending).then_some(next_at),
        last_status: row.try_get(7)?,
        last_error: row.try_get(8)?,
        created_at: Timestamp(row.try_get(9)?),
        finished_at: row.try_get::<Option<i64>, _>(10)?.map(Timestamp),
    })
}

/// The newest first.
pub(super) async fn deliveries(
    tx: &mut Tx,
    id: EndpointId,
    state: Option<State>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Delivery>, Error> {
    let mut sql = Sql::new(DELIVERY);
    sql.push("where tenant_id = ").bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string());
    if let Some(state) = state {
        sql.push(" and state = ").bind(state.as_str());
    }
    if let Some(before) = before {
        sql.push(" and seq < ").bind(before);
    }
    sql.push("\norder by seq desc\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(delivery).collect()
}

pub(super) async fn find_delivery(tx: &mut Tx, id: EndpointId, event: &str) -> Result<Option<Delivery>, Error> {
    let mut sql = Sql::new(DELIVERY);
    sql.push("where tenant_id = ").bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string());
    sql.push(" and event_id = ").bind(event);
    sql.fetch_all(tx).await?.first().map(delivery).transpose()
}

pub(super) async fn attempts(tx: &mut Tx, id: EndpointId, seq: i64) -> Result<Vec<Attempt>, Error> {
    let mut sql =
        Sql::new("select attempt, at, duration_ms, status, error, answer\nfrom webhook_attempts\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string()).push(" and seq = ").bind(seq);
    sql.push("\norder by attempt");
    let rows = sql.fetch_all(tx).await?;
    let attempt = |row: &AnyRow| {
        Ok(Attempt {
            attempt: row.try_get(0)?,
            at: Timestamp(row.try_get(1)?),
            duration_ms: row.try_get(2)?,
            status: row.try_get(3)?,
            error: row.try_get(4)?,
            answer: row.try_get(5)?,
        })
    };
    rows.iter().map(attempt).collect()
}

/// Queues a delivery that is over for now; tells whether there was one.
pub(super) async fn requeue(tx: &mut Tx, id: EndpointId, event: &str, now: Timestamp) -> Result<bool, Error> {
    let mut sql = requeued(now);
    sql.push("\nwhere tenant_id = ").bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string());
    sql.push(" and event_id = ").bind(event);
    Ok(sql.execute(tx).await? > 0)
}

/// Queues all dead deliveries of an endpoint; tells how many.
pub(super) async fn requeue_dead(tx: &mut Tx, id: EndpointId, now: Timestamp) -> Result<u64, Error> {
    let mut sql = requeued(now);
    sql.push("\nwhere tenant_id = ").bind(tx.tenant()).push(" and endpoint_id = ").bind(id.to_string());
    sql.push(" and state = 'dead'");
    sql.execute(tx).await
}

fn requeued(now: Timestamp) -> Sql {
    // All tenants: this is the head of a statement; who uses it adds `where tenant_id = …`.
    let mut sql =
        Sql::new("update webhook_deliveries\nset state = 'pending', tries = 0, finished_at = null, next_at = ");
    sql.bind(now.as_millis());
    sql
}

/// The enabled endpoints of these companies.
pub(super) async fn targets(tx: &mut Tx, tenants: &[String]) -> Result<Vec<Target>, Error> {
    let mut sql = Sql::new(ENDPOINT);
    sql.push("where enabled = 1 and tenant_id in (");
    sql.bind_list(tenants.iter().map(|t| Cell::from(t.as_str())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(target).collect()
}

/// Whether anybody wants to hear anything.
pub(super) async fn any_enabled(tx: &mut Tx) -> Result<bool, Error> {
    // All tenants: the sender serves every company.
    let found = sqlx::query("select id from webhook_endpoints where enabled = 1 limit 1");
    Ok(found.fetch_optional(tx.conn()).await?.is_some())
}

/// The endpoint, whosever it is.
pub(super) async fn target_of(tx: &mut Tx, tenant: &str, id: EndpointId) -> Result<Option<Target>, Error> {
    let mut sql = Sql::new(ENDPOINT);
    sql.push("where tenant_id = ").bind(tenant).push(" and id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(target).transpose()
}

/// Rows for new deliveries; one that is there already stays as it is.
pub(super) fn new_deliveries() -> Rows {
    Rows::new(
        "insert into webhook_deliveries (endpoint_id, seq, tenant_id, event_id, kind, call_id, lane, body, state, \
         tries, attempts, next_at, created_at)",
        "on conflict do nothing",
        13,
    )
}

pub(super) fn push_delivery(
    rows: &mut Rows,
    target: &Target,
    event: &outbox::Event,
    lane: &str,
    body: String,
    now: Timestamp,
) {
    rows.push([
        Cell::from(target.endpoint.id.to_string()),
        Cell::from(event.seq),
        Cell::from(target.tenant.as_str()),
        Cell::from(event.id.to_string()),
        Cell::from(event.kind.as_str()),
        Cell::from(event.call.map(|id| id.to_string())),
        Cell::from(lane),
        Cell::from(body),
        Cell::from(State::Pending.as_str()),
        Cell::from(0),
        Cell::from(0),
        Cell::from(now.as_millis()),
        Cell::from(now.as_millis()),
    ]);
}

/// The endpoints (company, id) that have something to send now.
pub(super) async fn due_endpoints(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, EndpointId)>, Error> {
    let mut sql = Sql::new(
        "select distinct e.tenant_id, e.id
from webhook_deliveries d
join webhook_endpoints e on e.id = d.endpoint_id and e.tenant_id = d.tenant_id
where e.enabled = 1 and d.state = 'pending' and d.next_at <= ",
    );
    sql.bind(now.as_millis());
    let rows = sql.fetch_all(tx).await?;
    let pair = |row: &AnyRow| {
        let id = row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("endpoint id"))?;
        Ok((row.try_get(0)?, id))
    };
    rows.iter().map(pair).collect()
}

/// A delivery to attempt.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) seq: i64,
    pub(super) event_id: String,
    pub(super) lane: String,
    pub(super) body: String,
    pub(super) tries: i64,
    pub(super) attempts: i64,
}

/// The first pending delivery of each lane that may be attempted now.
pub(super) async fn due(tx: &mut Tx, target: &Target, now: Timestamp, limit: usize) -> Result<Vec<Due>, Error> {
    let mut sql = Sql::new(
        "select d.seq, d.event_id, d.lane, d.body, d.tries, d.attempts
from webhook_deliveries d
where d.tenant_id = ",
    );
    sql.bind(target.tenant.as_str()).push(" and d.endpoint_id = ").bind(target.endpoint.id.to_string());
    sql.push(" and d.state = 'pending' and d.next_at <= ").bind(now.as_millis());
    sql.push(
        "
and not exists (
    select 1
    from webhook_deliveries e
    where e.tenant_id = d.tenant_id and e.endpoint_id = d.endpoint_id and e.lane = d.lane
    and e.state = 'pending' and e.seq < d.seq
)
order by d.next_at, d.seq
limit ",
    );
    sql.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = sql.fetch_all(tx).await?;
    let due = |row: &AnyRow| {
        Ok(Due {
            seq: row.try_get(0)?,
            event_id: row.try_get(1)?,
            lane: row.try_get(2)?,
            body: row.try_get(3)?,
            tries: row.try_get(4)?,
            attempts: row.try_get(5)?,
        })
    };
    rows.iter().map(due).collect()
}

/// Notes what came of an attempt.
pub(super) async fn settle(tx: &mut Tx, outcome: &Outcome) -> Result<(), Error> {
    let (tenant, endpoint) = (outcome.tenant.as_str(), outcome.endpoint.to_string());
    let mut sql = Sql::new("update webhook_deliveries\nset attempts = attempts + 1, tries = tries + 1, state = ");
    sql.bind(outcome.state.as_str()).push(", next_at = ").bind(outcome.next_at.as_millis());
    sql.push(", finished_at = ").bind((outcome.state != State::Pending).then_some(outcome.ended_at.as_millis()));
    sql.push(", last_status = ").bind(outcome.status).push(", last_error = ").bind(outcome.error.clone());
    sql.push("\nwhere tenant_id = ").bind(tenant).push(" and endpoint_id = ").bind(endpoint.as_str());
    sql.push(" and seq = ").bind(outcome.due.seq);
    if sql.execute(tx).await? == 0 {
        return Ok(());
    }
    if outcome.state == State::Pending {
        // What waits behind it need not be looked at before it is tried again.
        let mut sql = Sql::new("update webhook_deliveries\nset next_at = ");
        sql.bind(outcome.next_at.as_millis()).push("\nwhere tenant_id = ").bind(tenant);
        sql.push(" and endpoint_id = ").bind(endpoint.as_str()).push(" and lane = ").bind(outcome.due.lane.as_str());
        sql.push(" and state = 'pending' and seq > ").bind(outcome.due.seq);
        sql.execute(tx).await?;
    }
    let head =
        "insert into webhook_attempts (endpoint_id, seq, attempt, tenant_id, at, duration_ms, status, error, answer)";
    let mut rows = Rows::new(head, "on conflict do nothing", 9);
    rows.push([
        Cell::from(endpoint),
        Cell::from(outcome.due.seq),
        Cell::from(outcome.due.attempts + 1),
        Cell::from(tenant),
        Cell::from(outcome.began_at.as_millis()),
        Cell::from(outcome.duration_ms),
        Cell::from(outcome.status),
        Cell::from(outcome.error.clone()),
        Cell::from(outcome.answer.clone()),
    ]);
    rows.insert(tx).await.map(|_| ())
}

/// Forgets finished deliveries and attempts older than this.
pub(super) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, Error> {
    // All tenants: retention is the same for every company.
    let mut sql = Sql::new("delete from webhook_attempts\nwhere at < ");
    sql.bind(before.as_millis());
    sql.execute(tx).await?;
    let mut sql = Sql::new("delete from webhook_deliveries\nwhere state <> 'pending' and finished_at < ");
    sql.bind(before.as_millis());
    sql.execute(tx).await
}
