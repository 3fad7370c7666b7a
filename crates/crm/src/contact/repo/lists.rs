//! The lists: a search walks the words of its rarest term in the order of names, so that a page costs what it shows.

use super::{LABEL, WRITTEN, read};
use crate::contact::finding::{Ranges, label_key};
use crate::contact::{Contact, Order};
use model::{ContactId, UserId};
use sqlx::Row;
use store::{Error, Sql, Tx};

/// What a list looks for, ready for the database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) terms: Vec<Ranges>,
    pub(crate) label: Option<String>,
    pub(crate) owners: Vec<Option<UserId>>,
    pub(crate) order: Order,
}

/// The contact that the page before ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum After {
    /// In the order of names.
    Name(String, ContactId),
    /// In the order of time.
    Time(i64, ContactId),
}

pub(crate) async fn list(
    tx: &mut Tx,
    wanted: &Wanted,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Contact>, Error> {
    if wanted.order == Order::Name
        && let Some((first, rest)) = wanted.terms.split_first()
    {
        return by_words(tx, wanted, (first, rest), after, limit).await;
    }
    let mut sql = Sql::new("select c.id, c.data, c.created_at, c.updated_at\nfrom contacts c\nwhere c.tenant_id = ");
    matching(&mut sql, tx, wanted);
    match after {
        Some(After::Name(name, id)) => {
            sql.push("\nand (c.sort_name, c.id) > (").bind(name).push(", ").bind(id.to_string()).push(")");
        }
        Some(After::Time(at, id)) => {
            sql.push("\nand (c.created_at, c.id) < (").bind(at).push(", ").bind(id.to_string()).push(")");
        }
        None => {}
    }
    sql.push(match wanted.order {
        Order::Name => "\norder by c.sort_name, c.id\nlimit ",
        Order::Newest => "\norder by c.created_at desc, c.id desc\nlimit ",
    });
    sql.bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// A piece of the list by position, and how many there are in all.
pub(crate) async fn slice(tx: &mut Tx, wanted: &Wanted, offset: u64, limit: u32) -> Result<(Vec<Contact>, u64), Error> {
    let mut sql = Sql::new("select count(*)\nfrom contacts c\nwhere c.tenant_id = ");
    matching(&mut sql, tx, wanted);
    let total = sql.count(tx).await?;
    let mut sql = Sql::new("select c.id, c.data, c.created_at, c.updated_at\nfrom contacts c\nwhere c.tenant_id = ");
    matching(&mut sql, tx, wanted);
    sql.push(match wanted.order {
        Order::Name => "\norder by c.sort_name, c.id\nlimit ",
        Order::Newest => "\norder by c.created_at desc, c.id desc\nlimit ",
    });
    sql.bind(i64::from(limit)).push("\noffset ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
    Ok((sql.fetch_all(tx).await?.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Goes on behind `tenant_id = `.
fn matching(sql: &mut Sql, tx: &Tx, wanted: &Wanted) {
    sql.bind(tx.tenant());
    for ranges in &wanted.terms {
        sql.push("\nand exists (select 1 from contact_words w where w.tenant_id = c.tenant_id and w.contact_id = c.id");
        sql.push("\nand (");
        in_ranges(sql, ranges);
        sql.push("))");
    }
    conditions(sql, wanted);
}

/// The contact whose id lies between these two.
pub(crate) async fn find_between(tx: &mut Tx, first: ContactId, last: ContactId) -> Result<Option<Contact>, Error> {
    let mut sql = Sql::new("select c.id, c.data, c.created_at, c.updated_at\nfrom contacts c\nwhere c.tenant_id = ");
    sql.bind(tx.tenant()).push("\nand c.id >= ").bind(first.to_string());
    sql.push("\nand c.id <= ").bind(last.to_string()).push("\norder by c.id\nlimit 1");
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

async fn by_words(
    tx: &mut Tx,
    wanted: &Wanted,
    (first, rest): (&Ranges, &[Ranges]),
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Contact>, Error> {
    let mut sql = Sql::new("select c.id, c.data, c.created_at, c.updated_at\nfrom (");
    // One select for each range, so that each walks the index; `union` drops what several of them find.
    for (place, range) in first.iter().enumerate() {
        if place > 0 {
            sql.push("\nunion\n");
        }
        sql.push("select distinct w.sort_name, w.contact_id\nfrom contact_words w\nwhere w.tenant_id = ");
        sql.bind(tx.tenant()).push("\nand ");
        in_ranges(&mut sql, std::slice::from_ref(range));
        for ranges in rest {
            sql.push("\nand exists (select 1 from contact_words o where o.tenant_id = w.tenant_id");
            sql.push("\nand o.contact_id = w.contact_id and (");
            in_ranges_of_other(&mut sql, ranges);
            sql.push("))");
        }
        if let Some(After::Name(name, id)) = &after {
            sql.push("\nand (w.sort_name, w.contact_id) > (").bind(name.as_str()).push(", ").bind(id.to_string());
            sql.push(")");
        }
    }
    let filtered = wanted.label.is_some() || !wanted.owners.is_empty();
    if !filtered {
        sql.push("\norder by sort_name, contact_id\nlimit ").bind(i64::from(limit) + 1);
    }
    sql.push(") f\njoin contacts c on c.id = f.contact_id\nwhere c.tenant_id = ").bind(tx.tenant());
    conditions(&mut sql, wanted);
    sql.push("\norder by f.sort_name, f.contact_id\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

fn in_ranges(sql: &mut Sql, ranges: &[(String, String)]) {
    for (place, (from, to)) in ranges.iter().enumerate() {
        sql.push(if place == 0 { "w.word >= " } else { " or w.word >= " });
        sql.bind(from.as_str()).push(" and w.word < ").bind(to.as_str());
    }
}

fn in_ranges_of_other(sql: &mut Sql, ranges: &[(String, String)]) {
    for (place, (from, to)) in ranges.iter().enumerate() {
        sql.push(if place == 0 { "o.word >= " } else { " or o.word >= " });
        sql.bind(from.as_str()).push(" and o.word < ").bind(to.as_str());
    }
}

fn conditions(sql: &mut Sql, wanted: &Wanted) {
    if !wanted.owners.is_empty() {
        let known = wanted.owners.iter().flatten().map(|owner| owner.to_string().into()).collect();
        sql.push("\nand (c.owner_id in (").bind_list(known).push(")");
        sql.push(if wanted.owners.contains(&None) { " or c.owner_id is null)" } else { ")" });
    }
    if let Some(label) = &wanted.label {
        sql.push("\nand exists (select 1 from contact_keys k where k.tenant_id = c.tenant_id and k.kind = ")
            .bind(LABEL);
        sql.push(" and k.value = ").bind(label_key(label)).push(" and k.contact_id = c.id)");
    }
}

/// The labels in use as they are written, most used first, each with how many contacts carry it.
pub(crate) async fn labels(tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
    let rows = sqlx::query(
        "select value, count(*)
         from contact_keys
         where tenant_id = $1
         and kind = $2
         group by value
         order by count(*) desc, value
         limit 500",
    )
    .bind(tx.tenant().to_owned())
    .bind(WRITTEN)
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
