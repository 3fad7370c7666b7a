//! How imports and their rows are stored.

use super::{Column, Counts, Import, Outcome, Row, State};
use crate::contact::repo::{json, parsed};
use crate::contact::{Contact, Profile};
use model::{ContactId, ImportId};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use store::{Cell, Error, Rows, Sql, Tx};

/// A row as it is kept: `before` is the whole contact, so that it can be restored.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) place: i64,
    pub(super) cells: Vec<String>,
    pub(super) outcome: Outcome,
    pub(super) problem: String,
    pub(super) contact: Option<ContactId>,
    pub(super) before: Option<Contact>,
    pub(super) after: Option<Profile>,
    pub(super) written_at: Option<i64>,
}

impl From<Kept> for Row {
    fn from(kept: Kept) -> Row {
        Row {
            place: kept.place,
            cells: kept.cells,
            outcome: kept.outcome,
            problem: kept.problem,
            contact: kept.contact,
            before: kept.before.map(|contact| contact.profile),
            after: kept.after,
            written_at: kept.written_at,
        }
    }
}

pub(super) async fn insert(tx: &mut Tx, import: &Import) -> Result<(), Error> {
    sqlx::query(
        "insert into contact_imports (id, tenant_id, file_name, state, columns, mapping, row_count, created_by, created_at,
                                      updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(import.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&import.file_name)
    .bind(import.state.word())
    .bind(json(&import.columns))
    .bind(json(&import.mapping))
    .bind(import.rows)
    .bind(import.created_by.map(|id| id.to_string()))
    .bind(import.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes rows, in place of those that stand at the same places.
pub(super) async fn put_rows(tx: &mut Tx, import: ImportId, rows: &[Kept]) -> Result<(), Error> {
    let head =
        "insert into contact_import_rows (tenant_id, import_id, place, cells, outcome, problem, contact_id, before,
                                                 after, written_at)";
    let tail = "on conflict (tenant_id, import_id, place) do update
                set outcome = excluded.outcome, problem = excluded.problem, contact_id = excluded.contact_id,
                    before = excluded.before, after = excluded.after, written_at = excluded.written_at";
    let mut all = Rows::new(head, tail, 10);
    let id = import.to_string();
    for row in rows {
        all.push([
            Cell::from(tx.tenant()),
            Cell::from(id.as_str()),
            Cell::from(row.place),
            Cell::from(json(&row.cells)),
            Cell::from(row.outcome.word()),
            Cell::from(row.problem.as_str()),
            Cell::from(row.contact.map(|id| id.to_string())),
            Cell::from(row.before.as_ref().map(json)),
            Cell::from(row.after.as_ref().map(json)),
            Cell::from(row.written_at),
        ]);
    }
    all.insert(tx).await?;
    Ok(())
}

const COLUMNS: &str = "select i.id, i.file_name, i.state, i.columns, i.mapping, i.row_count, i.created_by, i.created_at
from contact_imports i
where i.tenant_id = ";

pub(super) async fn find(tx: &mut Tx, id: ImportId) -> Result<Option<Import>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant()).push("\nand i.id = ").bind(id.to_string());
    let rows = sql.fetch_all(tx).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut import = read(row)?;
    import.counts = counts(tx, id).await?;
    Ok(Some(import))
}

pub(super) async fn list(tx: &mut Tx, before: Option<&str>, limit: u32) -> Result<Vec<Import>, Error> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(tx.tenant());
    if let Some(before) = before {
        sql.push("\nand i.id < ").bind(before);
    }
    sql.push("\norder by i.id desc\nlimit ").bind(i64::from(limit) + 1);
    let mut imports: Vec<Import> = sql.fetch_all(tx).await?.iter().map(read).collect::<Result<_, Error>>()?;
    for import in &mut imports {
        import.counts = counts(tx, import.id).await?;
    }
    Ok(imports)
}

async fn counts(tx: &mut Tx, id: ImportId) -> Result<Counts, Error> {
    let rows = sqlx::query(
        "select outcome, count(*), count(written_at)
         from contact_import_rows
         where tenant_id = $1
         and import_id = $2
         group by outcome",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_all(tx.conn())
    .await?;
    let mut counts = Counts::default();
    for row in rows {
        let number: i64 = row.try_get(1)?;
        counts.written += row.try_get::<i64, _>(2)?;
        match Outcome::parse(row.try_get(0)?).ok_or(Error::Corrupt("outcome of a row"))? {
            Outcome::Waiting => {}
            Outcome::New => counts.new = number,
            Outcome::Changed => counts.changed = number,
            Outcome::Same => counts.same = number,
            Outcome::Error => counts.error = number,
        }
    }
    Ok(counts)
}

/// Moves an import on from one of these states; false when it is in none of them. Its row stays locked to the end of
/// the transaction, so that of two who work on an import one waits.
pub(super) async fn advance(tx: &mut Tx, id: ImportId, from: &[State], to: State, now: i64) -> Result<bool, Error> {
    let mut sql = Sql::new("update contact_imports\nset state = ");
    sql.bind(to.word()).push(", updated_at = ").bind(now).push("\nwhere tenant_id = ").bind(tx.tenant());
    sql.push("\nand id = ").bind(id.to_string()).push("\nand state in (");
    sql.bind_list(from.iter().map(|state| Cell::from(state.word())).collect()).push(")");
    Ok(sql.execute(tx).await? == 1)
}

pub(super) async fn set_mapping(tx: &mut Tx, id: ImportId, mapping: &[String]) -> Result<(), Error> {
    sqlx::query("update contact_imports set mapping = $3 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .bind(json(&mapping))
        .execute(tx.conn())
        .await?;
    Ok(())
}

const ROW: &str = "select place, cells, outcome, problem, contact_id, before, after, written_at
from contact_import_rows
where tenant_id = ";

/// Rows in the order of the file, of one outcome when it is named.
pub(super) async fn rows(
    tx: &mut Tx,
    id: ImportId,
    outcome: Option<Outcome>,
    after: i64,
    limit: u32,
) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(ROW);
    sql.bind(tx.tenant()).push("\nand import_id = ").bind(id.to_string());
    if let Some(outcome) = outcome {
        sql.push("\nand outcome = ").bind(outcome.word());
    }
    sql.push("\nand place > ").bind(after).push("\norder by place\nlimit ").bind(i64::from(limit));
    sql.fetch_all(tx).await?.iter().map(read_row).collect()
}

/// The next rows to write, in the order of the file.
pub(super) async fn unwritten(tx: &mut Tx, id: ImportId, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(ROW);
    sql.bind(tx.tenant()).push("\nand import_id = ").bind(id.to_string());
    sql.push("\nand outcome in ('new', 'changed')\nand written_at is null\norder by place\nlimit ");
    sql.bind(i64::from(limit));
    sql.fetch_all(tx).await?.iter().map(read_row).collect()
}

/// The next rows to take back: the last one first.
pub(super) async fn written(tx: &mut Tx, id: ImportId, limit: u32) -> Result<Vec<Kept>, Error> {
    let mut sql = Sql::new(ROW);
    sql.bind(tx.tenant()).push("\nand import_id = ").bind(id.to_string());
    sql.push("\nand written_at is not null\nand problem = ''\norder by place desc\nlimit ").bind(i64::from(limit));
    sql.fetch_all(tx).await?.iter().map(read_row).collect()
}

/// A contact was brought back to what it was between two rows of this import: the earlier one may still take it back.
pub(super) async fn touched(tx: &mut Tx, id: ImportId, contact: ContactId, at: i64) -> Result<(), Error> {
    sqlx::query(
        "update contact_import_rows
         set written_at = $4
         where tenant_id = $1
         and import_id = $2
         and contact_id = $3
         and written_at is not null",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .bind(contact.to_string())
    .bind(at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: ImportId) -> Result<(), Error> {
    for statement in [
        "delete from contact_import_rows where tenant_id = $1 and import_id = $2",
        "delete from contact_imports where tenant_id = $1 and id = $2",
    ] {
        sqlx::query(statement).bind(tx.tenant().to_owned()).bind(id.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Imports that were sent before then.
pub(super) async fn older_than(tx: &mut Tx, at: i64) -> Result<Vec<ImportId>, Error> {
    let rows = sqlx::query("select id from contact_imports where tenant_id = $1 and created_at < $2 limit 100")
        .bind(tx.tenant().to_owned())
        .bind(at)
        .fetch_all(tx.conn())
        .await?;
    rows.iter().map(|row| parsed(row.try_get(0)?, "import id")).collect()
}

fn read(row: &AnyRow) -> Result<Import, Error> {
    let state: &str = row.try_get(2)?;
    let state = State::ALL.iter().find(|(_, word)| *word == state).map(|(state, _)| *state);
    Ok(Import {
        id: parsed(row.try_get(0)?, "import id")?,
        file_name: row.try_get(1)?,
        state: state.ok_or(Error::Corrupt("state of an import"))?,
        columns: unpacked::<Vec<Column>>(row.try_get(3)?)?,
        mapping: unpacked(row.try_get(4)?)?,
        rows: row.try_get(5)?,
        counts: Counts::default(),
        created_by: row.try_get::<Option<&str>, _>(6)?.map(|id| parsed(id, "author of an import")).transpose()?,
        created_at: row.try_get(7)?,
    })
}

fn read_row(row: &AnyRow) -> Result<Kept, Error> {
    Ok(Kept {
        place: row.try_get(0)?,
        cells: unpacked(row.try_get(1)?)?,
        outcome: Outcome::parse(row.try_get(2)?).ok_or(Error::Corrupt("outcome of a row"))?,
        problem: row.try_get(3)?,
        contact: row.try_get::<Option<&str>, _>(4)?.map(|id| parsed(id, "contact id of a row")).transpose()?,
        before: row.try_get::<Option<&str>, _>(5)?.map(unpacked).transpose()?,
        after: row.try_get::<Option<&str>, _>(6)?.map(unpacked).transpose()?,
        written_at: row.try_get(7)?,
    })
}

fn unpacked<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt("row of an import"))
}
