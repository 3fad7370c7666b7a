//! Whose a number is, and the calls with a contact: contacts and calls meet here.

use crate::State;
use axum::extract;
use crm::contact::{self, Contact, Named};
use model::{PageRequest, Problem};
use pbx::calls::{self, Call};
use pbx::extension;
use rest::{Answer, Caller, Json, PageOf, Paging, Path, Query, id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many calls a look-up tells.
const LAST: u32 = 5;
/// How many numbers are looked up at once.
const MOST: usize = 200;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(look_up, look_up_many)).routes(routes!(list))
}

/// A number to look up.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// The number, in any usual form.
    phone: String,
}

/// A colleague.
#[derive(Serialize, ToSchema)]
struct Colleague {
    /// The extension's id.
    extension: String,
    /// Its number.
    number: String,
    /// Its name.
    name: String,
}

/// Whose a number is.
#[derive(Serialize, ToSchema)]
struct PhoneOwner {
    /// The contact it belongs to.
    contact: Option<Contact>,
    /// The colleague whose extension it is.
    colleague: Option<Colleague>,
    /// The last calls with it, the newest first: all, or, without the right to see calls, one's own.
    calls: Vec<Call>,
}

/// Numbers to look up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhoneList {
    /// At most 200, in any usual form.
    phones: Vec<String>,
}

/// Whose they are.
#[derive(Serialize, ToSchema)]
struct PhoneOwners {
    /// By the number as it was sent; unknown ones are missing.
    items: BTreeMap<String, Named>,
}

/// Whose a number is, with the last calls: what a phone shows while it rings.
#[utoipa::path(get, path = "/contacts/lookup", tag = "contacts", params(Asked), responses((status = 200, body = PhoneOwner)))]
async fn look_up(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(asked): Query<Asked>,
) -> Answer<axum::Json<PhoneOwner>> {
    let contact = contact::find_by_phone(&actor, &state.db, &asked.phone).await?;
    let colleague = match contact {
        None => extension::find_by_number(&actor, &state.db, &asked.phone).await?,
        Some(_) => None,
    };
    let page = PageRequest { limit: LAST, after: None };
    let calls = calls::with_numbers(&actor, &state.db, vec![asked.phone], page).await?.items;
    let colleague =
        colleague.map(|found| Colleague { extension: found.id.to_string(), number: found.number, name: found.name });
    Ok(axum::Json(PhoneOwner { contact, colleague, calls }))
}

/// Whose many numbers are, for lists.
#[utoipa::path(post, path = "/contacts/lookup", tag = "contacts", request_body = PhoneList,
    responses((status = 200, body = PhoneOwners)))]
async fn look_up_many(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(asked): Json<PhoneList>,
) -> Answer<axum::Json<PhoneOwners>> {
    if asked.phones.len() > MOST {
        return Err(Problem::invalid("phones", format!("Send at most {MOST} numbers.")).into());
    }
    Ok(axum::Json(PhoneOwners { items: contact::named(&actor, &state.db, &asked.phones).await? }))
}

/// The calls with a contact, the newest first: all, or, without the right to see calls, one's own.
#[utoipa::path(get, path = "/contacts/{contact_id}/calls", tag = "contacts", params(("contact_id" = String, Path), Paging),
    responses((status = 200, body = PageOf<Call>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(contact): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer<axum::Json<PageOf<Call>>> {
    let contact = contact::get(&actor, &state.db, id("contact", &contact)?).await?;
    let numbers = contact.profile.phones.into_iter().map(|phone| phone.number).collect();
    Ok(PageOf::of(calls::with_numbers(&actor, &state.db, numbers, paging.request()?).await?, |call| call))
}
