//! How notes on calls are stored. Tags hold no control character, so a line each keeps them apart.

use super::Note;
use model::CallId;
use sqlx::Row;
use std::collections::HashMap;
use std::str::FromStr;
use store::{Cell, Error, Sql, Tx};

pub(super) async fn save(tx: &mut Tx, call: CallId, note: &Note) -> Result<(), Error> {
    sqlx::query(
        "insert into call_notes (call_id, tenant_id, note, tags, updated_at, disposition_id, author_id)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (call_id) do update
         set note = excluded.note, tags = excluded.tags, updated_at = excluded.updated_at,
             disposition_id = excluded.disposition_id, author_id = excluded.author_id
         where call_notes.tenant_id = $2",
    )
    .bind(call.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&note.text)
    .bind(note.tags.join("\n"))
    .bind(note.updated_at)
    .bind(note.disposition.map(|id| id.to_string()))
    .bind(note.author.map(|id| id.to_string()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn of(tx: &mut Tx, calls: &[CallId]) -> Result<HashMap<CallId, Note>, Error> {
    if calls.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = "select call_id, note, tags, updated_at, disposition_id, author_id\nfrom call_notes";
    let mut sql = Sql::new(columns);
    sql.push("\nwhere tenant_id = ").bind(tx.tenant()).push("\nand call_id in (");
    sql.bind_list(calls.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let mut notes = HashMap::new();
    for row in sql.fetch_all(tx).await? {
        let note = Note {
            disposition: some(row.try_get(4)?, "disposition of a call")?,
            text: row.try_get(1)?,
            tags: row.try_get::<&str, _>(2)?.lines().map(str::to_owned).collect(),
            author: some(row.try_get(5)?, "author of a note on a call")?,
            updated_at: row.try_get(3)?,
        };
        notes.insert(row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("call id of a note"))?, note);
    }
    Ok(notes)
}

fn some<T: FromStr>(text: Option<&str>, what: &'static str) -> Result<Option<T>, Error> {
    text.map(|text| text.parse().map_err(|_| Error::Corrupt(what))).transpose()
}
