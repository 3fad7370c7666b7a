//! `/contacts/export`: all contacts of a filter as a file.

use super::people::filter;
use crate::State;
use crate::tables::{self, Cell, Format, Language, Pages};
use axum::extract;
use axum::response::Response;
use crm::contact::{self, Contact, Filter};
use crm::export;
use futures_util::stream;
use model::{Actor, PageRequest, Permission};
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Which contacts, in which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// `csv` (usual) or `xlsx`, of at most 50,000 rows.
    format: Option<String>,
    /// The language of the head: `vi` (usual) or `en`.
    language: Option<String>,
    /// As in the list.
    q: Option<String>,
    /// As in the list.
    label: Option<String>,
    /// As in the list.
    owner: Option<String>,
}

/// A file of contacts. No cell of it becomes a formula.
#[utoipa::path(get, path = "/contacts/export", tag = "contacts", params(Wanted),
    responses((status = 200, content_type = "text/csv")))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    actor.require(Permission::ManageContacts)?;
    let format = Format::parse(wanted.format.as_deref())?;
    let language = match Language::parse(wanted.language.as_deref())? {
        Language::Vi => export::Language::Vi,
        Language::En => export::Language::En,
    };
    let filter = filter(wanted.q.as_deref(), wanted.label.as_deref(), wanted.owner.as_deref(), None)?;
    tables::answer(format, "contacts", &export::head(language), pages(state, actor, filter)).await
}

/// The contacts, some at a time; `None` is the place after the last.
fn pages(state: State, actor: Actor, filter: Filter) -> Pages {
    let first = Some(PageRequest { limit: PageRequest::MAX, after: None });
    Box::pin(stream::try_unfold(first, move |page| {
        let (state, actor, filter) = (state.clone(), actor.clone(), filter.clone());
        async move {
            let Some(page) = page else { return Ok(None) };
            let page = contact::list(&actor, &state.db, filter, page).await?;
            let next = page.next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
            let row = |contact: &Contact| export::cells(contact).map(Cell::Text).to_vec();
            Ok(Some((page.items.iter().map(row).collect(), next)))
        }
    }))
}
