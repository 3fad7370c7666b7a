//! How extensions are stored. Passwords are sealed for their row.

use super::{CallFrom, Created, Extension};
use crate::srtp::Srtp;
use crate::trunk::{value, word};
use model::{ExtensionId, HotlineId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};
use store::{Cell, Error, Rows, Sql, Tx, Walk};

pub(super) async fn insert(tx: &mut Tx, created: &[Created]) -> Result<(), Error> {
    let head = "insert into extensions (id, tenant_id, number, name, sealed_password, hotline_id, enabled, created_at, updated_at,
                allowed_networks, call_from, srtp)";
    let mut rows = Rows::new(head, "", 12);
    let vault = tx.db().vault().clone();
    for Created { extension, password } in created {
        let id = extension.id.to_string();
        rows.push([
            Cell::from(id.as_str()),
            Cell::from(tx.tenant()),
            Cell::from(extension.number.as_str()),
            Cell::from(extension.name.as_str()),
            Cell::from(vault.seal(password, &id)),
            Cell::from(extension.hotline.map(|id| id.to_string())),
            Cell::from(i64::from(extension.enabled)),
            Cell::from(extension.created_at),
            Cell::from(extension.updated_at),
            Cell::from(extension.allowed_networks.join(",")),
            Cell::from(word(&CallFrom::ALL, extension.call_from)),
            Cell::from(word(&Srtp::ALL, extension.srtp)),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, extension: &Extension, password: Option<&str>) -> Result<(), Error> {
    let id = extension.id.to_string();
    let sealed = password.map(|password| tx.db().vault().seal(password, &id));
    sqlx::query(
        "update extensions
         set name = $3, hotline_id = $4, enabled = $5, updated_at = $6, user_id = $7,
             sealed_password = coalesce($8, sealed_password),
             allowed_networks = $9, call_from = $10, srtp = $11
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id)
    .bind(&extension.name)
    .bind(extension.hotline.map(|id| id.to_string()))
    .bind(i64::from(extension.enabled))
    .bind(extension.updated_at)
    .bind(extension.user.map(|id| id.to_string()))
    .bind(sealed)
    .bind(extension.allowed_networks.join(","))
    .bind(word(&CallFrom::ALL, extension.call_from))
    .bind(word(&Srtp::ALL, extension.srtp))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from extensions where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: ExtensionId) -> Result<Option<Extension>, Error> {
    let row = sqlx::query(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) async fn find_by_number(tx: &mut Tx, number: &str) -> Result<Option<Extension>, Error> {
    let row = sqlx::query(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = $1
         and number = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(number)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// The extension whose id ends so.
pub(super) async fn find_ending(tx: &mut Tx, ending: &str) -> Result<Option<Extension>, Error> {
    let row = sqlx::query(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = $1
         and substr(id, 19) = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(ending)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// The extension of this person.
pub(crate) async fn find_by_user(tx: &mut Tx, user: UserId) -> Result<Option<Extension>, Error> {
    let row = sqlx::query(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = $1
         and user_id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// A piece of those on this hotline and with one of these numbers, of all where none is named.
pub(super) async fn walk(
    tx: &mut Tx,
    hotline: Option<HotlineId>,
    numbers: &[String],
    walk: &Walk,
) -> Result<Vec<Extension>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = ",
    );
    sql.bind(tx.tenant());
    if let Some(hotline) = hotline {
        sql.push("\nand hotline_id = ").bind(hotline.to_string());
    }
    if !numbers.is_empty() {
        sql.push("\nand number in (").bind_list(numbers.iter().map(|number| Cell::from(number.as_str())).collect());
        sql.push(")");
    }
    walk.end(&mut sql);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// These extensions.
pub(super) async fn some(tx: &mut Tx, ids: &[ExtensionId]) -> Result<Vec<Extension>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Those with one of these ids or numbers.
pub(crate) async fn named(tx: &mut Tx, ids: &[ExtensionId], numbers: &[&str]) -> Result<Vec<Extension>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand (id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(") or number in (");
    sql.bind_list(numbers.iter().map(|number| Cell::from(*number)).collect()).push("))");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// The passwords of these extensions.
pub(super) async fn passwords(tx: &mut Tx, ids: &[ExtensionId]) -> Result<HashMap<ExtensionId, String>, Error> {
    let mut sql = Sql::new("select id, sealed_password from extensions where tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    let vault = tx.db().vault();
    rows.iter()
        .map(|row| {
            let id: &str = row.try_get(0)?;
            let password = vault.unseal(row.try_get(1)?, id).map_err(|_| Error::Corrupt("password of an extension"))?;
            Ok((id.parse().map_err(|_| Error::Corrupt("extension id"))?, password))
        })
        .collect()
}

pub(super) async fn list(
    tx: &mut Tx,
    search: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Extension>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand number > ").bind(after.unwrap_or_default());
    searched(&mut sql, search);
    sql.push("\norder by number\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn slice(tx: &mut Tx, search: Option<&str>, offset: u64, limit: u32) -> Result<Vec<Extension>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id, allowed_networks, call_from, srtp
         from extensions
         where tenant_id = ",
    );
    sql.bind(tx.tenant());
    searched(&mut sql, search);
    sql.push("\norder by number\nlimit ").bind(i64::from(limit));
    sql.push("\noffset ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn count(tx: &mut Tx, search: Option<&str>) -> Result<u64, Error> {
    let mut sql = Sql::new("select count(*)\nfrom extensions\nwhere tenant_id = ");
    sql.bind(tx.tenant());
    searched(&mut sql, search);
    sql.count(tx).await
}

fn searched(sql: &mut Sql, search: Option<&str>) {
    if let Some(search) = search.filter(|text| !text.is_empty()) {
        let literal: String = search.to_lowercase().replace(['\\', '%', '_'], " ");
        sql.push("\nand (number like ").bind(format!("{literal}%"));
        sql.push(" or lower(name) like ").bind(format!("%{literal}%")).push(")");
    }
}

/// Which of these numbers exist.
pub(crate) async fn numbers_taken(tx: &mut Tx, numbers: Vec<&str>) -> Result<HashSet<String>, Error> {
    let mut taken = HashSet::new();
    for part in numbers.chunks(500) {
        let mut sql = Sql::new("select number\nfrom extensions\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand number in (");
        sql.bind_list(part.iter().map(|number| Cell::from(*number)).collect()).push(")");
        for row in sql.fetch_all(tx).await? {
            taken.insert(row.try_get(0)?);
        }
    }
    Ok(taken)
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[ExtensionId]) -> Result<HashSet<ExtensionId>, Error> {
    let mut found = HashSet::new();
    for part in ids.chunks(500) {
        let mut sql = Sql::new("select id\nfrom extensions\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand id in (");
        sql.bind_list(part.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
        for row in sql.fetch_all(tx).await? {
            found.insert(row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("extension id"))?);
        }
    }
    Ok(found)
}

/// The numbers of extensions that show this hotline when calling out.
pub(crate) async fn showing(tx: &mut Tx, hotline: &str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query("select number from extensions where tenant_id = $1 and hotline_id = $2 order by number")
        .bind(tx.tenant().to_owned())
        .bind(hotline)
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| Ok(format!("extension {}", row.try_get::<&str, _>(0)?))).collect()
}

pub(super) async fn sealed_password(tx: &mut Tx, id: ExtensionId) -> Result<Option<String>, Error> {
    let row = sqlx::query("select sealed_password from extensions where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// All extensions of the company with their sealed passwords, for the snapshot and bootstrap.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<(Extension, String)>, Error> {
    let rows = sqlx::query(
        "select id, number, name, hotline_id, enabled, created_at, updated_at, user_id,
                allowed_networks, call_from, srtp, sealed_password
         from extensions
         where tenant_id = $1
         order by number",
    )
    .bind(tx.tenant().to_owned())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((read(row)?, row.try_get(11)?))).collect()
}

fn read(row: &AnyRow) -> Result<Extension, Error> {
    let hotline: Option<&str> = row.try_get(3)?;
    let (user, networks): (Option<&str>, &str) = (row.try_get(7)?, row.try_get(8)?);
    Ok(Extension {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("extension id"))?,
        number: row.try_get(1)?,
        name: row.try_get(2)?,
        hotline: hotline.map(|id| id.parse().map_err(|_| Error::Corrupt("hotline id of an extension"))).transpose()?,
        enabled: row.try_get::<i64, _>(4)? != 0,
        created_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
        user: user.map(|id| id.parse().map_err(|_| Error::Corrupt("user id of an extension"))).transpose()?,
        allowed_networks: networks.split(',').filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        call_from: value(&CallFrom::ALL, row.try_get(9)?).ok_or(Error::Corrupt("call_from of an extension"))?,
        srtp: value(&Srtp::ALL, row.try_get(10)?).ok_or(Error::Corrupt("srtp of an extension"))?,
    })
}
