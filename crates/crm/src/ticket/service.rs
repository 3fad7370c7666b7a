//! What one can do with tickets.

use super::entry::{Change, Entry, EntryKind, settled};
use super::{Filter, NewTicket, Patch, Status, Ticket, repo};
use crate::contact;
use model::{Actor, Faults, Id, Page, PageRequest, Permission, Problem, Slice, TicketEntryId, TicketId, UserId};
use store::{Db, NewEvent, Tx, mint, now};

/// The most lines of one ticket's story.
const MOST_ENTRIES: u64 = 2_000;
/// How often a number that somebody else took first is drawn again.
const TRIES: usize = 5;

/// Writes a ticket under the next number of the company.
pub async fn create(actor: &Actor, db: &Db, new: NewTicket) -> Result<Ticket, Problem> {
    actor.require(Permission::EditContacts)?;
    for _ in 1..TRIES {
        match write(actor, db, new.clone()).await {
            Err(problem) if problem.code == TAKEN => {}
            done => return done,
        }
    }
    write(actor, db, new).await
}

/// Two were written at the same moment.
const TAKEN: &str = "ticket_number_taken";

async fn write(actor: &Actor, db: &Db, new: NewTicket) -> Result<Ticket, Problem> {
    let mut tx = db.write(actor.tenant).await?;
    let at = now().as_millis();
    let mut ticket = Ticket {
        id: mint(),
        number: repo::next_number(&mut tx).await?,
        subject: new.subject,
        description: new.description,
        status: Status::New,
        priority: new.priority,
        category: new.category,
        contact: new.contact,
        contact_name: String::new(),
        call: new.call,
        assignee: new.assignee,
        assignee_name: String::new(),
        author: new.author.or(actor.user),
        author_name: String::new(),
        due_at: new.due_at,
        created_at: at,
        updated_at: at,
        closed_at: None,
    };
    check(&mut tx, &mut ticket, None).await?;
    repo::insert(&mut tx, &ticket).await.map_err(|error| match error.is_unique() {
        true => Problem::conflict(TAKEN, "Somebody wrote a ticket at the same moment; try again."),
        false => error.into(),
    })?;
    let ticket = repo::find(&mut tx, ticket.id).await?.ok_or_else(missing)?;
    tx.emit(event("ticket.created", &ticket));
    tx.commit().await?;
    Ok(ticket)
}

/// Settles the texts, checks whom it names, and puts their names beside them.
async fn check(tx: &mut Tx, ticket: &mut Ticket, before: Option<&Ticket>) -> Result<(), Problem> {
    let mut faults = Faults::default();
    ticket.settle(&mut faults);
    if let Some(contact) = ticket.contact.filter(|id| before.is_none_or(|before| before.contact != Some(*id))) {
        match contact::repo::find(tx, contact).await? {
            Some(found) => ticket.contact_name = found.profile.name,
            None => faults.add("contact", "There is no such contact."),
        }
    }
    if let Some(user) = ticket.assignee.filter(|id| before.is_none_or(|before| before.assignee != Some(*id))) {
        match repo::name_of_user(tx, user).await? {
            Some(name) => ticket.assignee_name = name,
            None => faults.add("assignee", "There is no such person."),
        }
    }
    if ticket.contact.is_none() {
        ticket.contact_name.clear();
    }
    if ticket.assignee.is_none() {
        ticket.assignee_name.clear();
    }
    faults.done()
}

/// One ticket.
pub async fn get(actor: &Actor, db: &Db, id: TicketId) -> Result<Ticket, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)
}

/// The ticket with this number.
pub async fn find_by_number(actor: &Actor, db: &Db, number: i64) -> Result<Option<Ticket>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_by_number(&mut tx, number).await?)
}

/// The ticket whose id begins with these bits, at least 64 of the 128.
pub async fn find_by_start(actor: &Actor, db: &Db, start: u128, bits: u32) -> Result<Option<Ticket>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let Some((first, last)) = contact::span_of_start(start, bits) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::find_between(&mut tx, TicketId::from_bits(first), TicketId::from_bits(last)).await?)
}

/// The tickets of the company, the newest first.
pub async fn list(actor: &Actor, db: &Db, filter: Filter, page: PageRequest) -> Result<Page<Ticket>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let rows = repo::list(&mut tx, &filter, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |ticket| ticket.id.to_string()))
}

/// A piece of the list by position.
pub async fn slice(actor: &Actor, db: &Db, filter: Filter, offset: u64, limit: u32) -> Result<Slice<Ticket>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let (items, total) = repo::slice(&mut tx, &filter, offset, limit.clamp(1, PageRequest::MAX)).await?;
    Ok(Slice { items, total })
}

/// The categories in use, the most used first.
pub async fn categories(actor: &Actor, db: &Db) -> Result<Vec<String>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::categories(&mut tx).await?)
}

/// Who may look after tickets, with their names: agents too see to whom they hand one.
pub async fn people(actor: &Actor, db: &Db) -> Result<Vec<(UserId, String)>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::people(&mut tx).await?)
}

/// Changes a ticket; what the patch leaves out stays. What is different afterwards stands in its story.
pub async fn update(actor: &Actor, db: &Db, id: TicketId, patch: Patch) -> Result<Ticket, Problem> {
    actor.require(Permission::EditContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let ticket = change(&mut tx, actor, id, patch).await?;
    tx.commit().await?;
    Ok(ticket)
}

async fn change(tx: &mut Tx, actor: &Actor, id: TicketId, patch: Patch) -> Result<Ticket, Problem> {
    let before = repo::find(tx, id).await?.ok_or_else(missing)?;
    let (mut ticket, at) = (before.clone(), now().as_millis());
    ticket.apply(patch, at);
    check(tx, &mut ticket, Some(&before)).await?;
    let changes = ticket.changes_since(&before);
    if changes.is_empty() {
        return Ok(before);
    }
    ticket.updated_at = at;
    repo::save(tx, &ticket).await?;
    for change in changes {
        repo::insert_entry(tx, id, &line(actor, at, change)).await?;
    }
    tx.emit(event("ticket.updated", &ticket));
    Ok(ticket)
}

fn line(actor: &Actor, at: i64, change: Change) -> Entry {
    let Change { field, before, after } = change;
    let (id, author, kind) = (mint(), actor.user, EntryKind::Change);
    let field = field.to_owned();
    Entry { id, author, author_name: String::new(), kind, body: String::new(), field, before, after, created_at: at }
}

/// Gives all tickets of one person that are not over to another; how many they were.
pub async fn hand_over(actor: &Actor, db: &Db, from: UserId, to: UserId) -> Result<usize, Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let ids = repo::unfinished_of(&mut tx, from).await?;
    for id in &ids {
        let patch = Patch { assignee: Some(Some(to)), ..Patch::default() };
        change(&mut tx, actor, *id, patch).await?;
    }
    tx.commit().await?;
    Ok(ids.len())
}

/// Removes a ticket with its story.
pub async fn delete(actor: &Actor, db: &Db, id: TicketId) -> Result<(), Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let ticket = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(event("ticket.deleted", &ticket));
    tx.commit().await?;
    Ok(())
}

/// The story of a ticket, the newest line first.
pub async fn entries(actor: &Actor, db: &Db, id: TicketId, page: PageRequest) -> Result<Page<Entry>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::entries(&mut tx, id, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |entry| entry.id.to_string()))
}

/// Writes a note on a ticket.
pub async fn add_note(actor: &Actor, db: &Db, id: TicketId, body: &str) -> Result<Entry, Problem> {
    actor.require(Permission::EditContacts)?;
    let body = settled(body)?;
    let mut tx = db.write(actor.tenant).await?;
    let ticket = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    if repo::count_entries(&mut tx, id).await? >= MOST_ENTRIES {
        let message = format!("A ticket has at most {MOST_ENTRIES} lines; write a new one.");
        return Err(Problem::conflict("too_many", message));
    }
    let author_name = match actor.user {
        Some(user) => repo::name_of_user(&mut tx, user).await?.unwrap_or_default(),
        None => String::new(),
    };
    let empty = String::new;
    let at = now().as_millis();
    let note = Entry {
        id: mint(),
        author: actor.user,
        author_name,
        kind: EntryKind::Note,
        body,
        field: empty(),
        before: empty(),
        after: empty(),
        created_at: at,
    };
    repo::insert_entry(&mut tx, id, &note).await?;
    repo::touch(&mut tx, id, at).await?;
    tx.emit(event("ticket.noted", &ticket));
    tx.commit().await?;
    Ok(note)
}

/// Takes a note back; changes stay in the story.
pub async fn delete_note(actor: &Actor, db: &Db, id: TicketId, note: TicketEntryId) -> Result<(), Problem> {
    actor.require(Permission::EditContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    if repo::delete_note(&mut tx, id, note).await? == 0 {
        return Err(Problem::not_found("note"));
    }
    tx.commit().await?;
    Ok(())
}

fn missing() -> Problem {
    Problem::not_found("ticket")
}

/// The event of a ticket: all of it but its story, so that who listens need not ask.
fn event(kind: &'static str, ticket: &Ticket) -> NewEvent {
    NewEvent { kind, call: ticket.call, data: contact::repo::json(ticket) }
}
