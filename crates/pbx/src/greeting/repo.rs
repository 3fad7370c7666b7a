//! How sounds are stored; their audio is not in the database.

use super::{Greeting, Speech, Voice};
use crate::trunk::value;
use model::GreetingId;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashSet;
use store::{Cell, Error, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, greeting: &Greeting) -> Result<(), Error> {
    sqlx::query(
        "insert into greetings (id, tenant_id, name, duration_ms, size_bytes, created_at, speech_text, speech_voice,
         speech_speed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(greeting.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&greeting.name)
    .bind(greeting.duration_ms)
    .bind(greeting.size_bytes)
    .bind(greeting.created_at)
    .bind(greeting.speech.as_ref().map(|speech| speech.text.as_str()))
    .bind(greeting.speech.as_ref().map(|speech| speech.voice.as_str()))
    .bind(greeting.speech.as_ref().map(|speech| speech.speed))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: GreetingId) -> Result<(), Error> {
    sqlx::query("delete from greetings where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

const COLUMNS: &str = "select id, name, duration_ms, size_bytes, created_at, speech_text, speech_voice, speech_speed
from greetings
where tenant_id = ";

pub(crate) async fn find(tx: &mut Tx, id: GreetingId) -> Result<Option<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id > ").bind(after.unwrap_or_default());
    sql.push("\norder by id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// A piece of the list, newest first, of the names that hold this; and how many there are in all.
pub(super) async fn slice(
    tx: &mut Tx,
    search: Option<&str>,
    offset: u64,
    limit: u32,
) -> Result<(Vec<Greeting>, u64), Error> {
    let matching = |sql: &mut Sql, tx: &Tx| {
        sql.bind(tx.tenant());
        if let Some(search) = search {
            sql.push("\nand lower(name) like ").bind(like(search)).push(" escape '!'");
        }
    };
    let mut sql = Sql::new("select count(*)\nfrom greetings\nwhere tenant_id = ");
    matching(&mut sql, tx);
    let total = sql.count(tx).await?;
    let mut sql = Sql::new(COLUMNS);
    matching(&mut sql, tx);
    sql.push("\norder by id desc\nlimit ").bind(i64::from(limit));
    sql.push("\noffset ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
    Ok((sql.fetch_all(tx).await?.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// The pattern of texts that hold this one.
fn like(search: &str) -> String {
    let plain: String = search
        .to_lowercase()
        .chars()
        .flat_map(|c| {
            let escape = matches!(c, '!' | '%' | '_').then_some('!');
            escape.into_iter().chain([c])
        })
        .collect();
    format!("%{plain}%")
}

/// All sounds of the company, oldest first.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Greeting>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\norder by id");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// Which of these exist.
pub(crate) async fn existing(tx: &mut Tx, ids: &[GreetingId]) -> Result<HashSet<GreetingId>, Error> {
    let mut sql = Sql::new("select id\nfrom greetings\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand id in (");
    sql.bind_list(ids.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let rows = sql.fetch_all(tx).await?;
    rows.iter().map(|row| row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("greeting id"))).collect()
}

fn read(row: &AnyRow) -> Result<Greeting, Error> {
    Ok(Greeting {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("greeting id"))?,
        name: row.try_get(1)?,
        duration_ms: row.try_get(2)?,
        size_bytes: row.try_get(3)?,
        created_at: row.try_get(4)?,
        speech: match row.try_get::<Option<String>, _>(5)? {
            Some(text) => Some(Speech {
                text,
                voice: value(&Voice::ALL, row.try_get(6)?).ok_or(Error::Corrupt("voice of a greeting"))?,
                speed: row.try_get(7)?,
            }),
            None => None,
        },
    })
}
