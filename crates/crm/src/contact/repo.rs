//! How contacts are stored: a contact is one row, read from its JSON; the tables beside it only find it.

pub(crate) mod lists;

use super::finding::{label_key, sort_name, words_of};
use super::{Contact, Note, Profile};
use model::{ContactId, NoteId, UserId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};
use store::{Cell, Error, Rows, Sql, Tx};

/// How many values one `in (…)` holds.
pub(crate) const PART: usize = 500;
/// The kinds of `contact_keys`.
pub(crate) const LABEL: &str = "label";
const WRITTEN: &str = "label_written";
pub(crate) const EMAIL: &str = "email";
pub(crate) const EXTERNAL: &str = "external";

/// The company's calling code.
pub(crate) async fn country(tx: &mut Tx) -> Result<String, Error> {
    let row = sqlx::query("select country from tenants where id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_optional(tx.conn())
        .await?;
    row.map_or_else(|| Ok(String::new()), |row| Ok(row.try_get(0)?))
}

/// The people of the company: id by login, and by mail address.
pub(crate) async fn people(tx: &mut Tx) -> Result<HashMap<String, UserId>, Error> {
    let rows = sqlx::query("select id, login, email from users where tenant_id = $1")
        .bind(tx.tenant().to_owned())
        .fetch_all(tx.conn())
        .await?;
    let mut people = HashMap::with_capacity(rows.len());
    for row in rows {
        let id: UserId = parsed(row.try_get(0)?, "user id")?;
        people.insert(row.try_get::<&str, _>(1)?.to_lowercase(), id);
        if let Some(email) = row.try_get::<Option<&str>, _>(2)? {
            people.insert(email.to_lowercase(), id);
        }
    }
    Ok(people)
}

pub(crate) async fn is_user(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    let row = sqlx::query("select 1 from users where tenant_id = $1 and id = $2")
        .bind(tx.tenant().to_owned())
        .bind(user.to_string())
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn insert(tx: &mut Tx, contacts: &[Contact], country: &str) -> Result<(), Error> {
    let head = "insert into contacts (tenant_id, id, name, sort_name, owner_id, data, created_at, updated_at)";
    let mut rows = Rows::new(head, "", 8);
    for contact in contacts {
        rows.push([
            Cell::from(tx.tenant()),
            Cell::from(contact.id.to_string()),
            Cell::from(contact.profile.name.as_str()),
            Cell::from(sort_name(&contact.profile.name)),
            Cell::from(contact.profile.owner.map(|id| id.to_string())),
            Cell::from(json(&contact.profile)),
            Cell::from(contact.created_at),
            Cell::from(contact.updated_at),
        ]);
    }
    rows.insert(tx).await?;
    index(tx, contacts, country).await
}

/// Writes what contacts are found by.
async fn index(tx: &mut Tx, contacts: &[Contact], country: &str) -> Result<(), Error> {
    let mut phones = Rows::new("insert into contact_phones (tenant_id, phone, contact_id)", "", 3);
    let mut keys =
        Rows::new("insert into contact_keys (tenant_id, kind, value, contact_id)", "on conflict do nothing", 4);
    let mut words = Rows::new("insert into contact_words (tenant_id, word, sort_name, contact_id)", "", 4);
    for Contact { id, profile, .. } in contacts {
        let (tenant, id, sort) = (tx.tenant(), id.to_string(), sort_name(&profile.name));
        for phone in &profile.phones {
            phones.push([Cell::from(tenant), Cell::from(phone.number.as_str()), Cell::from(id.as_str())]);
        }
        for (kind, value) in keys_of(profile) {
            keys.push([Cell::from(tenant), Cell::from(kind), Cell::from(value), Cell::from(id.as_str())]);
        }
        for word in words_of(profile, country) {
            words.push([Cell::from(tenant), Cell::from(word), Cell::from(sort.as_str()), Cell::from(id.as_str())]);
        }
    }
    phones.insert(tx).await?;
    keys.insert(tx).await?;
    words.insert(tx).await?;
    Ok(())
}

fn keys_of(profile: &Profile) -> Vec<(&'static str, String)> {
    let labels = profile.labels.iter().map(|label| (LABEL, label_key(label)));
    let written = profile.labels.iter().map(|label| (WRITTEN, label.clone()));
    let emails = profile.emails.iter().map(|email| (EMAIL, email.address.clone()));
    let external = profile.external_ids.iter().map(|(system, id)| (EXTERNAL, external_key(system, id)));
    labels.chain(written).chain(emails).chain(external).collect()
}

/// An id in another system as it is looked up.
pub(crate) fn external_key(system: &str, id: &str) -> String {
    format!("{system}\n{id}")
}

pub(crate) async fn save(tx: &mut Tx, contact: &Contact, country: &str) -> Result<(), Error> {
    sqlx::query(
        "update contacts
         set name = $3, sort_name = $4, owner_id = $5, data = $6, updated_at = $7
         where tenant_id = $1
         and id = $2",
    )
    .bind(tx.tenant().to_owned())
    .bind(contact.id.to_string())
    .bind(&contact.profile.name)
    .bind(sort_name(&contact.profile.name))
    .bind(contact.profile.owner.map(|id| id.to_string()))
    .bind(json(&contact.profile))
    .bind(contact.updated_at)
    .execute(tx.conn())
    .await?;
    unindex(tx, contact.id).await?;
    index(tx, std::slice::from_ref(contact), country).await
}

async fn unindex(tx: &mut Tx, id: ContactId) -> Result<(), Error> {
    for statement in [
        "delete from contact_phones where tenant_id = $1 and contact_id = $2",
        "delete from contact_keys where tenant_id = $1 and contact_id = $2",
        "delete from contact_words where tenant_id = $1 and contact_id = $2",
    ] {
        sqlx::query(statement).bind(tx.tenant().to_owned()).bind(id.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}

pub(crate) async fn delete(tx: &mut Tx, id: ContactId) -> Result<(), Error> {
    unindex(tx, id).await?;
    for statement in [
        "delete from contact_notes where tenant_id = $1 and contact_id = $2",
        "update tickets set contact_id = null where tenant_id = $1 and contact_id = $2",
        "delete from contacts where tenant_id = $1 and id = $2",
    ] {
        sqlx::query(statement).bind(tx.tenant().to_owned()).bind(id.to_string()).execute(tx.conn()).await?;
    }
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>, Error> {
    Ok(find_many(tx, &[id]).await?.remove(&id))
}

/// Those of them that exist.
pub(crate) async fn find_many(tx: &mut Tx, ids: &[ContactId]) -> Result<HashMap<ContactId, Contact>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(PART) {
        let mut sql = Sql::new("select id, data, created_at, updated_at\nfrom contacts\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand id in (");
        sql.bind_list(part.iter().map(|id| Cell::from(id.to_string())).collect()).push(")");
        for row in sql.fetch_all(tx).await? {
            let contact = read(&row)?;
            found.insert(contact.id, contact);
        }
    }
    Ok(found)
}

/// Which contacts these numbers, as they are kept, belong to.
pub(crate) async fn holders(tx: &mut Tx, phones: &[String]) -> Result<HashMap<String, ContactId>, Error> {
    let mut found = HashMap::new();
    for part in phones.chunks(PART) {
        let mut sql = Sql::new("select phone, contact_id\nfrom contact_phones\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand phone in (");
        sql.bind_list(part.iter().map(|phone| Cell::from(phone.as_str())).collect()).push(")");
        for row in sql.fetch_all(tx).await? {
            found.insert(row.try_get(0)?, parsed(row.try_get(1)?, "contact id of a number")?);
        }
    }
    Ok(found)
}

/// Which contacts have these keys of one kind.
pub(crate) async fn with_keys(
    tx: &mut Tx,
    kind: &'static str,
    values: &[String],
) -> Result<BTreeMap<String, Vec<ContactId>>, Error> {
    let mut found: BTreeMap<String, Vec<ContactId>> = BTreeMap::new();
    for part in values.chunks(PART) {
        let mut sql = Sql::new("select value, contact_id\nfrom contact_keys\nwhere tenant_id = ");
        sql.bind(tx.tenant()).push("\nand kind = ").bind(kind).push("\nand value in (");
        sql.bind_list(part.iter().map(|value| Cell::from(value.as_str())).collect()).push(")");
        for row in sql.fetch_all(tx).await? {
            let id = parsed(row.try_get(1)?, "contact id of a key")?;
            found.entry(row.try_get(0)?).or_default().push(id);
        }
    }
    Ok(found)
}

pub(super) async fn insert_note(tx: &mut Tx, contact: ContactId, note: &Note) -> Result<(), Error> {
    sqlx::query(
        "insert into contact_notes (id, tenant_id, contact_id, author_id, body, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(note.id.to_string())
    .bind(tx.tenant().to_owned())
    .bind(contact.to_string())
    .bind(note.author.map(|id| id.to_string()))
    .bind(&note.body)
    .bind(note.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn notes(
    tx: &mut Tx,
    contact: ContactId,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Note>, Error> {
    let mut sql = Sql::new("select id, author_id, body, created_at\nfrom contact_notes\nwhere tenant_id = ");
    sql.bind(tx.tenant()).push("\nand contact_id = ").bind(contact.to_string());
    if let Some(before) = before {
        sql.push("\nand id < ").bind(before);
    }
    sql.push("\norder by id desc\nlimit ").bind(i64::from(limit) + 1);
    let read = |row: &AnyRow| {
        Ok(Note {
            id: parsed(row.try_get(0)?, "note id")?,
            author: row.try_get::<Option<&str>, _>(1)?.map(|id| parsed(id, "author of a note")).transpose()?,
            body: row.try_get(2)?,
            created_at: row.try_get(3)?,
        })
    };
    sql.fetch_all(tx).await?.iter().map(read).collect()
}

/// How many notes it was, 0 or 1.
pub(super) async fn delete_note(tx: &mut Tx, contact: ContactId, note: NoteId) -> Result<u64, Error> {
    let done = sqlx::query("delete from contact_notes where tenant_id = $1 and contact_id = $2 and id = $3")
        .bind(tx.tenant().to_owned())
        .bind(contact.to_string())
        .bind(note.to_string())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}

/// Hangs the notes of one contact to another.
pub(super) async fn move_notes(tx: &mut Tx, from: ContactId, to: ContactId) -> Result<(), Error> {
    sqlx::query("update contact_notes set contact_id = $3 where tenant_id = $1 and contact_id = $2")
        .bind(tx.tenant().to_owned())
        .bind(from.to_string())
        .bind(to.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("contacts have only text for keys")
}

pub(crate) fn parsed<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::Corrupt(what))
}

fn read(row: &AnyRow) -> Result<Contact, Error> {
    Ok(Contact {
        id: parsed(row.try_get(0)?, "contact id")?,
        profile: serde_json::from_str(row.try_get(1)?).map_err(|_| Error::Corrupt("contact"))?,
        created_at: row.try_get(2)?,
        updated_at: row.try_get(3)?,
    })
}

/// A company and a person in it for tests; outside of them the account feature makes both.
#[cfg(test)]
pub(crate) async fn insert_company(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    sqlx::query(
        "insert into tenants (id, name, domain, country, time_zone, record_calls, dial_countries, blocked_prefixes,
                              config_version, created_at, updated_at)
         values ($1, $1, $1, '84', 'Asia/Ho_Chi_Minh', 1, '84', '1900', 0, 0, 0)",
    )
    .bind(tx.tenant().to_owned())
    .execute(tx.conn())
    .await?;
    sqlx::query(
        "insert into users (id, tenant_id, login, name, role, password_hash, enabled, created_at, updated_at)
         values ($1, $2, $1, 'Minh', 'manager', '', 1, 0, 0)",
    )
    .bind(user.to_string())
    .bind(tx.tenant().to_owned())
    .execute(tx.conn())
    .await?;
    Ok(())
}
