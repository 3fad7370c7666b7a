//! How messages are stored. What was filled in is sealed: it may hold a code that opens something.

use super::{Message, State};
use crate::provider::Channel;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx, Vault};

/// The calling code of the company's country, to read numbers with.
pub(super) async fn country(tx: &mut Tx) -> Result<String, Error> {
    let row = sqlx::query("select country from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn insert(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    let parameters = serde_json::to_string(&message.parameters).expect("texts always become JSON");
    let sealed = tx.db().vault().seal(&parameters, &message.id.to_string());
    sqlx::query(
        "insert into texts (id, tenant_id, code, recipient, template, sealed_parameters, channel, state, reference, parts,
                            listened_s, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, $9)",
    )
    .bind(message.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&message.code)
    .bind(&message.to)
    .bind(&message.template)
    .bind(sealed)
    .bind(message.channel.as_str())
    .bind(word(message.state))
    .bind(message.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn finish(tx: &mut Tx, message: &Message) -> Result<(), Error> {
    sqlx::query(
        "update texts
         set channel = $3, state = $4, fault = $5, reference = $6, parts = $7, listened_s = $8, finished_at = $9
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(message.id.to_string())
    .bind(message.channel.as_str())
    .bind(word(message.state))
    .bind(message.fault.as_deref())
    .bind(&message.reference)
    .bind(i64::from(message.parts))
    .bind(i64::from(message.listened_s))
    .bind(message.finished_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn find_by_code(tx: &mut Tx, code: &str) -> Result<Option<Message>, Error> {
    let row = sqlx::query(
        "select id, code, recipient, template, sealed_parameters, channel, state, fault, reference, parts, listened_s,
                created_at, finished_at
         from texts
         where tenant_id = $1
         and code = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(code)
    .fetch_optional(tx.conn())
    .await?;
    let vault = tx.db().vault().clone();
    row.as_ref().map(|row| read(row, &vault)).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Message>, Error> {
    // Every id sorts before this one.
    let before = after.unwrap_or("txt_zzzzzzzzzzzzzzzzzzzzzzzzzz");
    let rows = sqlx::query(
        "select id, code, recipient, template, sealed_parameters, channel, state, fault, reference, parts, listened_s,
                created_at, finished_at
         from texts
         where tenant_id = $1
         and id < $2
         order by id desc
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(before)
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    let vault = tx.db().vault().clone();
    rows.iter().map(|row| read(row, &vault)).collect()
}

fn word(state: State) -> &'static str {
    State::ALL.iter().find(|(known, _)| *known == state).map_or("", |(_, word)| word)
}

fn read(row: &AnyRow, vault: &Vault) -> Result<Message, Error> {
    let (id, sealed, state): (&str, &str, &str) = (row.try_get(0)?, row.try_get(4)?, row.try_get(6)?);
    let parameters = vault.unseal(sealed, id).map_err(|_| Error::Corrupt("parameters of a text"))?;
    let number = |place: usize| -> Result<u32, Error> {
        u32::try_from(row.try_get::<i64, _>(place)?).map_err(|_| Error::Corrupt("number of a text"))
    };
    Ok(Message {
        id: id.parse().map_err(|_| Error::Corrupt("id of a text"))?,
        code: row.try_get(1)?,
        to: row.try_get(2)?,
        template: row.try_get(3)?,
        parameters: serde_json::from_str(&parameters).map_err(|_| Error::Corrupt("parameters of a text"))?,
        channel: Channel::parse(row.try_get(5)?).ok_or(Error::Corrupt("channel of a text"))?,
        state: State::ALL
            .iter()
            .find(|(_, known)| *known == state)
            .map(|(state, _)| *state)
            .ok_or(Error::Corrupt("state of a text"))?,
        fault: row.try_get(7)?,
        reference: row.try_get(8)?,
        parts: number(9)?,
        listened_s: number(10)?,
        created_at: row.try_get(11)?,
        finished_at: row.try_get(12)?,
    })
}
