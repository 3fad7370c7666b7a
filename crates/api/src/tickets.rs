//! `/tickets`: what is to be done for somebody, with its story.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use crm::ticket::{self, Entry, Filter, NewTicket, Patch, Priority, Status, Ticket};
use model::{Actor, Problem};
use rest::input::field_id;
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(choices))
        .routes(routes!(show, update, delete))
        .routes(routes!(entries))
        .routes(routes!(add_note))
        .routes(routes!(delete_note))
}

/// Which tickets; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// A part of subject or description without regard to accents, the number, or the name of who looks after it.
    q: Option<String>,
    /// `new`, `open`, `rejected`, `solved` or `closed`; several with commas between them.
    status: Option<String>,
    /// `low`, `medium` or `high`.
    priority: Option<String>,
    /// The category, as it is written.
    category: Option<String>,
    /// Who looks after it: a person's id, `me`, or `nobody`.
    assignee: Option<String>,
    /// The id of the contact that it is for.
    contact: Option<String>,
    /// The id of the call that it came from.
    call: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

impl Wanted {
    fn filter(&self, actor: &Actor) -> Result<Filter, Problem> {
        if self.q.as_ref().is_some_and(|text| text.len() > 400) {
            return Err(Problem::invalid("q", "Use at most 400 bytes."));
        }
        let no_status = || Problem::invalid("status", "Use new, open, rejected, solved or closed.");
        let statuses = self.status.as_deref().unwrap_or_default().split(',').filter(|word| !word.is_empty());
        let no_priority = || Problem::invalid("priority", "Use low, medium or high.");
        let assignee = match self.assignee.as_deref() {
            None => None,
            Some("nobody") => Some(None),
            Some("me") => {
                let mend = "A key is nobody; send a person's id.";
                Some(Some(actor.user.ok_or_else(|| Problem::invalid("assignee", mend))?))
            }
            Some(text) => Some(Some(field_id("assignee", text)?)),
        };
        Ok(Filter {
            text: self.q.clone(),
            statuses: statuses.map(|word| Status::parse(word).ok_or_else(no_status)).collect::<Result<_, _>>()?,
            priority: self.priority.as_deref().map(|word| Priority::parse(word).ok_or_else(no_priority)).transpose()?,
            category: self.category.clone(),
            assignee,
            contact: self.contact.as_deref().map(|text| field_id("contact", text)).transpose()?,
            call: self.call.as_deref().map(|text| field_id("call", text)).transpose()?,
        })
    }
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTicketNote {
    /// What stands in it, 1–10,000 characters.
    body: String,
}

/// Somebody who may look after tickets.
#[derive(Serialize, ToSchema)]
struct TicketPerson {
    /// The person's id.
    id: String,
    /// The name.
    name: String,
}

/// What a ticket may be given.
#[derive(Serialize, ToSchema)]
struct TicketChoices {
    /// Who may look after it.
    people: Vec<TicketPerson>,
    /// The categories in use, the most used first; others may be written.
    categories: Vec<String>,
}

/// The tickets of the company, the newest first.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(Wanted), responses((status = 200, body = PageOf<Ticket>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Ticket>>> {
    let filter = wanted.filter(&actor)?;
    let page = page_request(wanted.limit, wanted.after)?;
    Ok(PageOf::of(ticket::list(&actor, &state.db, filter, page).await?, |ticket| ticket))
}

/// Write a ticket; it gets the next number of the company.
#[utoipa::path(post, path = "/tickets", tag = "tickets", request_body = NewTicket,
    responses((status = 201, body = Ticket)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewTicket>,
) -> Answer<(StatusCode, axum::Json<Ticket>)> {
    Ok((StatusCode::CREATED, axum::Json(ticket::create(&actor, &state.db, new).await?)))
}

/// Who may look after tickets, and the categories in use.
#[utoipa::path(get, path = "/tickets/choices", tag = "tickets", responses((status = 200, body = TicketChoices)))]
async fn choices(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
) -> Answer<axum::Json<TicketChoices>> {
    let people = ticket::people(&actor, &state.db).await?;
    let people = people.into_iter().map(|(id, name)| TicketPerson { id: id.to_string(), name }).collect();
    Ok(axum::Json(TicketChoices { people, categories: ticket::categories(&actor, &state.db).await? }))
}

/// One ticket.
#[utoipa::path(get, path = "/tickets/{ticket_id}", tag = "tickets", params(("ticket_id" = String, Path)),
    responses((status = 200, body = Ticket)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(ticket): Path<String>,
) -> Answer<axum::Json<Ticket>> {
    Ok(axum::Json(ticket::get(&actor, &state.db, id("ticket", &ticket)?).await?))
}

/// Change a ticket; what is left out stays. Each change stands in its story.
#[utoipa::path(patch, path = "/tickets/{ticket_id}", tag = "tickets", params(("ticket_id" = String, Path)),
    request_body = Patch, responses((status = 200, body = Ticket)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(ticket): Path<String>,
    Json(patch): Json<Patch>,
) -> Answer<axum::Json<Ticket>> {
    Ok(axum::Json(ticket::update(&actor, &state.db, id("ticket", &ticket)?, patch).await?))
}

/// Remove a ticket and its story.
#[utoipa::path(delete, path = "/tickets/{ticket_id}", tag = "tickets", params(("ticket_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(ticket): Path<String>,
) -> Answer<StatusCode> {
    ticket::delete(&actor, &state.db, id("ticket", &ticket)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The story of a ticket: notes and changes, the newest first.
#[utoipa::path(get, path = "/tickets/{ticket_id}/entries", tag = "tickets", params(("ticket_id" = String, Path), Paging),
    responses((status = 200, body = PageOf<Entry>)))]
async fn entries(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(ticket): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Entry>>> {
    let ticket = id("ticket", &ticket)?;
    Ok(PageOf::of(ticket::entries(&actor, &state.db, ticket, paging.request()?).await?, |entry| entry))
}

/// Write a note on a ticket.
#[utoipa::path(post, path = "/tickets/{ticket_id}/notes", tag = "tickets", params(("ticket_id" = String, Path)),
    request_body = NewTicketNote, responses((status = 201, body = Entry)))]
async fn add_note(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(ticket): Path<String>,
    Json(new): Json<NewTicketNote>,
) -> Answer<(StatusCode, axum::Json<Entry>)> {
    let entry = ticket::add_note(&actor, &state.db, id("ticket", &ticket)?, &new.body).await?;
    Ok((StatusCode::CREATED, axum::Json(entry)))
}

/// Take a note back; changes stay in the story.
#[utoipa::path(delete, path = "/tickets/{ticket_id}/notes/{entry_id}", tag = "tickets",
    params(("ticket_id" = String, Path), ("entry_id" = String, Path)), responses((status = 204)))]
async fn delete_note(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((ticket, entry)): Path<(String, String)>,
) -> Answer<StatusCode> {
    ticket::delete_note(&actor, &state.db, id("note", &ticket)?, id("note", &entry)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
