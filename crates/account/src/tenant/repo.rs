//! How companies are stored.

use super::Tenant;
use model::TenantId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx, Walk};

pub(super) async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<(), Error> {
    sqlx::query(
        "insert into tenants (id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes,
                              config_version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $9)",
    )
    .bind(tenant.id.to_string())
    .bind(&tenant.name)
    .bind(&tenant.domain)
    .bind(&tenant.country)
    .bind(&tenant.time_zone)
    .bind(i64::from(tenant.record_calls))
    .bind(tenant.dial_countries.join(","))
    .bind(tenant.blocked_prefixes.join(","))
    .bind(tenant.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, tenant: &Tenant) -> Result<(), Error> {
    sqlx::query(
        "update tenants
         set name = $2, domain = $3, country = $4, time_zone = $5, record_calls = $6, dial_countries = $7,
             blocked_prefixes = $8, updated_at = $9
         where id = $1",
    )
    .bind(tenant.id.to_string())
    .bind(&tenant.name)
    .bind(&tenant.domain)
    .bind(&tenant.country)
    .bind(&tenant.time_zone)
    .bind(i64::from(tenant.record_calls))
    .bind(tenant.dial_countries.join(","))
    .bind(tenant.blocked_prefixes.join(","))
    .bind(tenant.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Suspends the company the transaction is bound to, or lets it work again.
pub(super) async fn set_suspended(tx: &mut Tx, since: Option<i64>) -> Result<(), Error> {
    sqlx::query("update tenants set suspended_at = $2 where id = $1")
        .bind(tx.tenant().to_owned())
        .bind(since)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The company the transaction is bound to.
pub(super) async fn find(tx: &mut Tx) -> Result<Option<Tenant>, Error> {
    let row = sqlx::query(
        "select id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes, created_at, updated_at,
                suspended_at
         from tenants
         where id = $1",
    )
    .bind(tx.tenant().to_owned())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn find_by_name(tx: &mut Tx, name: &str) -> Result<Option<Tenant>, Error> {
    let row = sqlx::query(
        "select id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes, created_at, updated_at,
                suspended_at
         from tenants
         where name = $1
         order by id
         limit 1",
    )
    .bind(name)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Tenant>, Error> {
    let rows = sqlx::query(
        "select id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes, created_at, updated_at,
                suspended_at
         from tenants
         where id > $1
         order by id
         limit $2",
    )
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

/// A piece of the companies whose key this partner holds and that counts.
pub(crate) async fn of_partner(tx: &mut Tx, partner: TenantId, now: i64, walk: &Walk) -> Result<Vec<Tenant>, Error> {
    let mut sql = Sql::new(
        "select id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes, created_at, updated_at,
                suspended_at
         from tenants
         where id in (
             select l.tenant_id
             from partner_links l
             join api_keys k on k.tenant_id = l.tenant_id and k.id = l.key_id
             where k.revoked_at is null
             and l.partner_id = ",
    );
    sql.bind(partner.to_string()).push("\nand (k.expires_at is null or k.expires_at > ").bind(now).push("))");
    walk.end(&mut sql);
    sql.fetch_all(tx).await?.iter().map(read).collect()
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
        record_calls: row.try_get::<i64, _>(5)? != 0,
        dial_countries: words(6)?,
        blocked_prefixes: words(7)?,
        created_at: row.try_get(8)?,
        updated_at: row.try_get(9)?,
        suspended_at: row.try_get(10)?,
    })
}
