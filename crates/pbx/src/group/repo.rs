//! How ring groups are stored.

use super::{Group, Member, Strategy};
use crate::target::Target;
use crate::trunk::{value, word};
use model::{ExtensionId, GroupId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};
use store::{Cell, Error, Rows, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    sqlx::query(
        "insert into ring_groups (id, tenant_id, name, strategy, ring_ms, target_kind, target_id, created_at,
                                  updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(group.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&group.name)
    .bind(word(&Strategy::ALL, group.strategy))
    .bind(group.ring_ms)
    .bind(group.on_no_answer.map(|target| target.kind()))
    .bind(group.on_no_answer.map(|target| target.to_string()))
    .bind(group.created_at)
    .execute(tx.conn())
    .await?;
    insert_members(tx, group).await
}

async fn insert_members(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    let into = "insert into ring_group_members (tenant_id, group_id, extension_id, place, delay_ms, ring_ms)";
    let mut rows = Rows::new(into, "", 6);
    for (place, member) in (0i64..).zip(&group.members) {
        let (group, extension) = (group.id.to_string(), member.extension.to_string());
        rows.push([
            Cell::from(tx.tenant()),
            Cell::from(group),
            Cell::from(extension),
            Cell::from(place),
            Cell::from(member.delay_ms),
            Cell::from(member.ring_ms.unwrap_or(0)),
        ]);
    }
    rows.insert(tx).await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, group: &Group) -> Result<(), Error> {
    sqlx::query(
        "update ring_groups
         set name = $3, strategy = $4, ring_ms = $5, target_kind = $6, target_id = $7, updated_at = $8
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(group.id.to_string())
    .bind(&group.name)
    .bind(word(&Strategy::ALL, group.strategy))
    .bind(group.ring_ms)
    .bind(group.on_no_answer.map(|target| target.kind()))
    .bind(group.on_no_answer.map(|target| target.to_string()))
    .bind(group.updated_at)
    .execute(tx.conn())
    .await?;
    delete_members(tx, group.id).await?;
    insert_members(tx, group).await
}

async fn delete_members(tx: &mut Tx, id: GroupId) -> Result<(), Error> {
    sqlx::query("delete from ring_group_members where tenant_id = $1 and group_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: GroupId) -> Result<(), Error> {
    delete_members(tx, id).await?;
    sqlx::query("delete from ring_groups where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, strategy, ring_ms, target_kind, target_id, created_at, updated_at
from ring_groups
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: GroupId) -> Result<Option<Group>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    Ok(fetch(tx, sql).await?.into_iter().next())
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Group>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    fetch(tx, sql).await
}

/// All ring groups of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Group>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    fetch(tx, sql).await
}

async fn fetch(tx: &mut Tx, sql: Sql) -> Result<Vec<Group>, Error> {
    let rows = sql.fetch_all(tx).await?;
    let mut groups: Vec<Group> = rows.iter().map(read).collect::<Result<_, Error>>()?;
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    for part in groups.chunks(500) {
        let mut sql =
            Sql::new("select group_id, extension_id, delay_ms, ring_ms\nfrom ring_group_members\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand group_id in (");
        sql.bind_list(part.iter().map(|group| Cell::from(group.id.to_string())).collect());
        sql.push(")\norder by group_id, place");
        for row in sql.fetch_all(tx).await? {
            let group = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("group id of a member"))?;
            let extension =
                row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("extension id of a member"))?;
            let own: i64 = row.try_get(3)?;
            let member = Member { extension, delay_ms: row.try_get(2)?, ring_ms: (own > 0).then_some(own) };
            members.entry(group).or_default().push(member);
        }
    }
    for group in &mut groups {
        group.members = members.remove(&group.id).unwrap_or_default();
    }
    Ok(groups)
}

/// Ring groups that this extension belongs to, for people.
pub(crate) async fn groups_with(tx: &mut Tx, extension: ExtensionId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select g.name
         from ring_group_members m
         join ring_groups g on g.id = m.group_id and g.tenant_id = m.tenant_id
         where m.tenant_id = $1
         and m.extension_id = $2
         order by g.name",
    )
    .bind(tx.tenant().to_owned())
    .bind(extension.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(format!("ring group {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Ring groups that leave their calls to this when nobody answers, for people.
pub(crate) async fn groups_to(tx: &mut Tx, target: &str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query("select name from ring_groups where tenant_id = $1 and target_id = $2 order by name")
        .bind(tx.tenant().to_owned())
        .bind(target)
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| Ok(format!("ring group {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[GroupId]) -> Result<HashSet<GroupId>, Error> {
    let mut sql = Sql::new("select id\nfrom ring_groups\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("group id"))).collect()
}

fn read(row: &AnyRow) -> Result<Group, Error> {
    Ok(Group {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("group id"))?,
        name: row.try_get(1)?,
        strategy: value(&Strategy::ALL, row.try_get(2)?).ok_or(Error::Corrupt("strategy of a ring group"))?,
        ring_ms: row.try_get(3)?,
        members: Vec::new(),
        on_no_answer: Target::stored(row.try_get(4)?, row.try_get(5)?)?,
        created_at: row.try_get(6)?,
        updated_at: row.try_get(7)?,
    })
}
