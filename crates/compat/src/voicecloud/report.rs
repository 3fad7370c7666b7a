//! `Reports/cdr`: the calls of some days. All values are texts. The list is sent as it is read, page by page, so that a
//! busy month needs no more memory than a quiet one.

use super::{company, failure, words};
use crate::{State, links, numbers, time};
use account::tenant::Tenant;
use axum::body::Body;
use axum::extract;
use axum::extract::rejection::BytesRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Actor, PageRequest, Problem};
use pbx::calls::{self, Call, Filter};
use rest::Source;
use serde::Deserialize;
use serde_json::json;
use std::net::IpAddr;

/// How long a link to a recording counts: as long as a report is of use.
const LINK_MS: i64 = 30 * 24 * 3600 * 1000;
/// The longest span of a report.
const MOST_DAYS: i32 = 366;

/// What is asked for. Clients send it as JSON, some without saying so.
#[derive(Deserialize)]
struct Wanted {
    key: String,
    startdate: String,
    enddate: String,
}

/// A report on its way out.
struct Report {
    state: State,
    actor: Actor,
    tenant: Tenant,
    zone: TimeZone,
    filter: Filter,
    /// Where the next page begins; none after the last.
    page: Option<PageRequest>,
    /// Whether a call was written, so that the next needs a comma.
    began: bool,
}

pub(super) async fn calls(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let begun = match body {
        Ok(body) => begin(state, source, &body).await,
        Err(rejection) => Err(rest::input::body_failure(rejection).problem().clone()),
    };
    match begun {
        Ok((report, first)) => {
            let rest = stream::try_unfold(report, |mut report| async move {
                let text = report.next().await.map_err(|problem| std::io::Error::other(problem.to_string()))?;
                Ok::<_, std::io::Error>(text.map(|text| (text, report)))
            });
            let first = stream::iter([Ok(first)]);
            let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(problem) => failure(problem.into()),
    }
}

/// The report, and its beginning with the first page in it: what can fail is told by the status.
async fn begin(state: State, source: IpAddr, body: &[u8]) -> Result<(Report, Bytes), Problem> {
    let wanted: Wanted = serde_json::from_slice(body).map_err(|error| {
        Problem::invalid("body", format!("Send {{\"key\", \"startdate\", \"enddate\"}} as JSON: {error}"))
    })?;
    let actor = company(&state, &wanted.key, source).await?;
    let tenant = account::tenant::get(&actor, state.db(), actor.tenant).await?;
    let zone = time::zone(&tenant.time_zone);
    let (from, to) = span(&wanted, &zone)?;
    let filter = Filter { from: Some(from), to: Some(to), ..Filter::default() };
    let page = Some(PageRequest { limit: PageRequest::MAX, ..PageRequest::first() });
    let mut report = Report { state, actor, tenant, zone, filter, page, began: false };
    let first = report.next().await?.unwrap_or_default();
    Ok((report, [Bytes::from_static(b"{\"result\":["), first].concat().into()))
}

/// From the first millisecond of the first day to the last of the last.
fn span(wanted: &Wanted, zone: &TimeZone) -> Result<(i64, i64), Problem> {
    let day = |name: &str, text: &str| {
        text.parse::<Date>().map_err(|_| Problem::invalid(name, format!("{name} must be a day like 2026-11-22.")))
    };
    let (first, last) = (day("startdate", &wanted.startdate)?, day("enddate", &wanted.enddate)?);
    let days = first.until(last).map_or(-1, |span| span.get_days());
    if !(0..=MOST_DAYS).contains(&days) {
        return Err(Problem::invalid("enddate", format!("enddate must lie 0 to {MOST_DAYS} days after startdate.")));
    }
    let moment = |day: Option<Date>| day.and_then(|day| time::begin_of(day, zone));
    match (moment(Some(first)), moment(last.tomorrow().ok())) {
        (Some(from), Some(to)) => Ok((from, to)),
        _ => Err(Problem::invalid("startdate", "The days lie outside the calendar.")),
    }
}

impl Report {
    /// The text of the next page, the end included with the last; `None` after it.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(page) = self.page.take() else { return Ok(None) };
        let found = calls::list(&self.actor, self.state.db(), self.filter.clone(), page).await?;
        let mut text = String::new();
        for call in &found.items {
            if std::mem::replace(&mut self.began, true) {
                text.push(',');
            }
            text.push_str(&self.row(call).to_string());
        }
        match found.next {
            Some(after) => self.page = Some(PageRequest { after: Some(after), limit: PageRequest::MAX }),
            None => text.push_str("]}"),
        }
        Ok(Some(text.into()))
    }

    fn row(&self, call: &Call) -> serde_json::Value {
        let recording = call.recording.as_ref();
        let link = |_| links::to_recording(&self.state, self.actor.tenant, call.id, LINK_MS);
        json!({
            "callid": words::call_id(call.id),
            "calldate": time::sql(call.started_at, &self.zone),
            "direction": words::direction(call.direction),
            "callerid": numbers::local(&call.caller_number, &self.tenant.country),
            "destination": numbers::local(&call.callee_number, &self.tenant.country),
            "duration": (call.duration_ms / 1000).to_string(),
            "billsec": (call.talk_ms / 1000).to_string(),
            "status": words::status(call.status),
            "recordingpath": recording.map(link).unwrap_or_default(),
        })
    }
}
