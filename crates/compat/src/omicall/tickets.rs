//! `ticket`: what is to be done for customers. The vendor numbers a ticket's status; the numbers are those of its usual set,
//! which is ours.

use super::answer::{Outcome, Payload, Refusal, page};
use super::auth::Client;
use super::input::{self, Body, Listing, needed};
use super::words;
use crate::State;
use account::user::User;
use axum::extract::State as Shared;
use axum::routing::{MethodRouter, get, post};
use crm::ticket::{self, Filter, NewTicket, Patch, Priority, Status, Ticket};
use model::{Actor, Problem, UserId};
use rest::{Failure, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};

/// The vendor's usual set of states: its number, its name, its colour, and what it is here. The last alone finishes.
const STATES: [(Status, &str, &str); 5] = [
    (Status::New, "Mới tạo", "#4ca750"),
    (Status::Open, "Đang xử lý", "#267aff"),
    (Status::Rejected, "Từ chối", "#57bfdb"),
    (Status::Solved, "Đã hoàn thành", "#2d4563"),
    (Status::Closed, "Đóng", "#fea220"),
];
/// The vendor's one usual category, and its types: each is a category here.
const CATEGORY: &str = "Công việc";
const TYPES: [&str; 4] = ["Cá nhân", "Tư vấn", "Báo giá", "Chăm sóc"];

pub(super) fn routes() -> [(&'static str, MethodRouter<State>); 4] {
    [
        ("/api/ticket/list", post(list)),
        ("/api/ticket/create", post(create)),
        ("/api/ticket/update_status/{id}", post(update_status)),
        ("/api/ticket/category/get_all", get(categories)),
    ]
}

#[derive(Deserialize, Default)]
struct Sought {
    #[serde(default, deserialize_with = "crate::loose::text")]
    keyword: String,
}

/// A ticket as clients write it.
#[derive(Deserialize)]
struct Written {
    name: Option<String>,
    description: Option<String>,
    priority: Option<String>,
    /// The login or the address of who looks after it.
    assignee: Option<String>,
    /// The same of who writes it; the key itself when missing.
    created_by: Option<String>,
    ticket_category_id: Option<String>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    type_uuid: String,
}

/// The vendor's pages tell the address of a change of state, and not where the state stands: it is taken under each name
/// that its answers have for it. Where the address holds the state, the ticket is named here.
#[derive(Deserialize, Default)]
struct Change {
    #[serde(
        default,
        alias = "current_status",
        alias = "status_index",
        alias = "index",
        deserialize_with = "crate::loose::text"
    )]
    status: String,
    #[serde(default, alias = "id", alias = "ticket_id", alias = "unique_id", deserialize_with = "crate::loose::text")]
    _id: String,
}

async fn list(
    Shared(state): Shared<State>,
    Client(actor): Client,
    pages: Result<Query<Listing>, Failure>,
    body: Result<Body<Sought>, Refusal>,
) -> Outcome {
    let Query(pages) = pages?;
    let Body(wanted) = or_nothing(body)?;
    let paging = pages.paging(50);
    // A ticket's id is a keyword too.
    if let Some(found) = by_id(&state, &actor, wanted.keyword.trim()).await? {
        return Ok(page(vec![item(&found, &actor)], paging, 1));
    }
    let filter = Filter { text: Some(wanted.keyword), ..Filter::default() };
    let found = ticket::slice(&actor, state.db(), filter, paging.offset(), paging.size).await?;
    Ok(page(found.items.iter().map(|ticket| item(ticket, &actor)).collect(), paging, found.total))
}

/// All may be wanted with no word at all.
fn or_nothing<T: Default>(body: Result<Body<T>, Refusal>) -> Result<Body<T>, Refusal> {
    match body {
        Err(Refusal::Word("request_body_required")) => Ok(Body(T::default())),
        other => other,
    }
}

async fn create(Shared(state): Shared<State>, Client(actor): Client, Body(written): Body<Written>) -> Outcome {
    let subject = needed(written.name, "name_is_required")?;
    let description = needed(written.description, "description_is_required")?;
    let assignee = needed(written.assignee, "assignee_is_required")?;
    let priority = match written.priority.as_deref().unwrap_or_default() {
        "" => Priority::default(),
        word => Priority::parse(word).ok_or(Refusal::Word("priority_invalid"))?,
    };
    if written.ticket_category_id.is_some_and(|id| !id.is_empty() && !input::is(actor.tenant, &id)) {
        return Err(Refusal::Word("ticket_category_id_invalid"));
    }
    let users = input::users(&actor, &state).await?;
    let author = match written.created_by.filter(|email| !email.is_empty()) {
        Some(email) => Some(person(&users, &email).ok_or(Refusal::Word("created_by_invalid"))?),
        None => None,
    };
    let new = NewTicket {
        subject,
        description,
        priority,
        category: category(&state, &actor, &written.type_uuid).await?,
        assignee: Some(person(&users, &assignee).ok_or(Refusal::Word("assignee_invalid"))?),
        author,
        ..NewTicket::default()
    };
    let made = ticket::create(&actor, state.db(), new).await.map_err(wrong)?;
    Ok(Payload(item(&made, &actor)))
}

fn person(users: &[User], email: &str) -> Option<UserId> {
    let email = email.trim().to_lowercase();
    let fits = |user: &&User| user.enabled && (user.login == email || user.email.as_deref() == Some(&email));
    users.iter().find(fits).map(|user| user.id)
}

/// The category that a type's `uuid` stands for.
async fn category(state: &State, actor: &Actor, uuid: &str) -> Result<String, Refusal> {
    if uuid.is_empty() {
        return Ok(String::new());
    }
    let known = types(state, actor).await?;
    let found = known.into_iter().find(|(known, _)| known == uuid);
    found.map(|(_, name)| name).ok_or(Refusal::Word("type_uuid_invalid"))
}

/// The vendor's usual types under their numbers, then the company's own under their names.
async fn types(state: &State, actor: &Actor) -> Result<Vec<(String, String)>, Refusal> {
    let usual = TYPES.iter().enumerate().map(|(number, name)| (number.to_string(), (*name).to_owned()));
    let own = ticket::categories(actor, state.db()).await?;
    let own = own.into_iter().filter(|name| !TYPES.contains(&name.as_str())).map(|name| (name.clone(), name));
    Ok(usual.chain(own).collect())
}

fn wrong(problem: Problem) -> Refusal {
    let at = |name: &str| problem.fields.iter().any(|field| field.name == name);
    match problem.code {
        _ if at("subject") => Refusal::Told("name_invalid", problem.message),
        _ if at("description") => Refusal::Told("description_invalid", problem.message),
        _ => problem.into(),
    }
}

async fn update_status(
    Shared(state): Shared<State>,
    Client(actor): Client,
    id: Result<Path<String>, Failure>,
    body: Result<Body<Change>, Refusal>,
) -> Outcome {
    let Path(id) = id?;
    let Body(change) = or_nothing(body)?;
    let (ticket, status) = match (number(&id), change.status.is_empty()) {
        (Some(status), true) => (change._id, status),
        _ => {
            let word = needed(Some(change.status), "status_is_required")?;
            (id, number(&word).ok_or(Refusal::Word("status_invalid"))?)
        }
    };
    let found = by_id(&state, &actor, &ticket).await?.ok_or(Refusal::Word("ticket_id_invalid"))?;
    let patch = Patch { status: Some(status), ..Patch::default() };
    let saved = ticket::update(&actor, state.db(), found.id, patch).await?;
    Ok(Payload(item(&saved, &actor)))
}

/// The state with this number.
fn number(text: &str) -> Option<Status> {
    let number: usize = text.trim().parse().ok()?;
    STATES.get(number).map(|(status, ..)| *status)
}

/// The ticket with this id: 24 hex digits, or ours, or the number by which people speak of it.
async fn by_id(state: &State, actor: &Actor, text: &str) -> Result<Option<Ticket>, Refusal> {
    if let (Ok(start), 24) = (u128::from_str_radix(text, 16), text.len()) {
        return Ok(ticket::find_by_start(actor, state.db(), start, 96).await?);
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(ticket::find_by_number(actor, state.db(), number).await?);
    }
    Ok(match text.parse() {
        Ok(id) => Some(ticket::get(actor, state.db(), id).await?),
        Err(_) => None,
    })
}

async fn categories(Shared(state): Shared<State>, Client(actor): Client) -> Outcome {
    let tenant = account::tenant::get(&actor, state.db(), actor.tenant).await?;
    let by = json!({ "user_name": tenant.name, "user_id": words::object_id(tenant.id), "contact_id": null });
    let id = words::object_id(tenant.id);
    let types = types(&state, &actor).await?;
    let shown = types.iter().enumerate().map(|(index, (uuid, name))| {
        json!({
            "uuid": uuid,
            "name": name,
            "name_unsigned": words::unsigned(name),
            "index": index,
            "color": null,
            "is_default": false,
            "default_data": null,
            "unit_price": null,
        })
    });
    let states = STATES.iter().enumerate().map(|(index, (status, name, color))| {
        json!({
            "uuid": null,
            "index": index,
            "sort_index": index,
            "color": color,
            "name": name,
            "finish": *status == Status::Closed,
        })
    });
    Ok(Payload(json!([{
        "_id": id,
        "created_date": tenant.created_at,
        "last_updated_date": tenant.created_at,
        "create_by": by,
        "last_update_by": by,
        "is_deleted": false,
        "status_set_id": id,
        "dynamic_attribute_id": null,
        "default_status": 0,
        "tenant_id": id,
        "name": CATEGORY,
        "name_unsigned": words::unsigned(CATEGORY),
        "is_not_default": true,
        "type_config": null,
        "has_type_config": false,
        "types": shown.collect::<Vec<_>>(),
        "priority": Priority::default().as_str(),
        "modify_priority_allowed": true,
        "modify_assignee_allowed": true,
        "modify_reporter_allowed": true,
        "modify_expire_allowed": true,
        "description": null,
        "ticketStatusSet": {
            "_id": id,
            "created_date": tenant.created_at,
            "last_updated_date": tenant.created_at,
            "create_by": by,
            "last_update_by": null,
            "is_deleted": false,
            "name": CATEGORY,
            "name_unsigned": words::unsigned(CATEGORY),
            "tenant_id": id,
            "status": states.collect::<Vec<_>>(),
            "is_not_default": true,
        },
        "total": types.len(),
    }])))
}

fn item(ticket: &Ticket, actor: &Actor) -> Value {
    let person = |id: Option<UserId>, name: &str| {
        id.map(|id| json!({ "user_name": name, "user_id": words::object_id(id), "contact_id": words::object_id(id) }))
    };
    let state = STATES.iter().position(|(status, ..)| *status == ticket.status);
    let kind = TYPES.iter().position(|name| *name == ticket.category);
    let kind = kind.map_or_else(|| ticket.category.clone(), |number| number.to_string());
    let late = ticket.closed_at.is_none() && ticket.due_at.is_some_and(|at| at < store::now().as_millis());
    json!({
        "_id": words::object_id(ticket.id),
        "unique_id": ticket.number.to_string(),
        "tenant_id": words::object_id(actor.tenant),
        "created_date": ticket.created_at,
        "last_updated_date": ticket.updated_at,
        "create_by": person(ticket.author, &ticket.author_name),
        "last_updated_by": null,
        "priority": ticket.priority.as_str(),
        "name": ticket.subject,
        "name_unsigned": words::unsigned(&ticket.subject),
        "description": ticket.description,
        "current_status": state,
        "is_expired": late,
        "expired_date": ticket.due_at,
        "ticket_category_id": words::object_id(actor.tenant),
        "type_uuid": Some(kind).filter(|kind| !kind.is_empty()),
        "assignee": person(ticket.assignee, &ticket.assignee_name),
        "contact_id": ticket.contact.map(words::object_id),
        "is_deleted": false,
    })
}
