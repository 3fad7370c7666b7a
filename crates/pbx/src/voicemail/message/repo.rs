//! How messages are stored.

use super::{Counts, Filter, Left, Message, file};
use model::{ExtensionId, VoicemailId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Sql, Tx};

const COLUMNS: &str =
    "select id, extension_id, call_id, from_number, from_name, duration_ms, size_bytes, complete, created_at, read_at
from voicemails
where tenant_id = ";

/// True when it was not there yet.
pub(super) async fn insert(tx: &mut Tx, left: &Left) -> Result<bool, Error> {
    let done = sqlx::query(
        "insert into voicemails (id, tenant_id, extension_id, call_id, from_number, from_name, file, size_bytes, duration_ms,
                                 complete, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do nothing",
    )
    .bind(left.id.to_string())
    .bind(left.tenant.to_string())
    .bind(left.extension.to_string())
    .bind(left.call.to_string())
    .bind(&left.from_number)
    .bind(&left.from_name)
    .bind(file(left.tenant, left.id).to_string_lossy().into_owned())
    .bind(left.size_bytes)
    .bind(left.duration_ms)
    .bind(i64::from(left.complete))
    .bind(left.created_at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Who is told of a message: the extension's number; the address, if any; and whether the message goes along.
pub(super) async fn owner(tx: &mut Tx, left: &Left) -> Result<Option<(String, Option<String>, bool)>, Error> {
    let row = sqlx::query(
        "select e.number, m.email, m.attach
         from extensions e
         left join mailboxes m on m.extension_id = e.id
         where e.tenant_id = $1
         and e.id = $2",
    )
    .bind(left.tenant.to_string())
    .bind(left.extension.to_string())
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let attach = row.try_get::<Option<i64>, _>(2)?.is_some_and(|attach| attach != 0);
    Ok(Some((row.try_get(0)?, row.try_get(1)?, attach)))
}

pub(super) async fn find(tx: &mut Tx, id: VoicemailId) -> Result<Option<Message>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand id = ").bind(id.to_string());
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// The newest first; one more than `limit` when there are more.
pub(super) async fn list(
    tx: &mut Tx,
    filter: Filter,
    after: Option<VoicemailId>,
    limit: u32,
) -> Result<Vec<Message>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant());
    if let Some(extension) = filter.extension {
        sql.push("\nand extension_id = ").bind(extension.to_string());
    }
    match filter.read {
        Some(true) => _ = sql.push("\nand read_at is not null"),
        Some(false) => _ = sql.push("\nand read_at is null"),
        None => {}
    }
    if let Some(after) = after {
        sql.push("\nand id < ").bind(after.to_string());
    }
    sql.push("\norder by id desc\nlimit ").bind(Cell::from(i64::from(limit) + 1));
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

pub(super) async fn counts(tx: &mut Tx, extension: ExtensionId) -> Result<Counts, Error> {
    let row = sqlx::query(
        "select count(*), count(read_at)
         from voicemails
         where tenant_id = $1
         and extension_id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(extension.to_string())
    .fetch_one(tx.conn())
    .await?;
    let number = |place: usize| -> Result<u64, Error> { Ok(u64::try_from(row.try_get::<i64, _>(place)?).unwrap_or(0)) };
    let (all, old) = (number(0)?, number(1)?);
    Ok(Counts { new: all.saturating_sub(old), old })
}

/// Whether it was otherwise before.
pub(super) async fn mark(tx: &mut Tx, id: VoicemailId, read_at: Option<i64>) -> Result<bool, Error> {
    let sql = match read_at {
        Some(_) => "update voicemails set read_at = $3 where tenant_id = $1 and id = $2 and read_at is null",
        None => "update voicemails set read_at = $3 where tenant_id = $1 and id = $2 and read_at is not null",
    };
    let done =
        sqlx::query(sql).bind(tx.tenant().to_owned()).bind(id.to_string()).bind(read_at).execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn delete(tx: &mut Tx, id: VoicemailId) -> Result<bool, Error> {
    let done = sqlx::query("delete from voicemails where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<Message, Error> {
    let corrupt = || Error::Corrupt("ids of a voicemail");
    Ok(Message {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| corrupt())?,
        extension: row.try_get::<&str, _>(1)?.parse().map_err(|_| corrupt())?,
        call: row.try_get::<&str, _>(2)?.parse().map_err(|_| corrupt())?,
        from_number: row.try_get(3)?,
        from_name: row.try_get(4)?,
        duration_ms: row.try_get(5)?,
        size_bytes: row.try_get(6)?,
        complete: row.try_get::<i64, _>(7)? != 0,
        created_at: row.try_get(8)?,
        read_at: row.try_get(9)?,
    })
}
