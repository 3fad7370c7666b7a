//! How notes on calls are stored. Tags hold no control character, so a line each keeps them apart.

use super::Note;
use model::CallId;
use sqlx::Row;
use std::collections::HashMap;
use store::{Cell, Error, Sql, Tx};

pub(super) async fn save(tx: &mut Tx, call: CallId, note: &Note) -> Result<(), Error> {
    sqlx::query(
        "insert into call_notes (call_id, tenant_id, note, tags, updated_at)
         values ($1, $2, $3, $4, $5)
         on conflict (call_id) do update
         set note = excluded.note, tags = excluded.tags, updated_at = excluded.updated_at
         where call_notes.tenant_id = $2",
    )
    .bind(call.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&note.text)
    .bind(note.tags.join("\n"))
    .bind(note.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn of(tx: &mut Tx, calls: &[CallId]) -> Result<HashMap<CallId, Note>, Error> {
    let mut sql = Sql::new("select call_id, note, tags, updated_at\nfrom call_notes\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand call_id in (");
    sql.bind_list(calls.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    let mut notes = HashMap::new();
    for row in sql.fetch_all(tx).await? {
        let call = row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("call id of a note"))?;
        let tags = row.try_get::<&str, _>(2)?.lines().map(str::to_owned).collect();
        notes.insert(call, Note { text: row.try_get(1)?, tags, updated_at: row.try_get(3)? });
    }
    Ok(notes)
}
