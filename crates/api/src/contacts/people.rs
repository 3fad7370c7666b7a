//! Contacts one by one: the list with its search, making, changing, merging, and notes.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use crm::contact::{self, Contact, Filter, Note, Order, Patch, Profile};
use model::Problem;
use rest::input::field_id;
use rest::page::page_request;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(labels))
        .routes(routes!(show, update, delete))
        .routes(routes!(merge))
        .routes(routes!(notes, add_note))
        .routes(routes!(delete_note))
}

/// Which contacts; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Beginnings of words of name, company, job, address or e-mail, without regard to accents; or a number in any form,
    /// its beginning or its last digits.
    q: Option<String>,
    /// A label they carry.
    label: Option<String>,
    /// The id of the person who looks after them.
    owner: Option<String>,
    /// `name` (usual) or `newest`.
    order: Option<String>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
        filter(self.q.as_deref(), self.label.as_deref(), self.owner.as_deref(), self.order.as_deref())
    }
}

/// The filter of the words of a query.
pub(super) fn filter(
    q: Option<&str>,
    label: Option<&str>,
    owner: Option<&str>,
    order: Option<&str>,
) -> Result<Filter, Problem> {
    if q.is_some_and(|text| text.len() > 400) {
        return Err(Problem::invalid("q", "Use at most 400 bytes."));
    }
    Ok(Filter {
        text: q.map(str::to_owned),
        label: label.map(str::to_owned),
        owners: owner.map(|text| field_id("owner", text).map(Some)).transpose()?.into_iter().collect(),
        order: match order {
            None | Some("name") => Order::Name,
            Some("newest") => Order::Newest,
            Some(_) => return Err(Problem::invalid("order", "Use name or newest.")),
        },
    })
}

/// The contact that goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Merge {
    /// The id of the contact that is taken into this one and removed.
    gone: String,
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContactNote {
    /// What stands in it, 1–4,000 characters.
    body: String,
}

/// A label in use.
#[derive(Serialize, ToSchema)]
struct ContactLabel {
    /// The label.
    label: String,
    /// How many contacts carry it.
    contacts: i64,
}

/// The labels in use.
#[derive(Serialize, ToSchema)]
struct ContactLabels {
    /// The most used first.
    items: Vec<ContactLabel>,
}

/// The contacts of the company.
#[utoipa::path(get, path = "/contacts", tag = "contacts", params(Wanted), responses((status = 200, body = PageOf<Contact>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<Contact>>> {
    let filter = wanted.filter()?;
    let page = page_request(wanted.limit, wanted.after)?;
    Ok(PageOf::of(contact::list(&actor, &state.db, filter, page).await?, |contact| contact))
}

/// Create a contact. A number that another contact has is refused: 409 `phone_taken`.
#[utoipa::path(post, path = "/contacts", tag = "contacts", request_body = Profile, responses((status = 201, body = Contact)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<Profile>,
) -> Answer<(StatusCode, axum::Json<Contact>)> {
    Ok((StatusCode::CREATED, axum::Json(contact::create(&actor, &state.db, new).await?)))
}

/// The labels in use.
#[utoipa::path(get, path = "/contacts/labels", tag = "contacts", responses((status = 200, body = ContactLabels)))]
async fn labels(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
) -> Answer<axum::Json<ContactLabels>> {
    let labels = contact::labels(&actor, &state.db).await?;
    let items = labels.into_iter().map(|(label, contacts)| ContactLabel { label, contacts }).collect();
    Ok(axum::Json(ContactLabels { items }))
}

/// One contact.
#[utoipa::path(get, path = "/contacts/{contact_id}", tag = "contacts", params(("contact_id" = String, Path)),
    responses((status = 200, body = Contact)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
) -> Answer<axum::Json<Contact>> {
    Ok(axum::Json(contact::get(&actor, &state.db, id("contact", &contact)?).await?))
}

/// Change a contact; what is left out stays, lists and maps are replaced as a whole.
#[utoipa::path(patch, path = "/contacts/{contact_id}", tag = "contacts", params(("contact_id" = String, Path)),
    request_body = Patch, responses((status = 200, body = Contact)))]
async fn update(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
    Json(patch): Json<Patch>,
) -> Answer<axum::Json<Contact>> {
    Ok(axum::Json(contact::update(&actor, &state.db, id("contact", &contact)?, patch).await?))
}

/// Remove a contact and its notes; its calls stay.
#[utoipa::path(delete, path = "/contacts/{contact_id}", tag = "contacts", params(("contact_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
) -> Answer<StatusCode> {
    contact::delete(&actor, &state.db, id("contact", &contact)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make one of two: this contact takes over what it lacks of the other one, which goes.
#[utoipa::path(post, path = "/contacts/{contact_id}/merge", tag = "contacts", params(("contact_id" = String, Path)),
    request_body = Merge, responses((status = 200, body = Contact)))]
async fn merge(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
    Json(merge): Json<Merge>,
) -> Answer<axum::Json<Contact>> {
    let keep = id("contact", &contact)?;
    let gone = field_id("gone", &merge.gone)?;
    Ok(axum::Json(contact::merge(&actor, &state.db, keep, gone).await?))
}

/// What was written about a contact, the newest first.
#[utoipa::path(get, path = "/contacts/{contact_id}/notes", tag = "contacts", params(("contact_id" = String, Path), Paging),
    responses((status = 200, body = PageOf<Note>)))]
async fn notes(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Note>>> {
    let contact = id("contact", &contact)?;
    Ok(PageOf::of(contact::notes(&actor, &state.db, contact, paging.request()?).await?, |note| note))
}

/// Write a note about a contact.
#[utoipa::path(post, path = "/contacts/{contact_id}/notes", tag = "contacts", params(("contact_id" = String, Path)),
    request_body = NewContactNote, responses((status = 201, body = Note)))]
async fn add_note(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
    Json(new): Json<NewContactNote>,
) -> Answer<(StatusCode, axum::Json<Note>)> {
    let note = contact::add_note(&actor, &state.db, id("contact", &contact)?, &new.body).await?;
    Ok((StatusCode::CREATED, axum::Json(note)))
}

/// Take a note back.
#[utoipa::path(delete, path = "/contacts/{contact_id}/notes/{note_id}", tag = "contacts",
    params(("contact_id" = String, Path), ("note_id" = String, Path)), responses((status = 204)))]
async fn delete_note(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((contact, note)): Path<(String, String)>,
) -> Answer<StatusCode> {
    contact::delete_note(&actor, &state.db, id("note", &contact)?, id("note", &note)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
