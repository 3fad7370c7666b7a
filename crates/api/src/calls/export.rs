//! `/calls/export`: all finished calls of a filter as a file.

use super::records::{Which, filter};
use crate::State;
use crate::tables::{self, Cell, Format, Language, Pages};
use axum::extract;
use axum::response::Response;
use call::Direction;
use crm::contact;
use futures_util::stream;
use model::{Actor, CallId, Page, PageRequest, Permission, Problem};
use pbx::calls::{self, Call, Filter, Note, Status};
use pbx::{disposition, extension, hotline};
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Which calls, in which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// `csv` (usual) or `xlsx`, of at most 50,000 rows.
    format: Option<String>,
    /// The language of head and words: `vi` (usual) or `en`.
    language: Option<String>,
    /// As in the list.
    direction: Option<String>,
    /// As in the list.
    status: Option<String>,
    /// As in the list.
    extension: Option<String>,
    /// As in the list.
    number: Option<String>,
    /// As in the list.
    hotline: Option<String>,
    /// As in the list.
    disposition: Option<String>,
    queue: Option<String>,
    /// As in the list.
    from: Option<i64>,
    /// As in the list.
    to: Option<i64>,
}

/// A file of finished calls, the newest first, with what things are called; times are the company's. No cell becomes a
/// formula.
#[utoipa::path(get, path = "/calls/export", tag = "calls", params(Wanted),
    responses((status = 200, content_type = "text/csv")))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    actor.require(Permission::ViewCalls)?;
    let format = Format::parse(wanted.format.as_deref())?;
    let language = Language::parse(wanted.language.as_deref())?;
    let filter = filter(&Which {
        direction: wanted.direction.as_deref(),
        status: wanted.status.as_deref(),
        extension: wanted.extension.as_deref(),
        number: wanted.number.as_deref(),
        hotline: wanted.hotline.as_deref(),
        disposition: wanted.disposition.as_deref(),
        queue: wanted.queue.as_deref(),
        from: wanted.from,
        to: wanted.to,
    })?;
    let words = Arc::new(Words::read(&state, &actor, language).await?);
    tables::answer(format, "calls", &head(language), pages(state, actor, filter, words)).await
}

/// The calls, some at a time; `None` is the place after the last.
fn pages(state: State, actor: Actor, filter: Filter, words: Arc<Words>) -> Pages {
    let first = Some(PageRequest { limit: PageRequest::MAX, after: None });
    Box::pin(stream::try_unfold(first, move |page| {
        let (state, actor, filter, words) = (state.clone(), actor.clone(), filter.clone(), Arc::clone(&words));
        async move {
            let Some(page) = page else { return Ok(None) };
            let Page { items, next } = calls::list(&actor, &state.db, filter, page).await?;
            let numbers: Vec<String> =
                items.iter().flat_map(|call| [call.caller_number.clone(), call.callee_number.clone()]).collect();
            let named = contact::named(&actor, &state.db, &numbers).await?;
            let ids: Vec<CallId> = items.iter().map(|call| call.id).collect();
            let notes = calls::notes(&actor, &state.db, &ids).await?;
            let name = |number: &str| named.get(number).map(|one| one.name.clone());
            let row = |call: &Call| words.row(call, notes.get(&call.id), &name);
            let next = next.map(|after| PageRequest { limit: PageRequest::MAX, after: Some(after) });
            Ok(Some((items.iter().map(row).collect(), next)))
        }
    }))
}

fn head(language: Language) -> [&'static str; 15] {
    match language {
        Language::Vi => [
            "Thời gian",
            "Chiều",
            "Kết quả",
            "Người gọi",
            "Tên người gọi",
            "Số được gọi",
            "Tên người được gọi",
            "Hotline",
            "Máy nhánh",
            "Nói (giây)",
            "Cả cuộc (giây)",
            "Lý do",
            "Kết quả xử lý",
            "Ghi chú",
            "Mã cuộc gọi",
        ],
        Language::En => [
            "Time",
            "Direction",
            "Outcome",
            "Caller",
            "Caller's name",
            "Called",
            "Called name",
            "Hotline",
            "Extension",
            "Talk (s)",
            "Whole length (s)",
            "Cause",
            "Disposition",
            "Note",
            "Call id",
        ],
    }
}

/// What ids and words are called.
struct Words {
    language: Language,
    zone: jiff::tz::TimeZone,
    names: HashMap<String, String>,
}

impl Words {
    async fn read(state: &State, actor: &Actor, language: Language) -> Result<Words, Problem> {
        let company = account::tenant::get(actor, &state.db, actor.tenant).await?;
        let zone = jiff::tz::TimeZone::get(&company.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let mut names = HashMap::new();
        let mut page = PageRequest { limit: PageRequest::MAX, after: None };
        loop {
            let part = extension::list(actor, &state.db, None, page).await?;
            names.extend(part.items.into_iter().map(|one| (one.id.to_string(), titled(&one.number, &one.name))));
            let Some(after) = part.next else { break };
            page = PageRequest { limit: PageRequest::MAX, after: Some(after) };
        }
        let mut page = PageRequest { limit: PageRequest::MAX, after: None };
        loop {
            let part = hotline::list(actor, &state.db, page).await?;
            names.extend(part.items.into_iter().map(|one| (one.id.to_string(), titled(&one.number, &one.name))));
            let Some(after) = part.next else { break };
            page = PageRequest { limit: PageRequest::MAX, after: Some(after) };
        }
        let dispositions = disposition::list(actor, &state.db).await?;
        names.extend(dispositions.into_iter().map(|one| (one.id.to_string(), one.name)));
        Ok(Words { language, zone, names })
    }

    fn row(&self, call: &Call, note: Option<&Note>, contact: &dyn Fn(&str) -> Option<String>) -> Vec<Cell> {
        let named = |id: Option<String>| id.map(|id| self.names.get(&id).cloned().unwrap_or(id)).unwrap_or_default();
        let began = jiff::Timestamp::from_millisecond(call.started_at).unwrap_or_default();
        let texts = [
            began.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            self.direction(call.direction).to_owned(),
            self.status(call.status).to_owned(),
            call.caller_number.clone(),
            contact(&call.caller_number).unwrap_or_else(|| call.caller_name.clone()),
            call.callee_number.clone(),
            contact(&call.callee_number).unwrap_or_default(),
            named(call.hotline.map(|id| id.to_string())),
            named(call.extension.map(|id| id.to_string())),
        ];
        let mut row: Vec<Cell> = texts.into_iter().map(Cell::Text).collect();
        row.push(Cell::Number(call.talk_ms / 1_000));
        row.push(Cell::Number(call.duration_ms / 1_000));
        row.push(Cell::Text(call.cause.as_str().to_owned()));
        row.push(Cell::Text(named(note.and_then(|note| note.disposition).map(|id| id.to_string()))));
        row.push(Cell::Text(note.map(|note| note.text.clone()).unwrap_or_default()));
        row.push(Cell::Text(call.id.to_string()));
        row
    }

    fn direction(&self, direction: Direction) -> &'static str {
        match (self.language, direction) {
            (Language::Vi, Direction::Inbound) => "Gọi vào",
            (Language::Vi, Direction::Outbound) => "Gọi ra",
            (Language::Vi, Direction::Internal) => "Nội bộ",
            (Language::En, Direction::Inbound) => "Inbound",
            (Language::En, Direction::Outbound) => "Outbound",
            (Language::En, Direction::Internal) => "Internal",
        }
    }

    fn status(&self, status: Status) -> &'static str {
        match (self.language, status) {
            (Language::Vi, Status::Answered) => "Đã nghe",
            (Language::Vi, Status::NoAnswer) => "Không ai nghe",
            (Language::Vi, Status::Busy) => "Máy bận",
            (Language::Vi, Status::Declined) => "Từ chối",
            (Language::Vi, Status::Cancelled) => "Người gọi bỏ",
            (Language::Vi, Status::Failed) => "Không thực hiện được",
            (Language::En, Status::Answered) => "Answered",
            (Language::En, Status::NoAnswer) => "No answer",
            (Language::En, Status::Busy) => "Busy",
            (Language::En, Status::Declined) => "Declined",
            (Language::En, Status::Cancelled) => "Cancelled",
            (Language::En, Status::Failed) => "Failed",
        }
    }
}

fn titled(number: &str, name: &str) -> String {
    if name == number || name.is_empty() { number.to_owned() } else { format!("{number} {name}") }
}
