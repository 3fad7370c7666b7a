//! How comments on calls are stored.

use super::Comment;
use model::{CallId, CommentId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

pub(super) async fn insert(tx: &mut Tx, call: CallId, comment: &Comment) -> Result<(), Error> {
    sqlx::query(
        "insert into call_comments (id, tenant_id, call_id, author_id, body, at_ms, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(comment.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .bind(comment.author.map(|id| id.to_string()))
    .bind(&comment.body)
    .bind(comment.at_ms)
    .bind(comment.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn of(tx: &mut Tx, call: CallId) -> Result<Vec<Comment>, Error> {
    let rows = sqlx::query(
        "select id, author_id, body, at_ms, created_at
         from call_comments
         where tenant_id = $1
         and call_id = $2
         order by id",
    )
    .bind(tx.tenant().to_owned())
    .bind(call.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

pub(super) async fn count(tx: &mut Tx, call: CallId) -> Result<i64, Error> {
    let mut sql = Sql::new("select count(*)\nfrom call_comments\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand call_id = ").bind(call.to_string());
    Ok(i64::try_from(sql.count(tx).await?).unwrap_or(i64::MAX))
}

pub(super) async fn delete(tx: &mut Tx, call: CallId, id: CommentId) -> Result<(), Error> {
    sqlx::query("delete from call_comments where tenant_id = $1 and call_id = $2 and id = $3")
        .bind(tx.tenant().to_owned())
        .bind(call.to_string())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Comment, Error> {
    let author = row.try_get::<Option<&str>, _>(1)?;
    Ok(Comment {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("comment id"))?,
        author: author.map(|id| id.parse().map_err(|_| Error::Corrupt("author of a comment"))).transpose()?,
        body: row.try_get(2)?,
        at_ms: row.try_get(3)?,
        created_at: row.try_get(4)?,
    })
}
