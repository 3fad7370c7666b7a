//! How held numbers are stored: as rows of the company that holds them.

use super::Held;
use model::{HotlineId, TenantId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Cell, Error, Sql, Tx, Walk};

pub(super) async fn insert(tx: &mut Tx, held: &Held) -> Result<(), Error> {
    sqlx::query(
        "insert into held_numbers (id, tenant_id, number, name, description, network, free_of_charge, owner_id, created_at,
                                   updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(held.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(&held.number)
    .bind(&held.name)
    .bind(&held.description)
    .bind(&held.network)
    .bind(i64::from(held.free_of_charge))
    .bind(held.owner.map(|id| id.to_string()))
    .bind(held.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes whose it is and where it is in use.
pub(super) async fn save(tx: &mut Tx, holder: TenantId, held: &Held) -> Result<(), Error> {
    sqlx::query(
        "update held_numbers
         set owner_id = $3, hotline_id = $4, ring_group_id = $5, updated_at = $6
         where tenant_id = $1
         and id = $2",
    )
    .bind(holder.to_string())
    .bind(held.id.to_string())
    .bind(held.owner.map(|id| id.to_string()))
    .bind(held.hotline.map(|id| id.to_string()))
    .bind(held.group.map(|id| id.to_string()))
    .bind(held.updated_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: HotlineId) -> Result<(), Error> {
    sqlx::query("delete from held_numbers where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(id.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, holder: TenantId, id: HotlineId) -> Result<Option<Held>, Error> {
    let row = sqlx::query(
        "select id, number, name, description, network, free_of_charge, owner_id, hotline_id, ring_group_id, created_at, updated_at
         from held_numbers
         where tenant_id = $1
         and id = $2",
    )
    .bind(holder.to_string())
    .bind(id.to_string())
    .fetch_optional(tx.conn())
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn walk(tx: &mut Tx, walk: &Walk) -> Result<Vec<Held>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, description, network, free_of_charge, owner_id, hotline_id, ring_group_id, created_at, updated_at
         from held_numbers
         where tenant_id = ",
    );
    sql.bind(tx.tenant());
    walk.end(&mut sql);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// The one whose id ends so.
pub(super) async fn find_ending(tx: &mut Tx, ending: &str) -> Result<Option<Held>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, description, network, free_of_charge, owner_id, hotline_id, ring_group_id, created_at, updated_at
         from held_numbers
         where tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand substr(id, 19) = ").bind(ending);
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// The numbers, of whichever tenant_id, that the company of the transaction uses as these hotlines.
pub(super) async fn given_to(tx: &mut Tx, hotlines: &[HotlineId]) -> Result<Vec<Held>, Error> {
    let mut sql = Sql::new(
        "select id, number, name, description, network, free_of_charge, owner_id, hotline_id, ring_group_id, created_at, updated_at,
                tenant_id
         from held_numbers
         where owner_id = ",
    );
    sql.bind(tx.tenant()).push("\nand hotline_id in (");
    sql.bind_list(hotlines.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Held, Error> {
    let (owner, hotline, group): (Option<&str>, Option<&str>, Option<&str>) =
        (row.try_get(6)?, row.try_get(7)?, row.try_get(8)?);
    Ok(Held {
        id: row.try_get::<&str, _>(0)?.parse().map_err(|_| Error::Corrupt("id of a held number"))?,
        number: row.try_get(1)?,
        name: row.try_get(2)?,
        description: row.try_get(3)?,
        network: row.try_get(4)?,
        free_of_charge: row.try_get::<i64, _>(5)? != 0,
        owner: owner.map(|id| id.parse().map_err(|_| Error::Corrupt("owner of a held number"))).transpose()?,
        hotline: hotline.map(|id| id.parse().map_err(|_| Error::Corrupt("hotline of a held number"))).transpose()?,
        group: group.map(|id| id.parse().map_err(|_| Error::Corrupt("ring group of a held number"))).transpose()?,
        created_at: row.try_get(9)?,
        updated_at: row.try_get(10)?,
    })
}
