//! How memberships are stored: as users who point to the one that logs in.

use super::{Home, Membership};
use model::{Role, TenantId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

/// The home of a user of this company who joined; none for who logs in as this one.
pub(super) async fn home(tx: &mut Tx, user: UserId) -> Result<Option<Home>, Error> {
    let row = sqlx::query(
        "select home_tenant_id, home_id
         from users
         where tenant_id = $1
         and id = $2
         and home_id is not null",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .fetch_optional(tx.conn())
    .await?;
    let read = |row: AnyRow| Ok(Home { tenant: tenant(&row, 0)?, user: id(&row, 1)? });
    row.map(read).transpose()
}

/// Points a user of this company to a home; whether it had none, nor a password.
pub(super) async fn attach(tx: &mut Tx, user: UserId, home: &Home) -> Result<bool, Error> {
    let done = sqlx::query(
        "update users
         set home_tenant_id = $3, home_id = $4
         where tenant_id = $1
         and id = $2
         and home_id is null
         and password_hash = ''",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .bind(home.tenant.to_string())
    .bind(home.user.to_string())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Where the person of a home works, of whatever company, by its name, and whether they may still come in there.
pub(super) async fn of_person(tx: &mut Tx, home: UserId) -> Result<Vec<(Membership, bool)>, Error> {
    let rows = sqlx::query(
        "select u.tenant_id, t.name, t.domain, u.id, u.role, u.enabled, t.suspended_at
         from users u
         join tenants t on t.id = u.tenant_id
         where u.id = $1
         or u.home_id = $1
         order by t.name, u.tenant_id",
    )
    .bind(home.to_string())
    .fetch_all(tx.conn())
    .await?;
    let read = |row: &AnyRow| {
        let membership = Membership {
            company_id: tenant(row, 0)?,
            company_name: row.try_get(1)?,
            domain: row.try_get(2)?,
            user_id: id(row, 3)?,
            role: Role::parse(row.try_get(4)?).ok_or(Error::Corrupt("role of a user"))?,
            current: false,
        };
        let open = row.try_get::<i64, _>(5)? != 0 && row.try_get::<Option<i64>, _>(6)?.is_none();
        Ok((membership, open))
    };
    rows.iter().map(read).collect()
}

fn tenant(row: &AnyRow, at: usize) -> Result<TenantId, Error> {
    row.try_get::<&str, _>(at)?.parse().map_err(|_| Error::Corrupt("tenant id of a user"))
}

fn id(row: &AnyRow, at: usize) -> Result<UserId, Error> {
    row.try_get::<&str, _>(at)?.parse().map_err(|_| Error::Corrupt("user id"))
}
