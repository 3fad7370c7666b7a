//! `/contacts/export`: all contacts of a filter as a file. CSV flows while it is read, in any length.

use super::people::filter;
use crate::State;
use axum::body::{Body, Bytes};
use axum::extract;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use crm::contact::{self, Contact, Filter};
use crm::export::{Language, cells, head};
use crm::sheet::write::{CSV_MARK, Value, Workbook, csv_row};
use futures_util::stream;
use model::{Actor, PageRequest, Permission, Problem};
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The most rows of a workbook, which is put together in memory.
const WORKBOOK_ROWS: usize = 50_000;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(export))
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
async fn export(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    actor.require(Permission::ManageContacts)?;
    let filter = filter(wanted.q.as_deref(), wanted.label.as_deref(), wanted.owner.as_deref(), None)?;
    let language = match wanted.language.as_deref() {
        None | Some("vi") => Language::Vi,
        Some("en") => Language::En,
        Some(_) => return Err(Problem::invalid("language", "Use vi or en.").into()),
    };
    let pages = Pages { state, actor, filter, after: None, over: false };
    match wanted.format.as_deref() {
        None | Some("csv") => csv(pages, language).await,
        Some("xlsx") => workbook(pages, language).await,
        Some(_) => Err(Problem::invalid("format", "Use csv or xlsx.").into()),
    }
}

/// The contacts page by page.
struct Pages {
    state: State,
    actor: Actor,
    filter: Filter,
    after: Option<String>,
    over: bool,
}

impl Pages {
    async fn next(&mut self) -> Result<Option<Vec<Contact>>, Problem> {
        if self.over {
            return Ok(None);
        }
        let page = PageRequest { limit: PageRequest::MAX, after: self.after.take() };
        let page = contact::list(&self.actor, &self.state.db, self.filter.clone(), page).await?;
        self.over = page.next.is_none();
        self.after = page.next;
        Ok(Some(page.items))
    }
}

async fn csv(mut pages: Pages, language: Language) -> Answer<Response> {
    // The first page is read before the answer begins, so that what is wrong is told as a problem.
    let first = pages.next().await?.unwrap_or_default();
    let begin = format!("{CSV_MARK}{}{}", csv_row(head(language)), text(&first));
    let rest = stream::try_unfold(pages, async |mut pages| match pages.next().await {
        Ok(Some(contacts)) => Ok(Some((Bytes::from(text(&contacts)), pages))),
        Ok(None) => Ok(None),
        Err(problem) => Err(std::io::Error::other(problem.to_string())),
    });
    let begin = stream::once(async move { Ok::<_, std::io::Error>(Bytes::from(begin)) });
    let body = Body::from_stream(stream::StreamExt::chain(begin, rest));
    Ok(table("text/csv; charset=utf-8", "contacts.csv", body))
}

fn text(contacts: &[Contact]) -> String {
    let row = |contact: &Contact| csv_row(cells(contact).iter().map(String::as_str));
    contacts.iter().map(row).collect()
}

async fn workbook(mut pages: Pages, language: Language) -> Answer<Response> {
    let mut book = Workbook::new();
    book.row(head(language).map(Value::Text));
    while let Some(contacts) = pages.next().await? {
        if book.len() + contacts.len() > WORKBOOK_ROWS + 1 {
            let message = format!("More than {WORKBOOK_ROWS} contacts are for csv.");
            return Err(Problem::invalid("format", message).into());
        }
        for contact in &contacts {
            book.row(cells(contact).iter().map(|cell| Value::Text(cell)));
        }
    }
    let packed = tokio::task::spawn_blocking(move || book.finish("Contacts")).await;
    let file = packed.map_err(|error| Problem::internal(format!("a workbook could not be packed: {error}")))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(table(kind, "contacts.xlsx", file.into()))
}

/// A file to be kept, never shown.
pub(super) fn table(kind: &'static str, name: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, attachment.expect("the names are plain"));
    response
}
