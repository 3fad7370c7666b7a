//! Rows of all companies.

use super::{CompanyTrunk, Usage};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

const QUARTER_MS: i64 = 900_000;

pub(super) async fn trunks(tx: &mut Tx) -> Result<Vec<CompanyTrunk>, Error> {
    let sql = Sql::new(
        "select t.tenant_id, c.name, t.id, t.name, t.kind, t.server, t.max_calls, t.enabled
         from trunks t
         join tenants c on c.id = t.tenant_id
         where c.suspended_at is null
         order by c.name, t.tenant_id, t.name, t.id",
    );
    let read = |row: &AnyRow| {
        Ok(CompanyTrunk {
            company: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("tenant id"))?,
            company_name: row.try_get(1)?,
            trunk: row.try_get::<&str, _>(2)?.parse().map_err(|_| Error::Corrupt("trunk id"))?,
            name: row.try_get(3)?,
            kind: row.try_get(4)?,
            server: row.try_get(5)?,
            max_calls: row.try_get(6)?,
            enabled: row.try_get::<i64, _>(7)? != 0,
        })
    };
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn usage(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<Usage>, Error> {
    let mut sql = Sql::new(
        "select c.id, c.name, case when c.suspended_at is null then 0 else 1 end,
                coalesce(e.count, 0), coalesce(h.count, 0), coalesce(u.count, 0),
                coalesce(f.calls, 0), coalesce(f.answered, 0), coalesce(f.talk_ms, 0), coalesce(r.bytes, 0)
         from tenants c
         left join (select tenant_id, count(*) as count from extensions group by tenant_id) e on e.tenant_id = c.id
         left join (select tenant_id, count(*) as count from hotlines group by tenant_id) h on h.tenant_id = c.id
         left join (select tenant_id, count(*) as count from users where enabled = 1 group by tenant_id) u
                on u.tenant_id = c.id
         left join (select tenant_id, cast(sum(size_bytes) as bigint) as bytes from recordings group by tenant_id) r
                on r.tenant_id = c.id
         left join (select tenant_id, cast(sum(calls) as bigint) as calls,
                           cast(sum(case when answered = 1 then calls else 0 end) as bigint) as answered,
                           cast(sum(talk_ms) as bigint) as talk_ms
                    from call_figures
                    where span_ms = ",
    );
    sql.bind(QUARTER_MS).push(" and began_at >= ").bind(from - from.rem_euclid(QUARTER_MS));
    sql.push(" and began_at < ").bind(to);
    sql.push("\ngroup by tenant_id) f on f.tenant_id = c.id\norder by c.name, c.id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Usage, Error> {
    Ok(Usage {
        company: row.try_get(0)?,
        name: row.try_get(1)?,
        suspended: row.try_get::<i64, _>(2)? != 0,
        extensions: row.try_get(3)?,
        hotlines: row.try_get(4)?,
        users: row.try_get(5)?,
        calls: row.try_get(6)?,
        answered: row.try_get(7)?,
        talk_ms: row.try_get(8)?,
        recorded_bytes: row.try_get(9)?,
    })
}
