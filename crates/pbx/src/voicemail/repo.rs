//! How mailboxes are stored: no row means that the extension has none.

use super::Mailbox;
use model::{ExtensionId, GreetingId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;
use store::{Error, Sql, Tx};

const COLUMNS: &str =
    "select extension_id, enabled, on_no_answer, on_busy, on_unreachable, greeting_id, pin, max_ms, email, attach
from mailboxes
where tenant_id = ";

/// The mailbox of an extension.
pub(crate) async fn find(tx: &mut Tx, id: ExtensionId) -> Result<Mailbox, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand extension_id = ").bind(id.to_string());
    let vault = tx.db().vault().clone();
    Ok(sql
        .fetch_all(tx)
        .await?
        .first()
        .map(|row| read(row, &vault))
        .transpose()?
        .map(|(_, mailbox)| mailbox)
        .unwrap_or_default())
}

/// The mailboxes of the company, by extension.
pub(crate) async fn all(tx: &mut Tx) -> Result<HashMap<String, Mailbox>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant());
    let vault = tx.db().vault().clone();
    sql.fetch_all(tx).await?.iter().map(|row| read(row, &vault)).collect()
}

pub(super) async fn save(tx: &mut Tx, id: ExtensionId, mailbox: &Mailbox) -> Result<(), Error> {
    delete(tx, id).await?;
    let pin = mailbox.pin.as_deref().map(|pin| tx.db().vault().seal(pin, &id.to_string()));
    sqlx::query(
        "insert into mailboxes (tenant_id, extension_id, enabled, on_no_answer, on_busy, on_unreachable, greeting_id, pin,
                                max_ms, email, attach)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .bind(i64::from(mailbox.enabled))
    .bind(i64::from(mailbox.on_no_answer))
    .bind(i64::from(mailbox.on_busy))
    .bind(i64::from(mailbox.on_unreachable))
    .bind(mailbox.greeting.map(|id| id.to_string()))
    .bind(pin)
    .bind(mailbox.max_ms)
    .bind(mailbox.email.as_deref())
    .bind(i64::from(mailbox.attach))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, id: ExtensionId) -> Result<(), Error> {
    sqlx::query("delete from mailboxes where tenant_id = $1 and extension_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The mailboxes that greet with this sound, for people.
pub(crate) async fn mailboxes_with(tx: &mut Tx, greeting: GreetingId) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select e.number
         from mailboxes m
         join extensions e on e.id = m.extension_id
         where m.tenant_id = $1
         and m.greeting_id = $2
         order by e.number",
    )
    .bind(tx.tenant().to_owned())
    .bind(greeting.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(format!("the mailbox of {}", row.try_get::<&str, _>(0)?))).collect()
}

fn read(row: &AnyRow, vault: &store::Vault) -> Result<(String, Mailbox), Error> {
    let flag = |place: usize| -> Result<bool, Error> { Ok(row.try_get::<i64, _>(place)? != 0) };
    let extension: String = row.try_get(0)?;
    let greeting: Option<&str> = row.try_get(5)?;
    let greeting = greeting.map(|id| id.parse().map_err(|_| Error::Corrupt("greeting of a mailbox"))).transpose()?;
    let sealed: Option<&str> = row.try_get(6)?;
    let pin = sealed.map(|sealed| vault.unseal(sealed, &extension).map_err(|_| Error::Corrupt("pin of a mailbox")));
    let pin = pin.transpose()?;
    let mailbox = Mailbox {
        enabled: flag(1)?,
        on_no_answer: flag(2)?,
        on_busy: flag(3)?,
        on_unreachable: flag(4)?,
        greeting,
        has_pin: pin.is_some(),
        max_ms: row.try_get(7)?,
        email: row.try_get(8)?,
        attach: flag(9)?,
        pin,
    };
    Ok((extension, mailbox))
}
