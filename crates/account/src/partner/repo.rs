//! How partners' requests and links are stored. A request is the partner's row; a link is a row of the company that granted it.

use super::NewRequest;
use model::{KeyId, Role, TenantId};
use sqlx::Row;
use store::{Error, Tx};

/// A request as its token finds it.
pub(super) struct Request {
    pub(super) partner: TenantId,
    pub(super) company: Option<TenantId>,
    pub(super) redirect_url: String,
    pub(super) email: String,
}

/// What a company granted a partner.
pub(super) struct Link {
    pub(super) key: KeyId,
    pub(super) role: Role,
    pub(super) sealed: String,
    /// Whether the key still counts.
    pub(super) counts: bool,
}

pub(super) async fn insert_request(
    tx: &mut Tx,
    hash: &str,
    new: &NewRequest,
    now: i64,
    expires_at: i64,
) -> Result<(), Error> {
    sqlx::query(
        "insert into partner_requests (hash, tenant_id, shop_id, redirect_url, email, phone, name, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(hash)
    .bind(tx.tenant().to_owned())
    .bind(new.company.map(|id| id.to_string()))
    .bind(&new.redirect_url)
    .bind(&new.email)
    .bind(&new.phone)
    .bind(&new.name)
    .bind(now)
    .bind(expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the requests of this partner that are over.
pub(super) async fn forget_requests(tx: &mut Tx, now: i64) -> Result<(), Error> {
    sqlx::query("delete from partner_requests where tenant_id = $1 and expires_at <= $2")
        .bind(tx.tenant().to_owned())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The request with this token, of whatever partner, while it can be granted.
pub(super) async fn find_request(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<Request>, Error> {
    let row = sqlx::query(
        "select tenant_id, shop_id, redirect_url, email
         from partner_requests
         where hash = $1
         and used_at is null
         and expires_at > $2",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let company: Option<&str> = row.try_get(1)?;
    Ok(Some(Request {
        partner: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("partner of a request"))?,
        company: company.map(|id| id.parse().map_err(|_| Error::Corrupt("company of a request"))).transpose()?,
        redirect_url: row.try_get(2)?,
        email: row.try_get(3)?,
    }))
}

/// Uses a request up; false when it was used or over already.
pub(super) async fn use_request(tx: &mut Tx, partner: TenantId, hash: &str, now: i64) -> Result<bool, Error> {
    let done = sqlx::query(
        "update partner_requests
         set used_at = $3
         where tenant_id = $1
         and hash = $2
         and used_at is null
         and expires_at > $3",
    )
    .bind(partner.to_string())
    .bind(hash)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn find_link(
    tx: &mut Tx,
    partner: TenantId,
    company: TenantId,
    now: i64,
) -> Result<Option<Link>, Error> {
    let row = sqlx::query(
        "select l.key_id, l.sealed, k.role, k.revoked_at, k.expires_at
         from partner_links l
         join api_keys k on k.tenant_id = l.tenant_id and k.id = l.key_id
         where l.tenant_id = $1
         and l.partner_id = $2",
    )
    .bind(company.to_string())
    .bind(partner.to_string())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Link {
        key: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("key of a partner"))?,
        sealed: row.try_get(1)?,
        role: Role::parse(row.try_get(2)?).ok_or(Error::Corrupt("role of a partner's key"))?,
        counts: row.try_get::<Option<i64>, _>(3)?.is_none()
            && row.try_get::<Option<i64>, _>(4)?.is_none_or(|until| until > now),
    }))
}

/// Writes that the company of the transaction granted it to a partner, now with this key.
pub(super) async fn save_link(tx: &mut Tx, partner: TenantId, key: KeyId, sealed: &str, now: i64) -> Result<(), Error> {
    sqlx::query(
        "insert into partner_links (tenant_id, partner_id, key_id, sealed, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, partner_id) do update set key_id = $3, sealed = $4, created_at = $5",
    )
    .bind(tx.tenant().to_owned())
    .bind(partner.to_string())
    .bind(key.to_string())
    .bind(sealed)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The company whose id ends so, among those that ever granted it to the partner of the transaction.
pub(super) async fn find_ending(tx: &mut Tx, ending: &str) -> Result<Option<TenantId>, Error> {
    let row = sqlx::query("select tenant_id from partner_links where partner_id = $1 and substr(tenant_id, 19) = $2")
        .bind(tx.tenant().to_owned())
        .bind(ending)
        .fetch_optional(tx.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    row.try_get::<&str, _>(0)?.parse().map(Some).map_err(|_| Error::Corrupt("company of a partner"))
}

pub(super) async fn holds(tx: &mut Tx, key: KeyId) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from partner_links where tenant_id = $1 and key_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(key.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.is_some())
}
