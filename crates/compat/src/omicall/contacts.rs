//! `contacts`: the customers of a company.

mod item;

pub(super) use item::item;

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{Body, Listing, Whole, needed};
use super::words;
use crate::{State, lists};
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, delete as delete_at, get, post};
use crm::contact::{self, Contact, Email, Filter, Kind, Patch, Phone, Profile};
use model::{Actor, PageRequest, Problem, UserId};
use rest::{Failure, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Under which names the ids of the client's own system are kept.
pub(crate) const REF_ID: &str = "omicall";
pub(crate) const REF_CODE: &str = "omicall_code";
/// Under which name the vendor's own id of a contact is kept that was brought over.
pub(crate) const OWN_ID: &str = "omicall_id";
/// The most contacts or notes that one request may bring.
const MOST: usize = 200;

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 8] {
    [
        ("/api/contacts/list", post(list)),
        ("/api/contacts/add", post(add)),
        ("/api/contacts/add-more", post(add_more)),
        ("/api/contacts/update", post(update)),
        ("/api/contacts/delete/{id}", delete_at(delete)),
        ("/api/contacts/add-note", post(add_notes)),
        ("/api/contacts/get", get(find)),
        ("/api/contacts/details/{id}", get(details)),
    ]
}

#[derive(Deserialize, Default)]
struct Sought {
    keyword: Option<String>,
    #[serde(default)]
    filters: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(default)]
    field_code: String,
    #[serde(default)]
    value: Vec<String>,
}

/// A contact as clients write it; what is missing stays when it is changed.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "fullName", alias = "full_name")]
    full_name: Option<String>,
    phones: Option<Vec<Reach>>,
    emails: Option<Vec<Reach>>,
    gender: Option<String>,
    birthday: Option<String>,
    job_title: Option<String>,
    address: Option<String>,
    passport: Option<String>,
    note: Option<String>,
    tags: Option<Vec<String>>,
    more_infomation: Option<Vec<More>>,
    user_owner_email: Option<String>,
    #[serde(rename = "refId", default, deserialize_with = "crate::loose::text")]
    ref_id: String,
    #[serde(rename = "refCode", default, deserialize_with = "crate::loose::text")]
    ref_code: String,
}

/// A number or an address.
#[derive(Deserialize)]
struct Reach {
    #[serde(default, deserialize_with = "crate::loose::text")]
    data: String,
    /// `home`, `personal` or `office`; changes call it `type`.
    #[serde(default, alias = "type")]
    value: Option<String>,
}

#[derive(Deserialize)]
struct More {
    #[serde(default)]
    value_type: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    display_value: String,
}

#[derive(Deserialize)]
struct Wanted {
    phone: Option<String>,
    email: Option<String>,
    ref_id: Option<String>,
    ref_code: Option<String>,
}

#[derive(Deserialize)]
struct Noted {
    content: Option<String>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    phone: String,
}

async fn list(
    Shared(state): Shared<State>,
    Client(actor): Client,
    pages: Result<Query<Listing>, Failure>,
    body: Result<Body<Sought>, Refusal>,
) -> Outcome {
    let Query(pages) = pages?;
    let wanted = match body {
        Ok(Body(wanted)) => wanted,
        // All contacts may be wanted with no word at all.
        Err(Refusal::Word("request_body_required")) => Sought::default(),
        Err(other) => return Err(other),
    };
    let paging = pages.paging(50);
    let mut filter = Filter { text: wanted.keyword.filter(|word| !word.trim().is_empty()), ..Filter::default() };
    for condition in &wanted.filters {
        if condition.field_code != "contact_owner" {
            return Err(Refusal::Word("field_code_invalid"));
        }
        for email in &condition.value {
            match email.as_str() {
                "unassigned" => filter.owners.push(None),
                // Nobody looks after anybody under an address that is nobody's.
                email => filter.owners.extend(user(&actor, &state, email).await?.map(Some)),
            }
        }
        if filter.owners.is_empty() && !condition.value.is_empty() {
            return Ok(page(Vec::new(), paging, 0));
        }
    }
    let found = contact::slice(&actor, state.db(), filter, paging.offset(), paging.size).await?;
    let users = lists::users(&actor, &state).await?;
    Ok(page(found.items.iter().map(|contact| item(contact, &users)).collect(), paging, found.total))
}

async fn add(Shared(state): Shared<State>, Client(actor): Client, Body(written): Body<Written>) -> Outcome {
    Ok(Payload(create(&state, &actor, written).await?.into()))
}

async fn add_more(Shared(state): Shared<State>, Client(actor): Client, Whole(body): Whole) -> Outcome {
    let all: Vec<Written> = array(&body)?;
    let mut made = true;
    for written in all {
        made &= create(&state, &actor, written).await?;
    }
    Ok(Payload(made.into()))
}

/// Makes a contact; false when one of its numbers is another's, which the vendor tells so.
async fn create(state: &State, actor: &Actor, written: Written) -> Result<bool, Refusal> {
    let name = needed(written.full_name.clone(), "full_name_is_required")?;
    let mut profile = Profile { name, ..Profile::default() };
    let patch = patch(state, actor, written, &profile).await?;
    profile = apply(profile, patch);
    match contact::create(actor, state.db(), profile).await {
        Err(problem) if problem.code == "phone_taken" => Ok(false),
        other => other.map(|_| true).map_err(wrong),
    }
}

fn apply(profile: Profile, patch: Patch) -> Profile {
    Profile {
        phones: patch.phones.unwrap_or_default(),
        emails: patch.emails.unwrap_or_default(),
        job_title: patch.job_title.unwrap_or_default(),
        address: patch.address.unwrap_or_default(),
        note: patch.note.unwrap_or_default(),
        labels: patch.labels.unwrap_or_default(),
        owner: patch.owner.flatten(),
        fields: patch.fields.unwrap_or_default(),
        external_ids: patch.external_ids.unwrap_or_default(),
        ..profile
    }
}

async fn update(Shared(state): Shared<State>, Client(actor): Client, Body(written): Body<Written>) -> Outcome {
    if written.ref_id.is_empty() {
        return Err(Refusal::Word("ref_id_is_required"));
    }
    let found = by_external(&state, &actor, REF_ID, &written.ref_id).await?;
    let found = found.ok_or(Refusal::Word("ref_id_invalid"))?;
    let patch = patch(&state, &actor, written, &found.profile).await?;
    match contact::update(&actor, state.db(), found.id, patch).await {
        Err(problem) if problem.code == "phone_taken" => Ok(Payload(json!(false))),
        other => other.map(|_| Payload(json!(true))).map_err(wrong),
    }
}

async fn delete(Shared(state): Shared<State>, Client(actor): Client, id: Result<Path<String>, Failure>) -> Outcome {
    let Path(id) = id?;
    let found = by_id(&state, &actor, &id).await?;
    contact::delete(&actor, state.db(), found.id).await?;
    Ok(Payload(json!(true)))
}

async fn add_notes(Shared(state): Shared<State>, Client(actor): Client, Whole(body): Whole) -> Outcome {
    let all: Vec<Noted> = array(&body)?;
    let mut count = 0;
    for noted in all {
        let content = needed(noted.content, "content_is_required")?;
        if noted.phone.is_empty() {
            return Err(Refusal::Word("phone_is_required"));
        }
        if let Some(found) = contact::find_by_phone(&actor, state.db(), &noted.phone).await? {
            contact::add_note(&actor, state.db(), found.id, &content).await.map_err(wrong)?;
            count += 1;
        }
    }
    Ok(Payload(json!(count)))
}

async fn find(Shared(state): Shared<State>, Client(actor): Client, wanted: Result<Query<Wanted>, Failure>) -> Outcome {
    let Query(wanted) = wanted?;
    let found = match (wanted.phone, wanted.email, wanted.ref_id, wanted.ref_code) {
        (Some(phone), ..) => contact::find_by_phone(&actor, state.db(), &phone).await?,
        (_, Some(email), ..) => {
            let email = email.trim().to_lowercase();
            search(&state, &actor, &email, |one| one.profile.emails.iter().any(|known| known.address == email)).await?
        }
        (_, _, Some(id), _) => by_external(&state, &actor, REF_ID, &id).await?,
        (.., Some(code)) => by_external(&state, &actor, REF_CODE, &code).await?,
        (None, None, None, None) => return Err(Refusal::Word("data_is_required")),
    };
    shown(&state, &actor, found.ok_or(Refusal::Word("data_not_found"))?).await
}

async fn details(Shared(state): Shared<State>, Client(actor): Client, id: Result<Path<String>, Failure>) -> Outcome {
    let Path(id) = id?;
    let found = by_id(&state, &actor, &id).await?;
    shown(&state, &actor, found).await
}

async fn shown(state: &State, actor: &Actor, contact: Contact) -> Outcome {
    Ok(Payload(item(&contact, &lists::users(actor, state).await?)))
}

fn array<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, Refusal> {
    if body.is_empty() {
        return Err(Refusal::Word("request_body_required"));
    }
    let all: Vec<T> = serde_json::from_slice(body).map_err(|_| Refusal::Word("data_is_required"))?;
    if all.len() > MOST {
        return Err(Refusal::Told("request_invalid", format!("Send at most {MOST} at a time.")));
    }
    Ok(all)
}

async fn by_id(state: &State, actor: &Actor, text: &str) -> Result<Contact, Refusal> {
    let found = match (u128::from_str_radix(text, 16), text.len()) {
        (Ok(start), 24) => match contact::find_by_start(actor, state.db(), start, 96).await? {
            // A client of a company that was brought over still has the vendor's id.
            None => by_external(state, actor, OWN_ID, text).await?,
            found => found,
        },
        _ => match text.parse() {
            Ok(id) => Some(contact::get(actor, state.db(), id).await?),
            Err(_) => None,
        },
    };
    found.ok_or(Refusal::Word("data_not_found"))
}

async fn by_external(state: &State, actor: &Actor, name: &str, id: &str) -> Result<Option<Contact>, Refusal> {
    Ok(contact::find_by_external(actor, state.db(), name, id).await?)
}

/// The contact among those that a text finds for which this holds.
async fn search(
    state: &State,
    actor: &Actor,
    text: &str,
    holds: impl Fn(&Contact) -> bool,
) -> Result<Option<Contact>, Refusal> {
    let filter = Filter { text: Some(text.to_owned()), ..Filter::default() };
    let page = PageRequest { limit: PageRequest::MAX, after: None };
    Ok(contact::list(actor, state.db(), filter, page).await?.items.into_iter().find(holds))
}

/// The person with this login or address.
async fn user(actor: &Actor, state: &State, email: &str) -> Result<Option<UserId>, Problem> {
    let email = email.trim().to_lowercase();
    let fits = |user: &account::user::User| user.login == email || user.email.as_deref() == Some(&email);
    Ok(lists::users(actor, state).await?.into_iter().find(fits).map(|user| user.id))
}

/// What a client wrote as a change of what is known.
async fn patch(state: &State, actor: &Actor, written: Written, before: &Profile) -> Result<Patch, Refusal> {
    let owner = match written.user_owner_email.as_deref().filter(|email| !email.is_empty()) {
        Some(email) => Some(Some(user(actor, state, email).await?.ok_or(Refusal::Word("user_owner_email_invalid"))?)),
        None => None,
    };
    let phones = written.phones.map(|all| reached(all, |number, kind| Phone { number, kind })).transpose()?;
    let emails = written.emails.map(|all| reached(all, |address, kind| Email { address, kind })).transpose()?;
    let mut fields = before.fields.clone();
    if let Some(gender) = &written.gender
        && !["other", "male", "female"].contains(&gender.as_str())
    {
        return Err(Refusal::Word("gender_invalid"));
    }
    if let Some(day) = written.birthday.as_deref().filter(|day| !day.is_empty()) {
        jiff::civil::Date::strptime("%d/%m/%Y", day).map_err(|_| Refusal::Word("birthday_invalid"))?;
    }
    let facts = [("gender", written.gender), ("birthday", written.birthday), ("passport", written.passport)];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let more = written.more_infomation.unwrap_or_default().into_iter();
    for (name, value) in facts.chain(more.map(|more| (more.value_type, more.display_value))) {
        if value.is_empty() {
            fields.remove(&name)
        } else {
            fields.insert(name, value)
        };
    }
    let mut external_ids: BTreeMap<String, String> = before.external_ids.clone();
    for (name, id) in [(REF_ID, written.ref_id), (REF_CODE, written.ref_code)] {
        if !id.is_empty() {
            external_ids.insert(name.to_owned(), id);
        }
    }
    Ok(Patch {
        name: written.full_name,
        phones,
        emails,
        company: None,
        job_title: written.job_title,
        address: written.address,
        note: written.note,
        labels: written.tags,
        owner,
        fields: Some(fields),
        external_ids: Some(external_ids),
    })
}

fn reached<T>(all: Vec<Reach>, make: impl Fn(String, Kind) -> T) -> Result<Vec<T>, Refusal> {
    all.into_iter()
        .map(|reach| {
            let kind = match reach.value.as_deref() {
                None | Some("" | "personal") => Kind::Personal,
                Some("home") => Kind::Home,
                Some("office") => Kind::Office,
                Some(_) => return Err(Refusal::Word("value_invalid")),
            };
            Ok(make(reach.data, kind))
        })
        .collect()
}

/// What is wrong with a contact, in the vendor's style.
fn wrong(problem: Problem) -> Refusal {
    let word = problem.fields.first().and_then(|field| {
        let name = field.name.split(['[', '.']).next().unwrap_or_default();
        let known = [
            ("name", "full_name_invalid"),
            ("phones", "phone_number_invalid"),
            ("emails", "email_invalid"),
            ("labels", "tags_invalid"),
            ("note", "note_invalid"),
            ("body", "content_invalid"),
            ("job_title", "job_title_invalid"),
            ("address", "address_invalid"),
            ("fields", "more_infomation_invalid"),
            ("external_ids", "ref_id_invalid"),
        ];
        known.into_iter().find(|(known, _)| *known == name).map(|(_, word)| word)
    });
    match word {
        Some(word) => Refusal::Told(word, problem.message),
        None => problem.into(),
    }
}

/// What is told of a contact to a registered address.
pub(super) fn told(kind: &str, contact: &Contact, users: &[account::user::User]) -> Value {
    let mut body = item(contact, users);
    body["type"] = json!("contact");
    body["event"] = json!(kind);
    body["id"] = json!(words::object_id(contact.id));
    body
}
