//! How views are stored.

use super::View;
use model::ViewId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, view: &View) -> Result<(), Error> {
    sqlx::query(
        "insert into saved_views (id, tenant_id, user_id, list, name, query, shared, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(view.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(view.user.to_string())
    .bind(&view.list)
    .bind(&view.name)
    .bind(&view.query)
    .bind(i64::from(view.shared))
    .bind(view.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, view: &View) -> Result<(), Error> {
    sqlx::query(
        "update saved_views
         set name = $3, query = $4, shared = $5, updated_at = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(view.id.to_string())
    .bind(&view.name)
    .bind(&view.query)
    .bind(i64::from(view.shared))
    .bind(view.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: ViewId) -> Result<(), Error> {
    sqlx::query("delete from saved_views where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: ViewId) -> Result<Option<View>, Error> {
    let row = sqlx::query(
        "select id, user_id, list, name, query, shared, created_at, updated_at
         from saved_views
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

/// Everybody's views of a list.
pub(super) async fn of_list(tx: &mut Tx, list: &str) -> Result<Vec<View>, Error> {
    let rows = sqlx::query(
        "select id, user_id, list, name, query, shared, created_at, updated_at
         from saved_views
         where tenant_id = $1
         and list = $2
         order by id",
    )
    .bind(tx.tenant().to_owned())
    .bind(list.to_owned())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<View, Error> {
    Ok(View {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("view id"))?,
        user: row.try_get::<&str, _>(1)?.parse().map_err(|_| Error::Corrupt("whose view"))?,
        list: row.try_get(2)?,
        name: row.try_get(3)?,
        query: row.try_get(4)?,
        shared: row.try_get::<i64, _>(5)? != 0,
        created_at: row.try_get(6)?,
        updated_at: row.try_get(7)?,
    })
}
