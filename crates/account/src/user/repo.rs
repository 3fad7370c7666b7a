//! How people are stored.

use super::{Login, User};
use model::{Role, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Cell, Error, Sql, Tx, Walk};

pub(super) async fn insert(tx: &mut Tx, user: &User, password_hash: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into users (id, tenant_id, login, name, role, password_hash, enabled, created_at, updated_at, email)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
    )
    .bind(user.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&user.login)
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(password_hash)
    .bind(i64::from(user.enabled))
    .bind(user.created_at)
    .bind(user.email.as_deref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>, Error> {
    let row = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id, phone
         from users
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// The person whose id ends so.
pub(super) async fn find_ending(tx: &mut Tx, ending: &str) -> Result<Option<User>, Error> {
    let row = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id, phone
         from users
         where tenant_id = $1
         and substr(id, 19) = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(ending)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<User>, Error> {
    let rows = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id, phone
         from users
         where tenant_id = $1
         and login > $2
         order by login
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

/// What these people are called: their names, else their logins.
pub(super) async fn names(tx: &mut Tx, ids: &[UserId]) -> Result<HashMap<UserId, String>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::new("select id, name, login\nfrom users\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let mut names = HashMap::new();
    for row in sql.fetch_all(tx).await? {
        let (name, login) = (row.try_get::<String, _>(1)?, row.try_get::<String, _>(2)?);
        let id = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("user id"))?;
        names.insert(id, if name.is_empty() { login } else { name });
    }
    Ok(names)
}

/// A piece of those who log in so, of all without a login.
pub(super) async fn walk(tx: &mut Tx, login: Option<&str>, walk: &Walk) -> Result<Vec<User>, Error> {
    let mut sql = Sql::new(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id
         from users
         where tenant_id = ",
    );
    sql.bind(tx.tenant());
    if let Some(login) = login {
        sql.push("\nand login = ").bind(login);
    }
    walk.end(&mut sql);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Whoever logs in so, or has this address; the oldest of them.
pub(super) async fn find_reached(tx: &mut Tx, login: &str, address: &str) -> Result<Option<User>, Error> {
    let row = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id
         from users
         where tenant_id = $1
         and (login = $2 or login = $3 or email = $3)
         order by created_at, id
         limit 1",
    )
    .bind(tx.tenant().to_owned())
    .bind(login)
    .bind(address)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// These people.
pub(super) async fn some(tx: &mut Tx, ids: &[UserId]) -> Result<Vec<User>, Error> {
    let mut sql = Sql::new(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id
         from users
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// The hash of the password; empty while there is none.
pub(crate) async fn password_hash(tx: &mut Tx, id: UserId) -> Result<Option<String>, Error> {
    let row = sqlx::query("select password_hash from users where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub(crate) async fn set_password(tx: &mut Tx, id: UserId, hash: &str, at: i64) -> Result<(), Error> {
    sqlx::query("update users set password_hash = $3, updated_at = $4 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(hash)
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, user: &User) -> Result<(), Error> {
    sqlx::query(
        "update users
         set name = $3, role = $4, enabled = $5, updated_at = $6, email = $7, department_id = $8, phone = $9
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.id.to_string())
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(i64::from(user.enabled))
    .bind(user.updated_at)
    .bind(user.email.as_deref())
    .bind(user.department.map(|id| id.to_string()))
    .bind(user.phone.as_deref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes a person whose sessions, links and factors are gone.
pub(super) async fn delete(tx: &mut Tx, id: UserId) -> Result<(), Error> {
    sqlx::query("delete from users where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The calling code of the company's country.
pub(super) async fn country(tx: &mut Tx) -> Result<String, Error> {
    let row = sqlx::query("select country from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

/// The person behind a login, of whatever company: who logs in has not said which.
pub(crate) async fn find_login(tx: &mut Tx, login: &str) -> Result<Option<Login>, Error> {
    let row = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id, tenant_id, phone
         from users
         where login = $1",
    )
    .bind(login)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read_login).transpose()
}

/// The person behind a login, or behind an address that only one person has.
pub(crate) async fn find_login_or_email(tx: &mut Tx, text: &str) -> Result<Option<Login>, Error> {
    if let Some(found) = find_login(tx, text).await? {
        return Ok(Some(found));
    }
    let rows = sqlx::query(
        "select id, login, name, role, enabled, created_at, updated_at, email, password_hash, home_id, department_id, tenant_id, phone
         from users
         where email = $1
         and enabled = 1
         limit 2",
    )
    .bind(text)
    .fetch_all(tx.conn())
    .await?;
    match rows.as_slice() {
        [row] => read_login(row).map(Some),
        _ => Ok(None),
    }
}

fn read_login(row: &AnyRow) -> Result<Login, Error> {
    let tenant = row.try_get::<&str, _>(11)?.parse().map_err(|_| Error::Corrupt("tenant id of a user"))?;
    Ok(Login { tenant, user: read(row)?, password_hash: row.try_get(8)? })
}

fn read(row: &AnyRow) -> Result<User, Error> {
    let department = row.try_get::<Option<&str>, _>(10)?;
    let joined = row.try_get::<Option<&str>, _>(9)?.is_some();
    Ok(User {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("user id"))?,
        login: row.try_get(1)?,
        name: row.try_get(2)?,
        role: Role::parse(row.try_get(3)?).ok_or(Error::Corrupt("role of a user"))?,
        enabled: row.try_get::<i64, _>(4)? != 0,
        created_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
        email: row.try_get(7)?,
        invited: row.try_get::<&str, _>(8)?.is_empty() && !joined,
        joined,
        // Lists that have no use for it leave it out.
        phone: row.try_get("phone").unwrap_or_default(),
        department: department.map(str::parse).transpose().map_err(|_| Error::Corrupt("department of a user"))?,
    })
}
