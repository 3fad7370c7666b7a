//! What one can do with contacts.

use super::repo::lists::{After, Wanted};
use super::{Contact, Filter, Note, Order, Patch, Profile, finding, note, repo};
use crate::text::{hex, unhex};
use crate::ticket;
use model::{Actor, ContactId, Faults, Id, NoteId, Page, PageRequest, Permission, PhoneNumber, Problem, Slice, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Db, NewEvent, Tx, mint, now};

/// A contact as lists of calls show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NamedContact))]
pub struct Named {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// The company the contact belongs to; may be empty.
    pub company: String,
    /// Words that group contacts.
    pub labels: Vec<String>,
    /// Who looks after the contact.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub owner: Option<UserId>,
}

/// Creates a contact. A number that another contact has is refused with that contact's name.
pub async fn create(actor: &Actor, db: &Db, profile: Profile) -> Result<Contact, Problem> {
    actor.require(Permission::EditContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let at = now().as_millis();
    let mut contact = Contact { id: mint(), profile, created_at: at, updated_at: at };
    check(&mut tx, &mut contact, None, &country).await?;
    repo::insert(&mut tx, std::slice::from_ref(&contact), &country).await.map_err(raced)?;
    tx.emit(event("contact.created", &contact));
    tx.commit().await?;
    Ok(contact)
}

/// Settles the profile and checks what it refers to.
async fn check(tx: &mut Tx, contact: &mut Contact, before: Option<&Profile>, country: &str) -> Result<(), Problem> {
    let mut faults = Faults::default();
    contact.profile.settle(country, &mut faults);
    let owner = contact.profile.owner.filter(|owner| before.is_none_or(|before| before.owner != Some(*owner)));
    if let Some(owner) = owner
        && !repo::is_user(tx, owner).await?
    {
        faults.add("owner", "There is no such person.");
    }
    faults.done()?;
    let phones: Vec<String> = contact.profile.phones.iter().map(|phone| phone.number.clone()).collect();
    let others = repo::holders(tx, &phones).await?;
    for (place, phone) in phones.iter().enumerate() {
        let Some(other) = others.get(phone).filter(|other| **other != contact.id) else { continue };
        let name = repo::find(tx, *other).await?.map_or_else(|| other.to_string(), |found| found.profile.name);
        let message =
            format!("The number {phone} belongs to {name} ({other}) already; merge the two, or take it out there.");
        let field = format!("phones[{place}].number");
        return Err(Problem::conflict("phone_taken", message.clone()).with_field(field, message));
    }
    Ok(())
}

/// Somebody else was faster with one of the numbers.
pub(crate) fn raced(error: store::Error) -> Problem {
    if error.is_unique() {
        return Problem::conflict("phone_taken", "One of the numbers was just given to another contact; try again.");
    }
    error.into()
}

/// The event of a contact: all of it, so that who listens need not ask.
pub(crate) fn event(kind: &'static str, contact: &Contact) -> NewEvent {
    NewEvent { kind, call: None, data: repo::json(contact) }
}

/// One contact.
pub async fn get(actor: &Actor, db: &Db, id: ContactId) -> Result<Contact, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::not_found("contact")
}

/// The contacts of the company in the wanted order.
pub async fn list(actor: &Actor, db: &Db, filter: Filter, page: PageRequest) -> Result<Page<Contact>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let after = page.after.as_deref().map(|key| read_key(key, filter.order)).transpose()?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let mut tx = db.read(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let terms = filter.text.as_deref().map(|text| finding::terms(text, &country)).unwrap_or_default();
    let wanted = Wanted { terms, label: filter.label, owners: filter.owners, order: filter.order };
    let rows = repo::lists::list(&mut tx, &wanted, after, limit).await?;
    let key: fn(&Contact) -> String = match filter.order {
        Order::Name => |contact| format!("{}.{}", hex(&finding::sort_name(&contact.profile.name)), contact.id),
        Order::Newest => |contact| format!("{}.{}", contact.created_at, contact.id),
    };
    Ok(Page::from_rows(rows, limit, key))
}

/// A piece of the list by position.
pub async fn slice(actor: &Actor, db: &Db, filter: Filter, offset: u64, limit: u32) -> Result<Slice<Contact>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let terms = filter.text.as_deref().map(|text| finding::terms(text, &country)).unwrap_or_default();
    let wanted = Wanted { terms, label: filter.label, owners: filter.owners, order: filter.order };
    let (items, total) = repo::lists::slice(&mut tx, &wanted, offset, limit.clamp(1, PageRequest::MAX)).await?;
    Ok(Slice { items, total })
}

/// The contact whose id begins with these bits, at least 64 of the 128.
pub async fn find_by_start(actor: &Actor, db: &Db, start: u128, bits: u32) -> Result<Option<Contact>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let Some((first, last)) = span_of_start(start, bits) else { return Ok(None) };
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::lists::find_between(&mut tx, ContactId::from_bits(first), ContactId::from_bits(last)).await?)
}

/// The first and the last id that begin with these bits; none when they are fewer than 64, or more than so many.
pub(crate) fn span_of_start(start: u128, bits: u32) -> Option<(u128, u128)> {
    let rest = 128u32.checked_sub(bits).filter(|rest| (1..=64).contains(rest))?;
    if start >> bits != 0 {
        return None;
    }
    let first = start << rest;
    Some((first, first | ((1 << rest) - 1)))
}

/// The contact that has this id in another system.
pub async fn find_by_external(actor: &Actor, db: &Db, system: &str, id: &str) -> Result<Option<Contact>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let key = repo::external_key(system, id);
    let found = repo::with_keys(&mut tx, repo::EXTERNAL, std::slice::from_ref(&key)).await?.remove(&key);
    let Some(id) = found.and_then(|ids| ids.into_iter().next()) else { return Ok(None) };
    Ok(repo::find(&mut tx, id).await?)
}

/// Reads the key of the contact that the page before ended with.
fn read_key(text: &str, order: Order) -> Result<After, Problem> {
    let read = || {
        let (key, id) = text.split_once('.')?;
        let id = id.parse().ok()?;
        Some(match order {
            Order::Name => After::Name(unhex(key)?, id),
            Order::Newest => After::Time(key.parse().ok()?, id),
        })
    };
    read().ok_or_else(|| Problem::invalid("after", "Send the `next` of the page before, with the same order."))
}

/// Changes a contact; what the patch leaves out stays.
pub async fn update(actor: &Actor, db: &Db, id: ContactId, patch: Patch) -> Result<Contact, Problem> {
    actor.require(Permission::EditContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let mut contact = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let before = contact.profile.clone();
    contact.profile.apply(patch);
    check(&mut tx, &mut contact, Some(&before), &country).await?;
    if contact.profile == before {
        return Ok(contact);
    }
    contact.updated_at = later_than(contact.updated_at);
    repo::save(&mut tx, &contact, &country).await.map_err(raced)?;
    tx.emit(event("contact.updated", &contact));
    tx.commit().await?;
    Ok(contact)
}

/// Now, but never the same moment twice for one contact: undoing an import tells by it whether somebody was there since.
pub(crate) fn later_than(before: i64) -> i64 {
    now().as_millis().max(before + 1)
}

/// Gives all contacts of one person to another; how many they were.
pub async fn hand_over(actor: &Actor, db: &Db, from: UserId, to: UserId) -> Result<usize, Problem> {
    actor.require(Permission::ManageContacts)?;
    if from == to {
        return Ok(0);
    }
    let mut count = 0;
    loop {
        // Those of a page are the other's afterwards, so that the first page is always the next.
        let filter = Filter { owners: vec![Some(from)], ..Filter::default() };
        let page = PageRequest { limit: PageRequest::MAX, after: None };
        let part = list(actor, db, filter, page).await?.items;
        if part.is_empty() {
            return Ok(count);
        }
        for contact in &part {
            update(actor, db, contact.id, Patch { owner: Some(Some(to)), ..Patch::default() }).await?;
        }
        count += part.len();
    }
}

/// Deletes a contact with its notes; its calls and tickets stay.
pub async fn delete(actor: &Actor, db: &Db, id: ContactId) -> Result<(), Problem> {
    actor.require(Permission::ManageContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    let contact = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(event("contact.deleted", &contact));
    tx.commit().await?;
    Ok(())
}

/// Makes one of two contacts: `keep` takes over what it lacks, `gone` goes.
pub async fn merge(actor: &Actor, db: &Db, keep: ContactId, gone: ContactId) -> Result<Contact, Problem> {
    actor.require(Permission::ManageContacts)?;
    if keep == gone {
        return Err(Problem::invalid("gone", "Name another contact than the one that stays."));
    }
    let mut tx = db.write(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let mut kept = repo::find(&mut tx, keep).await?.ok_or_else(missing)?;
    let other =
        repo::find(&mut tx, gone).await?.ok_or_else(|| Problem::invalid("gone", "There is no such contact."))?;
    kept.profile.absorb(other.profile.clone());
    let mut faults = Faults::default();
    kept.profile.settle(&country, &mut faults);
    faults.done()?;
    kept.updated_at = later_than(kept.updated_at);
    repo::move_notes(&mut tx, gone, keep).await?;
    ticket::repo::move_contact(&mut tx, gone, keep).await?;
    repo::delete(&mut tx, gone).await?;
    repo::save(&mut tx, &kept, &country).await.map_err(raced)?;
    tx.emit(event("contact.deleted", &other));
    tx.emit(event("contact.updated", &kept));
    tx.commit().await?;
    Ok(kept)
}

/// The contact this number, in any usual form, belongs to.
pub async fn find_by_phone(actor: &Actor, db: &Db, phone: &str) -> Result<Option<Contact>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let Some(number) = PhoneNumber::parse(phone, &country) else { return Ok(None) };
    let number = number.to_string();
    let Some(id) = repo::holders(&mut tx, std::slice::from_ref(&number)).await?.remove(&number) else {
        return Ok(None);
    };
    Ok(repo::find(&mut tx, id).await?)
}

/// Whose these numbers are, by the text each was sent as; unknown ones are missing.
pub async fn named(actor: &Actor, db: &Db, phones: &[String]) -> Result<BTreeMap<String, Named>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    let country = repo::country(&mut tx).await?;
    let kept: Vec<(String, String)> = phones
        .iter()
        .filter_map(|text| Some((text.clone(), PhoneNumber::parse(text, &country)?.to_string())))
        .collect();
    let numbers: Vec<String> = kept.iter().map(|(_, number)| number.clone()).collect();
    let holders = repo::holders(&mut tx, &numbers).await?;
    let ids: Vec<ContactId> = holders.values().copied().collect();
    let contacts = repo::find_many(&mut tx, &ids).await?;
    let name = |(text, number): (String, String)| {
        let contact = contacts.get(holders.get(&number)?)?;
        let Profile { name, company, labels, owner, .. } = contact.profile.clone();
        Some((text, Named { id: contact.id, name, company, labels, owner }))
    };
    Ok(kept.into_iter().filter_map(name).collect())
}

/// The labels in use, most used first, each with how many contacts carry it.
pub async fn labels(actor: &Actor, db: &Db) -> Result<Vec<(String, i64)>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    Ok(repo::lists::labels(&mut tx).await?)
}

/// Writes a note about a contact.
pub async fn add_note(actor: &Actor, db: &Db, id: ContactId, body: &str) -> Result<Note, Problem> {
    actor.require(Permission::EditContacts)?;
    let body = note::settled(body)?;
    let mut tx = db.write(actor.tenant).await?;
    let contact = repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let note = Note { id: mint(), author: actor.user, body, created_at: now().as_millis() };
    repo::insert_note(&mut tx, contact.id, &note).await?;
    tx.commit().await?;
    Ok(note)
}

/// What was written about a contact, the newest first.
pub async fn notes(actor: &Actor, db: &Db, id: ContactId, page: PageRequest) -> Result<Page<Note>, Problem> {
    actor.require(Permission::ViewContacts)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(missing)?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::notes(&mut tx, id, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |note| note.id.to_string()))
}

/// Takes a note back.
pub async fn delete_note(actor: &Actor, db: &Db, id: ContactId, note: NoteId) -> Result<(), Problem> {
    actor.require(Permission::EditContacts)?;
    let mut tx = db.write(actor.tenant).await?;
    if repo::delete_note(&mut tx, id, note).await? == 0 {
        return Err(Problem::not_found("note"));
    }
    tx.commit().await?;
    Ok(())
}
