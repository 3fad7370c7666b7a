//! Mail that waits to be sent. It is written in the transaction of what it tells about, and sealed: it may hold a link
//! that opens a door. `worker` sends it.

use crate::{Db, Error, Tx, mint};
use model::{MailId, Problem, TenantId};
use sqlx::Row;

/// A mail to send, as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// A file that goes with it, from the data directory on.
    pub attachment: Option<String>,
}

/// A mail whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its id, the same at each attempt.
    pub id: MailId,
    tenant: String,
    /// What to send.
    pub mail: NewMail,
    /// How many attempts were begun, this one included.
    pub attempts: u32,
    /// When it was written, milliseconds since 1970.
    pub created_at: i64,
}

/// Writes a mail of the transaction's company, due at once.
pub async fn queue(tx: &mut Tx, mail: &NewMail, now: i64) -> Result<(), Error> {
    let tenant = tx.tenant().to_owned();
    insert(tx, tenant, mail, now).await
}

/// The same of the given company.
pub async fn queue_for(tx: &mut Tx, tenant: TenantId, mail: &NewMail, now: i64) -> Result<(), Error> {
    insert(tx, tenant.to_string(), mail, now).await
}

async fn insert(tx: &mut Tx, tenant: String, mail: &NewMail, now: i64) -> Result<(), Error> {
    let id: MailId = mint();
    let line = |text: &str| text.replace(['\r', '\n'], " ");
    let plain = format!("{}\n{}\n{}", line(&mail.to), line(&mail.subject), mail.text);
    let sealed = tx.db().vault().seal(&plain, &id.to_string());
    sqlx::query(
        "insert into mails (id, tenant_id, sealed, attempts, due_at, created_at, attachment)
         values ($1, $2, $3, 0, $4, $4, $5)",
    )
    .bind(id.to_string())
    .bind(tenant)
    .bind(sealed)
    .bind(now)
    .bind(mail.attachment.as_deref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes the mail that is due longest, of whatever company, and puts it off until `again_at`: whoever dies while sending
/// leaves it to the next.
pub async fn take(db: &Db, now: i64, again_at: i64) -> Result<Option<Due>, Problem> {
    let mut tx = db.system().await?;
    // All tenants: there is one courier for every company.
    let row = sqlx::query(
        "select id, tenant_id, sealed, attempts, due_at, created_at, attachment
         from mails
         where due_at <= $1
         order by due_at, id
         limit 1",
    )
    .bind(now)
    .fetch_optional(tx.conn())
    .await
    .map_err(Error::Sql)?;
    let Some(row) = row else { return Ok(None) };
    let (id, tenant, sealed): (String, String, String) = (text(&row, 0)?, text(&row, 1)?, text(&row, 2)?);
    let (attempts, due_at, created_at) = (number(&row, 3)?, number(&row, 4)?, number(&row, 5)?);
    let attachment: Option<String> = row.try_get(6).map_err(Error::Sql)?;
    drop(tx);
    let mut tx = db.system_write().await?;
    let taken = sqlx::query(
        "update mails
         set due_at = $4, attempts = attempts + 1
         where tenant_id = $1
         and id = $2
         and due_at = $3",
    )
    .bind(&tenant)
    .bind(&id)
    .bind(due_at)
    .bind(again_at)
    .execute(tx.conn())
    .await
    .map_err(Error::Sql)?;
    tx.commit().await?;
    if taken.rows_affected() == 0 {
        return Ok(None);
    }
    let plain = db.vault().unseal(&sealed, &id)?;
    let mut parts = plain.splitn(3, '\n').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let mail = NewMail { to: part(), subject: part(), text: part(), attachment };
    let id = id.parse().map_err(|_| Error::Corrupt("mail id"))?;
    let attempts = u32::try_from(attempts + 1).unwrap_or(u32::MAX);
    Ok(Some(Due { id, tenant, mail, attempts, created_at }))
}

/// Puts a mail off.
pub async fn put_off(db: &Db, due: &Due, until: i64) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    sqlx::query("update mails set due_at = $3 where tenant_id = $1 and id = $2")
        .bind(&due.tenant)
        .bind(due.id.to_string())
        .bind(until)
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

/// Forgets a mail that was sent or given up.
pub async fn forget(db: &Db, due: &Due) -> Result<(), Error> {
    let mut tx = db.system_write().await?;
    sqlx::query("delete from mails where tenant_id = $1 and id = $2")
        .bind(&due.tenant)
        .bind(due.id.to_string())
        .execute(tx.conn())
        .await?;
    tx.commit().await
}

fn text(row: &sqlx::any::AnyRow, place: usize) -> Result<String, Error> {
    Ok(row.try_get(place)?)
}

fn number(row: &sqlx::any::AnyRow, place: usize) -> Result<i64, Error> {
    Ok(row.try_get(place)?)
}
