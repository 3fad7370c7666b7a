//! Calls that ended: the list, one call with its legs, why it went where it went, and what was said.

use super::written::{CallInList, with_notes};
use crate::State;
use axum::extract;
use axum::http::HeaderMap;
use axum::response::Response;
use model::{Page, Problem};
use pbx::calls::{self, CallDetail, Decision, Filter, Note, Outcome, Status};
use rest::input::field_id;
use rest::page::page_request;
use rest::{Answer, Caller, PageOf, Path, Query, id};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(trail)).routes(routes!(recording))
}

/// Which calls; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// `inbound`, `outbound` or `internal`.
    direction: Option<String>,
    /// `answered`, `no_answer`, `busy`, `declined`, `cancelled` or `failed`.
    status: Option<String>,
    /// The id of an extension that took part.
    extension: Option<String>,
    /// A number that took part, in any usual form.
    number: Option<String>,
    /// The id of the hotline.
    hotline: Option<String>,
    /// The id of the disposition that was written on it, or `missing` for answered calls without one.
    disposition: Option<String>,
    /// The id of the queue it waited in last.
    queue: Option<String>,
    /// Began then or later, milliseconds since 1970.
    from: Option<i64>,
    /// Began before then.
    to: Option<i64>,
    /// How many at most; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// One finished call with all that is kept of it.
#[derive(Serialize, ToSchema)]
struct CallRecord {
    #[serde(flatten)]
    call: CallDetail,
    /// What people wrote on it; missing while nobody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    wrap_up: Option<Note>,
}

/// The decisions made for a call, in order.
#[derive(Serialize, ToSchema)]
struct CallTrail {
    items: Vec<Decision>,
}

/// The words of a query that choose calls.
pub(super) struct Which<'a> {
    pub(super) direction: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    pub(super) extension: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) hotline: Option<&'a str>,
    pub(super) disposition: Option<&'a str>,
    pub(super) queue: Option<&'a str>,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
}

/// The filter that these words mean.
pub(super) fn filter(which: &Which<'_>) -> Result<Filter, Problem> {
    let direction = which.direction.map(|word| {
        let known = call::Direction::ALL.into_iter().find(|d| d.as_str() == word);
        known.ok_or_else(|| Problem::invalid("direction", "Use inbound, outbound or internal."))
    });
    let status = which.status.map(|word| {
        let words = "Use answered, no_answer, busy, declined, cancelled or failed.";
        Status::parse(word).ok_or_else(|| Problem::invalid("status", words))
    });
    Ok(Filter {
        direction: direction.transpose()?,
        status: status.transpose()?,
        extension: which.extension.map(|text| field_id("extension", text)).transpose()?,
        number: which.number.map(str::to_owned),
        hotline: which.hotline.map(|text| field_id("hotline", text)).transpose()?,
        outcome: which.disposition.map(outcome).transpose()?,
        queue: which.queue.map(|text| field_id("queue", text)).transpose()?,
        from: which.from,
        to: which.to,
        ..Filter::default()
    })
}

fn outcome(word: &str) -> Result<Outcome, Problem> {
    match word {
        "missing" => Ok(Outcome::Missing),
        text => Ok(Outcome::Is(field_id("disposition", text)?)),
    }
}

impl Wanted {
    fn filter(&self) -> Result<Filter, Problem> {
        filter(&Which {
            direction: self.direction.as_deref(),
            status: self.status.as_deref(),
            extension: self.extension.as_deref(),
            number: self.number.as_deref(),
            hotline: self.hotline.as_deref(),
            disposition: self.disposition.as_deref(),
            queue: self.queue.as_deref(),
            from: self.from,
            to: self.to,
        })
    }
}

/// The finished calls of the company, the newest first. People who may not see all calls get those of their own extension.
#[utoipa::path(get, path = "/calls", tag = "calls", params(Wanted),
    responses((status = 200, body = PageOf<CallInList>)))]
async fn list(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<PageOf<CallInList>>> {
    let filter = wanted.filter()?;
    let page = page_request(wanted.limit, wanted.after)?;
    let Page { items, next } = calls::list(&actor, &state.db, filter, page).await?;
    let items = with_notes(&actor, &state, items).await?;
    Ok(PageOf::of(Page { items, next }, |call| call))
}

/// One finished call with its legs.
#[utoipa::path(get, path = "/calls/{call_id}", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, body = CallRecord)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<axum::Json<CallRecord>> {
    let call = calls::get(&actor, &state.db, id("call", &call)?).await?;
    let id = call.call.id;
    let wrap_up = calls::notes(&actor, &state.db, &[id]).await?.remove(&id);
    Ok(axum::Json(CallRecord { call, wrap_up }))
}

/// Why the call went where it went: every decision with its reason.
#[utoipa::path(get, path = "/calls/{call_id}/trail", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, body = CallTrail)))]
async fn trail(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<axum::Json<CallTrail>> {
    let items = calls::trail(&actor, &state.db, id("call", &call)?).await?;
    Ok(axum::Json(CallTrail { items }))
}

/// The recording: stereo WAV, caller left, callee right. Ranges are served.
#[utoipa::path(get, path = "/calls/{call_id}/recording", tag = "calls", params(("call_id" = String, Path)),
    responses((status = 200, content_type = "audio/wav"), (status = 206, description = "A part of it.", content_type = "audio/wav"),
        (status = 416, description = "The range lies outside.", body = rest::ProblemBody)))]
async fn recording(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    headers: HeaderMap,
) -> Answer<Response> {
    let recording = calls::recording(&actor, &state.db, id("recording", &call)?).await?;
    let download = format!("{}.wav", recording.call);
    rest::range::kept(&state.objects, &recording.file, "audio/wav", &download, &headers).await
}
