//! How templates are stored.

use super::Template;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, template: &Template) -> Result<(), Error> {
    sqlx::query(
        "insert into text_templates (tenant_id, code, text, parameters, created_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(tx.tenant().to_owned())
    .bind(&template.code)
    .bind(&template.text)
    .bind(template.parameters.join(" "))
    .bind(template.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, code: &str) -> Result<Option<Template>, Error> {
    let row = sqlx::query(
        "select code, text, parameters, created_at
         from text_templates
         where tenant_id = $1
         and code = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(code)
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Template>, Error> {
    let rows = sqlx::query(
        "select code, text, parameters, created_at
         from text_templates
         where tenant_id = $1
         and code > $2
         order by code
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

/// False when there was none.
pub(super) async fn delete(tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let done = sqlx::query("delete from text_templates where tenant_id = $1 and code = $2")
        .bind(tx.tenant().to_owned())
        .bind(code)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<Template, Error> {
    let parameters: &str = row.try_get(2)?;
    Ok(Template {
        code: row.try_get(0)?,
        text: row.try_get(1)?,
        parameters: parameters.split_whitespace().map(str::to_owned).collect(),
        created_at: row.try_get(3)?,
    })
}
