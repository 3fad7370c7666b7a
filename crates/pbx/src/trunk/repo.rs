//! How ways to carriers are stored.

use super::{Kind, NumberFormat, Transport, Trunk, value, word};
use crate::srtp::Srtp;
use model::TrunkId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Cell, Error, Rows, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, trunk: &Trunk, password: Option<&str>) -> Result<(), Error> {
    let id = trunk.id.to_string();
    let sealed = password.map(|password| tx.db().vault().seal(password, &id));
    sqlx::query(
        "insert into trunks (id, tenant_id, name, kind, server, transport, login, sealed_password, number_format, max_calls,
                             enabled, created_at, updated_at, probed, srtp)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)",
    )
    .bind(id)
    .bind(tx.tenant().to_owned())
    .bind(&trunk.name)
    .bind(word(&Kind::ALL, trunk.kind))
    .bind(&trunk.server)
    .bind(word(&Transport::ALL, trunk.transport))
    .bind(&trunk.login)
    .bind(sealed)
    .bind(word(&NumberFormat::ALL, trunk.number_format))
    .bind(trunk.max_calls)
    .bind(i64::from(trunk.enabled))
    .bind(trunk.created_at)
    .bind(i64::from(trunk.probe))
    .bind(word(&Srtp::ALL, trunk.srtp))
    .execute(tx.conn())
    .await?;
    insert_addresses(tx, trunk).await
}

async fn insert_addresses(tx: &mut Tx, trunk: &Trunk) -> Result<(), Error> {
    let mut rows = Rows::new("insert into trunk_addresses (tenant_id, trunk_id, address)", "", 3);
    for address in &trunk.addresses {
        rows.push([Cell::from(tx.tenant()), Cell::from(trunk.id.to_string()), Cell::from(address.as_str())]);
    }
    rows.insert(tx).await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, trunk: &Trunk, password: Option<&str>) -> Result<(), Error> {
    let id = trunk.id.to_string();
    let sealed = password.map(|password| tx.db().vault().seal(password, &id));
    sqlx::query(
        "update trunks
         set name = $3, server = $4, transport = $5, login = $6, sealed_password = coalesce($7, sealed_password),
             number_format = $8, max_calls = $9, enabled = $10, updated_at = $11, probed = $12,
             srtp = $13
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id)
    .bind(&trunk.name)
    .bind(&trunk.server)
    .bind(word(&Transport::ALL, trunk.transport))
    .bind(&trunk.login)
    .bind(sealed)
    .bind(word(&NumberFormat::ALL, trunk.number_format))
    .bind(trunk.max_calls)
    .bind(i64::from(trunk.enabled))
    .bind(trunk.updated_at)
    .bind(i64::from(trunk.probe))
    .bind(word(&Srtp::ALL, trunk.srtp))
    .execute(tx.conn())
    .await?;
    delete_addresses(tx, trunk.id).await?;
    insert_addresses(tx, trunk).await
}

async fn delete_addresses(tx: &mut Tx, id: TrunkId) -> Result<(), Error> {
    sqlx::query("delete from trunk_addresses where tenant_id = $1 and trunk_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: TrunkId) -> Result<(), Error> {
    delete_addresses(tx, id).await?;
    sqlx::query("delete from trunks where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, kind, server, transport, login, number_format, max_calls, enabled, created_at,
       updated_at, sealed_password, probed, srtp\nfrom trunks\nwhere tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: TrunkId) -> Result<Option<Trunk>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    Ok(fetch(tx, sql).await?.into_iter().next().map(|(trunk, _)| trunk))
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Trunk>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    Ok(fetch(tx, sql).await?.into_iter().map(|(trunk, _)| trunk).collect())
}

/// All ways to carriers of the company with their sealed passwords, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<(Trunk, Option<String>)>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    fetch(tx, sql).await
}

async fn fetch(tx: &mut Tx, sql: Sql) -> Result<Vec<(Trunk, Option<String>)>, Error> {
    let rows = sql.fetch_all(tx).await?;
    let mut trunks: Vec<(Trunk, Option<String>)> =
        rows.iter().map(|row| Ok((read(row)?, row.try_get(11)?))).collect::<Result<_, Error>>()?;
    let mut sql = Sql::new("select trunk_id, address\nfrom trunk_addresses\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand trunk_id in (");
    sql.bind_list(trunks.iter().map(|(trunk, _)| Cell::from(trunk.id.to_string())).collect());
    sql.push(")\norder by address");
    let mut addresses: HashMap<String, Vec<String>> = HashMap::new();
    for row in sql.fetch_all(tx).await? {
        addresses.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    for (trunk, _) in &mut trunks {
        trunk.addresses = addresses.remove(&trunk.id.to_string()).unwrap_or_default();
    }
    Ok(trunks)
}

fn read(row: &AnyRow) -> Result<Trunk, Error> {
    Ok(Trunk {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("trunk id"))?,
        name: row.try_get(1)?,
        kind: value(&Kind::ALL, row.try_get(2)?).ok_or(Error::Corrupt("kind of a trunk"))?,
        addresses: Vec::new(),
        server: row.try_get(3)?,
        transport: value(&Transport::ALL, row.try_get(4)?).ok_or(Error::Corrupt("transport of a trunk"))?,
        srtp: value(&Srtp::ALL, row.try_get(13)?).ok_or(Error::Corrupt("srtp of a trunk"))?,
        login: row.try_get(5)?,
        number_format: value(&NumberFormat::ALL, row.try_get(6)?).ok_or(Error::Corrupt("number format of a trunk"))?,
        max_calls: row.try_get(7)?,
        probe: row.try_get::<i64, _>(12)? != 0,
        enabled: row.try_get::<i64, _>(8)? != 0,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}
