//! Copies of the records of one company, made by the database itself.

use model::TenantId;
use store::{Db, Error};

/// How many copies one transaction makes.
const AT_ONCE: i64 = 10;

/// A company in Vietnam.
pub(crate) async fn company(db: &Db, tenant: TenantId) -> Result<(), Error> {
    let mut tx = db.write(tenant).await?;
    sqlx::query(
        "insert into tenants (id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes,
                              config_version, created_at, updated_at)
         values ($1, 'Bench', 'bench.test', '84', 'Asia/Ho_Chi_Minh', 1, '84', '', 0, 0, 0)",
    )
    .bind(tenant.to_string())
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Copies all records of the company so often that there are `copies` of each, each `piece` milliseconds after the one before,
/// and counts them all anew.
pub(crate) async fn multiply(db: &Db, tenant: TenantId, copies: i64, piece: i64) -> Result<(), Error> {
    let numbers = "with recursive n (i) as (select $1 union all select i + 1 from n where i < $2)";
    let id = |column: &str| format!("substr({column}, 1, 25) || substr(cast(1000000 + n.i as text), 2)");
    let calls = format!(
        "{numbers}
         insert into calls (id, tenant_id, direction, status, hotline_id, trunk_id, extension_id, caller_number, caller_name,
                            callee_number, started_at, ringing_at, answered_at, ended_at, duration_ms, talk_ms, cause, ended_by,
                            legs, trail, queue_id, queue_wait_ms)
         select {}, c.tenant_id, c.direction, c.status, c.hotline_id, c.trunk_id, c.extension_id, c.caller_number,
                c.caller_name, c.callee_number, c.started_at + n.i * $3, c.ringing_at, c.answered_at + n.i * $3,
                c.ended_at + n.i * $3, c.duration_ms, c.talk_ms, c.cause, c.ended_by, c.legs, c.trail, c.queue_id,
                c.queue_wait_ms
         from n cross join calls c
         where c.tenant_id = $4 and c.started_at < $5",
        id("c.id")
    );
    let parties = format!(
        "{numbers}
         insert into call_parties (tenant_id, party, started_at, call_id)
         select p.tenant_id, p.party, p.started_at + n.i * $3, {}
         from n cross join call_parties p
         where p.tenant_id = $4 and p.started_at < $5",
        id("p.call_id")
    );
    let first: i64 = {
        let mut tx = db.read(tenant).await?;
        let row = sqlx::query("select min(started_at) from calls where tenant_id = $1")
            .bind(tenant.to_string())
            .fetch_one(tx.conn())
            .await?;
        sqlx::Row::try_get(&row, 0)?
    };
    for from in (1..copies).step_by(AT_ONCE as usize) {
        let to = (from + AT_ONCE - 1).min(copies - 1);
        let mut tx = db.write(tenant).await?;
        for text in [&calls, &parties] {
            sqlx::query(sqlx::AssertSqlSafe(text.clone()))
                .bind(from)
                .bind(to)
                .bind(piece)
                .bind(tenant.to_string())
                .bind(first + piece)
                .execute(tx.conn())
                .await?;
        }
        tx.commit().await?;
    }
    let mut tx = db.write(tenant).await?;
    sqlx::query("delete from call_figures where tenant_id = $1").bind(tenant.to_string()).execute(tx.conn()).await?;
    sqlx::query(
        "insert into call_figures (tenant_id, span_ms, began_at, direction, cause, answered, hotline_id, extension_id, calls,
                                   talk_ms, wait_ms, duration_ms)
         select c.tenant_id, s.span_ms, (c.started_at / s.span_ms) * s.span_ms, c.direction, c.cause,
                case when c.answered_at is null then 0 else 1 end, coalesce(c.hotline_id, ''), coalesce(c.extension_id, ''),
                count(*), cast(sum(c.talk_ms) as bigint),
                cast(sum(coalesce(c.answered_at, c.ended_at) - c.started_at) as bigint), cast(sum(c.duration_ms) as bigint)
         from calls c
         cross join (select 900000 as span_ms union all select 86400000 as span_ms) s
         where c.tenant_id = $1
         group by 1, 2, 3, 4, 5, 6, 7, 8",
    )
    .bind(tenant.to_string())
    .execute(tx.conn())
    .await?;
    sqlx::query("analyze").execute(tx.conn()).await?;
    tx.commit().await
}
