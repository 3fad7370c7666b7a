//! How queues are stored.

use super::{Member, Queue};
use crate::target::Target;
use model::{ExtensionId, QueueId};
use serde::Serialize;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{HashMap, HashSet};
use store::{Cell, Error, Rows, Sql, Tx};

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("settings have only text for keys")
}

pub(super) async fn insert(tx: &mut Tx, queue: &Queue) -> Result<(), Error> {
    sqlx::query(
        "insert into queues (id, tenant_id, name, number, settings, sounds, overflow_kind, overflow_id, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(queue.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&queue.name)
    .bind(&queue.number)
    .bind(json(&queue.settings))
    .bind(json(&queue.sounds))
    .bind(queue.overflow.map(|target| target.kind()))
    .bind(queue.overflow.map(|target| target.to_string()))
    .bind(queue.created_at)
    .execute(tx.conn())
    .await?;
    insert_members(tx, queue).await
}

async fn insert_members(tx: &mut Tx, queue: &Queue) -> Result<(), Error> {
    let head = "insert into queue_members (tenant_id, queue_id, extension_id, level, skills, place)";
    let mut rows = Rows::new(head, "", 6);
    for (place, member) in (0i64..).zip(&queue.members) {
        let (id, agent, skills) = (queue.id.to_string(), member.extension.to_string(), json(&member.skills));
        let cells = [
            Cell::from(tx.tenant()),
            Cell::from(id),
            Cell::from(agent),
            Cell::from(member.level),
            Cell::from(skills),
            Cell::from(place),
        ];
        rows.push(cells);
    }
    rows.insert(tx).await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, queue: &Queue) -> Result<(), Error> {
    sqlx::query(
        "update queues
         set name = $3, number = $4, settings = $5, sounds = $6, overflow_kind = $7, overflow_id = $8, updated_at = $9
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(queue.id.to_string())
    .bind(&queue.name)
    .bind(&queue.number)
    .bind(json(&queue.settings))
    .bind(json(&queue.sounds))
    .bind(queue.overflow.map(|target| target.kind()))
    .bind(queue.overflow.map(|target| target.to_string()))
    .bind(queue.updated_at)
    .execute(tx.conn())
    .await?;
    delete_members(tx, queue.id).await?;
    insert_members(tx, queue).await
}

async fn delete_members(tx: &mut Tx, id: QueueId) -> Result<(), Error> {
    sqlx::query("delete from queue_members where tenant_id = $1 and queue_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: QueueId) -> Result<(), Error> {
    delete_members(tx, id).await?;
    sqlx::query("delete from queues where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, number, settings, sounds, overflow_kind, overflow_id, created_at, updated_at
from queues
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: QueueId) -> Result<Option<Queue>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    Ok(fetch(tx, sql).await?.into_iter().next())
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Queue>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    fetch(tx, sql).await
}

/// All queues of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Queue>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    fetch(tx, sql).await
}

async fn fetch(tx: &mut Tx, sql: Sql) -> Result<Vec<Queue>, Error> {
    let rows = sql.fetch_all(tx).await?;
    let mut queues: Vec<Queue> = rows.iter().map(read).collect::<Result<_, Error>>()?;
    let mut members: HashMap<QueueId, Vec<Member>> = HashMap::new();
    for part in queues.chunks(500) {
        let mut sql = Sql::new("select queue_id, extension_id, level, skills\nfrom queue_members\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand queue_id in (");
        sql.bind_list(part.iter().map(|queue| Cell::from(queue.id.to_string())).collect());
        sql.push(")\norder by queue_id, place");
        for row in sql.fetch_all(tx).await? {
            let queue = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("queue id of a member"))?;
            let extension = row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("extension of a member"))?;
            let skills = serde_json::from_str(row.try_get(3)?).map_err(|_| Error::Corrupt("skills of a member"))?;
            members.entry(queue).or_default().push(Member { extension, level: row.try_get(2)?, skills });
        }
    }
    for queue in &mut queues {
        queue.members = members.remove(&queue.id).unwrap_or_default();
    }
    Ok(queues)
}

/// Queues that this extension works in, for people.
pub(crate) async fn queues_with(tx: &mut Tx, extension: ExtensionId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select q.name
         from queue_members m
         join queues q on q.id = m.queue_id and q.tenant_id = m.tenant_id
         where m.tenant_id = $1
         and m.extension_id = $2
         order by q.name",
    )
    .bind(tx.tenant().to_owned())
    .bind(extension.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(format!("queue {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Queues whose callers go on to this flow, group, extension or queue, be it to a survey after the talk.
pub(crate) async fn queues_to(tx: &mut Tx, target: &str) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select name
         from queues
         where tenant_id = $1
         and (overflow_id = $2 or settings like $3)
         order by name",
    )
    .bind(tx.tenant().to_owned())
    .bind(target)
    .bind(format!("%\"survey\":\"{target}\"%"))
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(format!("queue {}", row.try_get::<&str, _>(0)?))).collect()
}

/// Which of these numbers lead to queues.
pub(crate) async fn numbers_taken(tx: &mut Tx, numbers: &[&str]) -> Result<HashSet<String>, Error> {
    let rows = sqlx::query("select number from queues where tenant_id = $1 and number is not null")
        .bind(tx.tenant().to_owned())
        .fetch_all(tx.conn())
        .await?;
    let taken: Result<Vec<String>, Error> = rows.iter().map(|row| Ok(row.try_get::<String, _>(0)?)).collect();
    Ok(taken?.into_iter().filter(|number| numbers.contains(&number.as_str())).collect())
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[QueueId]) -> Result<HashSet<QueueId>, Error> {
    let mut sql = Sql::new("select id\nfrom queues\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("queue id"))).collect()
}

fn read(row: &AnyRow) -> Result<Queue, Error> {
    let overflow = match (row.try_get::<Option<&str>, _>(5)?, row.try_get::<Option<&str>, _>(6)?) {
        (Some(kind), Some(id)) => Some(Target::parse(kind, id).ok_or(Error::Corrupt("overflow of a queue"))?),
        _ => None,
    };
    Ok(Queue {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("queue id"))?,
        name: row.try_get(1)?,
        number: row.try_get(2)?,
        members: Vec::new(),
        settings: serde_json::from_str(row.try_get(3)?).map_err(|_| Error::Corrupt("settings of a queue"))?,
        sounds: serde_json::from_str(row.try_get(4)?).map_err(|_| Error::Corrupt("sounds of a queue"))?,
        overflow,
        created_at: row.try_get(7)?,
        updated_at: row.try_get(8)?,
    })
}
