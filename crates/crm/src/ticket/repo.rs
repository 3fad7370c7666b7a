//! How tickets are stored.

use super::entry::{Entry, EntryKind};
use super::finding::{Filter, pattern, sought};
use super::{Priority, Status, Ticket, of_word, word_of};
use crate::contact::repo::parsed;
use model::{ContactId, Id, TicketEntryId, TicketId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use store::{Error, Sql, Tx};

/// A ticket's columns with the names of those it is about, as [`read`] takes them.
const SELECT: &str =
    "select t.id, t.number, t.subject, t.description, t.status, t.priority, t.category, t.contact_id, c.name, t.call_id,
       t.assignee_id, coalesce(nullif(a.name, ''), a.login), t.author_id, coalesce(nullif(w.name, ''), w.login),
       t.due_at, t.created_at, t.updated_at, t.closed_at
from tickets t
left join contacts c on c.id = t.contact_id and c.tenant_id = t.tenant_id
left join users a on a.id = t.assignee_id
left join users w on w.id = t.author_id
where t.tenant_id = ";

/// The next free number of the company.
pub(super) async fn next_number(tx: &mut Tx) -> Result<i64, Error> {
    let row = sqlx::query("select cast(coalesce(max(number), 0) as bigint) from tickets where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_one(tx.conn())
        .await?;
    Ok(row.try_get::<i64, _>(0)? + 1)
}

pub(super) async fn insert(tx: &mut Tx, ticket: &Ticket) -> Result<(), Error> {
    sqlx::query(
        "insert into tickets (id, tenant_id, number, subject, description, status, priority, category, contact_id,
                              call_id, assignee_id, author_id, due_at, sought, created_at, updated_at, closed_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16)",
    )
    .bind(ticket.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(ticket.number)
    .bind(&ticket.subject)
    .bind(&ticket.description)
    .bind(ticket.status.as_str())
    .bind(ticket.priority.as_str())
    .bind(&ticket.category)
    .bind(ticket.contact.map(|id| id.to_string()))
    .bind(ticket.call.map(|id| id.to_string()))
    .bind(ticket.assignee.map(|id| id.to_string()))
    .bind(ticket.author.map(|id| id.to_string()))
    .bind(ticket.due_at)
    .bind(sought(ticket))
    .bind(ticket.created_at)
    .bind(ticket.closed_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn save(tx: &mut Tx, ticket: &Ticket) -> Result<(), Error> {
    sqlx::query(
        "update tickets
         set subject = $3, description = $4, status = $5, priority = $6, category = $7, contact_id = $8,
             assignee_id = $9, due_at = $10, sought = $11, updated_at = $12, closed_at = $13
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(ticket.id.to_string())
    .bind(&ticket.subject)
    .bind(&ticket.description)
    .bind(ticket.status.as_str())
    .bind(ticket.priority.as_str())
    .bind(&ticket.category)
    .bind(ticket.contact.map(|id| id.to_string()))
    .bind(ticket.assignee.map(|id| id.to_string()))
    .bind(ticket.due_at)
    .bind(sought(ticket))
    .bind(ticket.updated_at)
    .bind(ticket.closed_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut Tx, id: TicketId) -> Result<(), Error> {
    for statement in [
        "delete from ticket_entries where tenant_id = $1 and ticket_id = $2",
        "delete from tickets where tenant_id = $1 and id = $2",
    ] {
        sqlx::query(statement).bind(tx.tenant().to_owned()).bind(id.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: TicketId) -> Result<Option<Ticket>, Error> {
    find_between(tx, id, id).await
}

/// The first ticket whose id lies between these two.
pub(super) async fn find_between(tx: &mut Tx, first: TicketId, last: TicketId) -> Result<Option<Ticket>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.bind(tx.tenant()).push("\nand t.id >= ").bind(first.to_string());
    sql.push("\nand t.id <= ").bind(last.to_string()).push("\norder by t.id\nlimit 1");
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

pub(super) async fn find_by_number(tx: &mut Tx, number: i64) -> Result<Option<Ticket>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.bind(tx.tenant()).push("\nand t.number = ").bind(number);
    sql.fetch_all(tx).await?.first().map(read).transpose()
}

/// The newest first, from the one before `after` on; one more than the limit.
pub(super) async fn list(tx: &mut Tx, filter: &Filter, after: Option<&str>, limit: u32) -> Result<Vec<Ticket>, Error> {
    let mut sql = Sql::new(SELECT);
    sql.bind(tx.tenant());
    matching(&mut sql, filter);
    if let Some(after) = after {
        sql.push("\nand t.id < ").bind(after);
    }
    sql.push("\norder by t.id desc\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// A piece of the same list by position, and how many there are in all.
pub(super) async fn slice(tx: &mut Tx, filter: &Filter, offset: u64, limit: u32) -> Result<(Vec<Ticket>, u64), Error> {
    let mut count =
        Sql::new("select count(*)\nfrom tickets t\nleft join users a on a.id = t.assignee_id\nwhere t.tenant_id = ");
    count.bind(tx.tenant());
    matching(&mut count, filter);
    let total = count.count(tx).await?;
    let mut sql = Sql::new(SELECT);
    sql.bind(tx.tenant());
    matching(&mut sql, filter);
    sql.push("\norder by t.id desc\nlimit ").bind(i64::from(limit));
    sql.push("\noffset ").bind(i64::try_from(offset).unwrap_or(i64::MAX));
    Ok((sql.fetch_all(tx).await?.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn matching(sql: &mut Sql, filter: &Filter) {
    if let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        sql.push("\nand (t.sought like ").bind(pattern(text)).push(" escape '!'");
        sql.push(" or lower(a.name) like ").bind(lower_pattern(text)).push(" escape '!'");
        sql.push(" or lower(a.login) like ").bind(lower_pattern(text)).push(" escape '!')");
    }
    if !filter.statuses.is_empty() {
        let words = filter.statuses.iter().map(|status| status.as_str().into()).collect();
        sql.push("\nand t.status in (").bind_list(words).push(")");
    }
    if let Some(priority) = filter.priority {
        sql.push("\nand t.priority = ").bind(priority.as_str());
    }
    if let Some(category) = &filter.category {
        sql.push("\nand t.category = ").bind(category.as_str());
    }
    match filter.assignee {
        Some(Some(user)) => {
            sql.push("\nand t.assignee_id = ").bind(user.to_string());
        }
        Some(None) => {
            sql.push("\nand t.assignee_id is null");
        }
        None => {}
    }
    if let Some(contact) = filter.contact {
        sql.push("\nand t.contact_id = ").bind(contact.to_string());
    }
    if let Some(call) = filter.call {
        sql.push("\nand t.call_id = ").bind(call.to_string());
    }
}

/// The databases' own `lower` knows no accents; a name is looked for as it is written.
fn lower_pattern(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let escaped = text.chars().flat_map(|c| matches!(c, '!' | '%' | '_').then_some('!').into_iter().chain([c]));
    format!("%{}%", escaped.collect::<String>())
}

/// The categories in use, the most used first.
pub(super) async fn categories(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let rows = sqlx::query(
        "select category
         from tickets
         where tenant_id = $1
         and category <> ''
         group by category
         order by count(*) desc, category
         limit 100",
    )
    .bind(tx.tenant().to_owned())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Who may look after tickets: the people who can log in, by name.
pub(super) async fn people(tx: &mut Tx) -> Result<Vec<(UserId, String)>, Error> {
    let rows = sqlx::query(
        "select id, coalesce(nullif(name, ''), login)
         from users
         where tenant_id = $1
         and enabled = 1
         order by name, id
         limit 1000",
    )
    .bind(tx.tenant().to_owned())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| Ok((parsed(row.try_get(0)?, "user id")?, row.try_get(1)?))).collect()
}

pub(super) async fn name_of_user(tx: &mut Tx, user: UserId) -> Result<Option<String>, Error> {
    let row = sqlx::query("select coalesce(nullif(name, ''), login) from users where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .fetch_optional(tx.conn())
        .await?;
    row.map(|row| Ok(row.try_get(0)?)).transpose()
}

/// The tickets that somebody looks after and that are not over.
pub(super) async fn unfinished_of(tx: &mut Tx, user: UserId) -> Result<Vec<TicketId>, Error> {
    let rows = sqlx::query(
        "select id
         from tickets
         where tenant_id = $1
         and assignee_id = $2
         and closed_at is null
         order by id",
    )
    .bind(tx.tenant().to_owned())
    .bind(user.to_string())
    .fetch_all(tx.conn())
    .await?;
    rows.iter().map(|row| parsed(row.try_get(0)?, "ticket id")).collect()
}

pub(super) async fn insert_entry(tx: &mut Tx, ticket: TicketId, entry: &Entry) -> Result<(), Error> {
    sqlx::query(
        "insert into ticket_entries (id, tenant_id, ticket_id, author_id, kind, body, field, value_before, value_after,
                                     created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(entry.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(ticket.to_string())
    .bind(entry.author.map(|id| id.to_string()))
    .bind(word_of(&EntryKind::ALL, entry.kind))
    .bind(&entry.body)
    .bind(&entry.field)
    .bind(&entry.before)
    .bind(&entry.after)
    .bind(entry.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The story, the newest first, from the line before `after` on; one more than the limit.
pub(super) async fn entries(
    tx: &mut Tx,
    ticket: TicketId,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Entry>, Error> {
    let mut sql = Sql::new(
        "select e.id, e.author_id, coalesce(nullif(u.name, ''), u.login), e.kind, e.body, e.field, e.value_before,
       e.value_after, e.created_at
from ticket_entries e
left join users u on u.id = e.author_id
where e.tenant_id = ",
    );
    sql.bind(tx.tenant()).push("\nand e.ticket_id = ").bind(ticket.to_string());
    if let Some(after) = after {
        sql.push("\nand e.id < ").bind(after);
    }
    sql.push("\norder by e.id desc\nlimit ").bind(i64::from(limit) + 1);
    sql.fetch_all(tx).await?.iter().map(read_entry).collect()
}

/// How many lines the story has.
pub(super) async fn count_entries(tx: &mut Tx, ticket: TicketId) -> Result<u64, Error> {
    let mut sql = Sql::new("select count(*)\nfrom ticket_entries\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand ticket_id = ").bind(ticket.to_string());
    sql.count(tx).await
}

/// Takes a note out; how many notes it was, 0 or 1.
pub(super) async fn delete_note(tx: &mut Tx, ticket: TicketId, note: TicketEntryId) -> Result<u64, Error> {
    let done = sqlx::query(
        "delete from ticket_entries
         where tenant_id = $1
         and ticket_id = $2
         and id = $3
         and kind = 'note'",
    )
    .bind(tx.tenant().to_owned())
    .bind(ticket.to_string())
    .bind(note.to_string())
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn touch(tx: &mut Tx, ticket: TicketId, at: i64) -> Result<(), Error> {
    sqlx::query("update tickets set updated_at = $3 where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(ticket.to_string())
        .bind(at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Hangs the tickets for one contact to another.
pub(crate) async fn move_contact(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<(), Error> {
    sqlx::query("update tickets set contact_id = $3 where tenant_id = $1 and contact_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(from.to_string())
        .bind(to.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Ticket, Error> {
    let text = |place: usize| row.try_get::<Option<String>, _>(place).map(Option::unwrap_or_default);
    Ok(Ticket {
        id: parsed(row.try_get(0)?, "ticket id")?,
        number: row.try_get(1)?,
        subject: row.try_get(2)?,
        description: row.try_get(3)?,
        status: of_word(&Status::ALL, row.try_get(4)?).ok_or(Error::Corrupt("status of a ticket"))?,
        priority: of_word(&Priority::ALL, row.try_get(5)?).ok_or(Error::Corrupt("priority of a ticket"))?,
        category: row.try_get(6)?,
        contact: some_id(row, 7, "contact of a ticket")?,
        contact_name: text(8)?,
        call: some_id(row, 9, "call of a ticket")?,
        assignee: some_id(row, 10, "assignee of a ticket")?,
        assignee_name: text(11)?,
        author: some_id(row, 12, "author of a ticket")?,
        author_name: text(13)?,
        due_at: row.try_get(14)?,
        created_at: row.try_get(15)?,
        updated_at: row.try_get(16)?,
        closed_at: row.try_get(17)?,
    })
}

fn read_entry(row: &AnyRow) -> Result<Entry, Error> {
    Ok(Entry {
        id: parsed(row.try_get(0)?, "entry id")?,
        author: some_id(row, 1, "author of an entry")?,
        author_name: row.try_get::<Option<String>, _>(2)?.unwrap_or_default(),
        kind: of_word(&EntryKind::ALL, row.try_get(3)?).ok_or(Error::Corrupt("kind of an entry"))?,
        body: row.try_get(4)?,
        field: row.try_get(5)?,
        before: row.try_get(6)?,
        after: row.try_get(7)?,
        created_at: row.try_get(8)?,
    })
}

fn some_id<T: Id>(row: &AnyRow, place: usize, what: &'static str) -> Result<Option<T>, Error> {
    row.try_get::<Option<&str>, _>(place)?.map(|id| parsed(id, what)).transpose()
}

/// Another person for tests; outside of them the account feature makes people.
#[cfg(test)]
pub(super) async fn insert_person(tx: &mut Tx, user: UserId, name: &str) -> Result<(), Error> {
    sqlx::query(
        "insert into users (id, tenant_id, login, name, role, password_hash, enabled, created_at, updated_at)
         values ($1, $2, $1, $3, 'agent', '', 1, 0, 0)",
    )
    .bind(user.to_string())
    .bind(tx.tenant().to_owned())
    .bind(name)
    .execute(tx.conn())
    .await?;
    Ok(())
}
