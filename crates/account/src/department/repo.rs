//! How departments are stored.

use super::Department;
use model::DepartmentId;
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Tx};

pub(super) async fn insert(tx: &mut Tx, department: &Department) -> Result<(), Error> {
    sqlx::query(
        "insert into departments (id, tenant_id, name, description, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5)",
    )
    .bind(department.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&department.name)
    .bind(&department.description)
    .bind(department.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, department: &Department) -> Result<(), Error> {
    sqlx::query(
        "update departments
         set name = $3, description = $4, updated_at = $5
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(department.id.to_string())
    .bind(&department.name)
    .bind(&department.description)
    .bind(department.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: DepartmentId) -> Result<(), Error> {
    sqlx::query("delete from departments where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Puts all people of one department into another.
pub(super) async fn move_people(tx: &mut Tx, from: DepartmentId, to: DepartmentId) -> Result<(), Error> {
    sqlx::query("update users set department_id = $3 where tenant_id = $1 and department_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(from.to_string())
        .bind(to.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: DepartmentId) -> Result<Option<Department>, Error> {
    let row = sqlx::query(
        "select d.id, d.name, d.description, d.created_at, d.updated_at,
                (select count(*) from users u where u.tenant_id = d.tenant_id and u.department_id = d.id)
         from departments d
         where d.tenant_id = $1
         and d.id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list(tx: &mut Tx, after: Option<&str>, limit: u32) -> Result<Vec<Department>, Error> {
    let rows = sqlx::query(
        "select d.id, d.name, d.description, d.created_at, d.updated_at,
                (select count(*) from users u where u.tenant_id = d.tenant_id and u.department_id = d.id)
         from departments d
         where d.tenant_id = $1
         and d.id > $2
         order by d.id
         limit $3",
    )
    .bind(tx.tenant().to_owned())
    .bind(after.unwrap_or_default())
    .bind(i64::from(limit) + 1)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Department, Error> {
    Ok(Department {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("department id"))?,
        name: row.try_get(1)?,
        description: row.try_get(2)?,
        created_at: row.try_get(3)?,
        updated_at: row.try_get(4)?,
        users: row.try_get(5)?,
    })
}
