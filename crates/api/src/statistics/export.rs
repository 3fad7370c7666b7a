//! `/statistics/export`: a report as a file for spreadsheets, one line for each extension, hotline, queue or agent.

use super::step;
use crate::State;
use crate::tables::{self, Cell, Format, Language};
use axum::extract;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use model::{Actor, PageRequest, Problem};
use pbx::figures::{self, AgentFigures, Figures, Period, QueueFigures, Step};
use pbx::{extension, hotline, queue};
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use std::collections::HashMap;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Which report, in which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// `extensions` (usual), `hotlines`, `queues` or `agents`.
    report: Option<String>,
    /// The first day, in the company's time zone: `2026-11-01`.
    from: String,
    /// The last day, counted in.
    to: String,
    /// `csv` (usual) or `xlsx`.
    format: Option<String>,
    /// The language of the head: `vi` (usual) or `en`.
    language: Option<String>,
}

/// A report as a file. Times are seconds. No cell becomes a formula.
#[utoipa::path(get, path = "/statistics/export", tag = "statistics", params(Wanted),
    responses((status = 200, content_type = "text/csv")))]
async fn export(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    let format = Format::parse(wanted.format.as_deref())?;
    let language = Language::parse(wanted.language.as_deref())?;
    let period = Period { from: wanted.from, to: wanted.to, step: step(Some("month"))? };
    let (name, head, rows) = match wanted.report.as_deref().unwrap_or("extensions") {
        "extensions" => ("extensions", calls_head(language), by_extension(&actor, &state, period).await?),
        "hotlines" => ("hotlines", calls_head(language), by_hotline(&actor, &state, period).await?),
        "queues" => ("queues", queues_head(language), by_queue(&actor, &state, period).await?),
        "agents" => ("agents", agents_head(language), by_agent(&actor, &state, period).await?),
        _ => return Err(Problem::invalid("report", "Use extensions, hotlines, queues or agents.").into()),
    };
    tables::answer(format, name, head, stream::iter([Ok(rows)]).boxed()).await
}

type Rows = Vec<Vec<Cell>>;

async fn by_extension(actor: &Actor, state: &State, period: Period) -> Result<Rows, Problem> {
    let told = calls(actor, state, period).await?;
    let names = extensions(actor, state).await?;
    let row = |one: &figures::ExtensionFigures| calls_row(named(&names, one.extension), one.figures);
    Ok(told.extensions.iter().map(row).collect())
}

async fn by_hotline(actor: &Actor, state: &State, period: Period) -> Result<Rows, Problem> {
    let told = calls(actor, state, period).await?;
    let mut names = HashMap::new();
    let mut page = PageRequest { limit: PageRequest::MAX, after: None };
    loop {
        let part = hotline::list(actor, &state.db, page).await?;
        names.extend(part.items.into_iter().map(|one| (one.id.to_string(), format!("{} {}", one.number, one.name))));
        let Some(after) = part.next else { break };
        page = PageRequest { limit: PageRequest::MAX, after: Some(after) };
    }
    let row = |one: &figures::HotlineFigures| calls_row(named(&names, one.hotline), one.figures);
    Ok(told.hotlines.iter().map(row).collect())
}

async fn calls(actor: &Actor, state: &State, period: Period) -> Result<figures::Statistics, Problem> {
    let wanted = figures::Wanted { period, direction: None, hotline: None, extension: None };
    figures::statistics(actor, &state.db, wanted).await
}

async fn by_queue(actor: &Actor, state: &State, period: Period) -> Result<Rows, Problem> {
    let told = figures::queues(actor, &state.db, figures::QueueWanted { period, queue: None }).await?;
    let mut names = HashMap::new();
    let mut page = PageRequest { limit: PageRequest::MAX, after: None };
    loop {
        let part = queue::list(actor, &state.db, page).await?;
        names.extend(part.items.into_iter().map(|one| (one.id.to_string(), one.name)));
        let Some(after) = part.next else { break };
        page = PageRequest { limit: PageRequest::MAX, after: Some(after) };
    }
    Ok(told.queues.iter().map(|one| queue_row(named(&names, Some(one.queue)), &one.figures)).collect())
}

async fn by_agent(actor: &Actor, state: &State, period: Period) -> Result<Rows, Problem> {
    let wanted = figures::AgentWanted { period: Period { step: Step::Day, ..period }, extension: None };
    let told = figures::agents(actor, &state.db, wanted, store::now().as_millis()).await?;
    let names = extensions(actor, state).await?;
    Ok(told.agents.iter().map(|one| agent_row(named(&names, Some(one.extension)), one)).collect())
}

async fn extensions(actor: &Actor, state: &State) -> Result<HashMap<String, String>, Problem> {
    let mut names = HashMap::new();
    let mut page = PageRequest { limit: PageRequest::MAX, after: None };
    loop {
        let part = extension::list(actor, &state.db, None, page).await?;
        names.extend(part.items.into_iter().map(|one| (one.id.to_string(), format!("{} {}", one.number, one.name))));
        let Some(after) = part.next else { return Ok(names) };
        page = PageRequest { limit: PageRequest::MAX, after: Some(after) };
    }
}

fn named<T: ToString>(names: &HashMap<String, String>, id: Option<T>) -> String {
    let Some(id) = id.map(|id| id.to_string()) else { return "–".to_owned() };
    names.get(&id).cloned().unwrap_or(id)
}

fn line(name: String, numbers: &[i64]) -> Vec<Cell> {
    std::iter::once(Cell::Text(name)).chain(numbers.iter().map(|number| Cell::Number(*number))).collect()
}

fn calls_row(name: String, one: Figures) -> Vec<Cell> {
    let times = [one.talk_ms, one.wait_ms, one.duration_ms].map(|ms| ms / 1_000);
    line(name, &[one.calls, one.answered, one.missed, times[0], times[1], times[2]])
}

fn calls_head(language: Language) -> &'static [&'static str] {
    match language {
        Language::Vi => {
            &["Tên", "Cuộc gọi", "Đã nghe", "Không nghe", "Nói (giây)", "Chờ nghe (giây)", "Cả cuộc (giây)"]
        }
        Language::En => &["Name", "Calls", "Answered", "Not answered", "Talk (s)", "Wait (s)", "Whole length (s)"],
    }
}

fn queue_row(name: String, one: &QueueFigures) -> Vec<Cell> {
    let times = [one.answered_wait_ms, one.waited_ms, one.longest_wait_ms].map(|ms| ms / 1_000);
    let level = if one.offered == 0 { 0 } else { one.in_time * 100 / one.offered };
    let counts = [one.offered, one.answered, one.in_time, level, one.abandoned, one.overflowed, one.timed_out];
    line(name, &[counts.as_slice(), times.as_slice()].concat())
}

fn queues_head(language: Language) -> &'static [&'static str] {
    match language {
        Language::Vi => &[
            "Hàng đợi",
            "Khách vào hàng",
            "Đã nghe",
            "Nghe đúng hẹn",
            "Mức phục vụ (%)",
            "Khách bỏ",
            "Đầy hoặc không có ai",
            "Chờ quá lâu",
            "Chờ đến khi được nghe (giây)",
            "Tổng thời gian chờ (giây)",
            "Chờ lâu nhất (giây)",
        ],
        Language::En => &[
            "Queue",
            "Callers",
            "Answered",
            "Answered in time",
            "Service level (%)",
            "Gave up",
            "Full or nobody there",
            "Waited too long",
            "Wait until answered (s)",
            "Wait of all (s)",
            "Longest wait (s)",
        ],
    }
}

fn agent_row(name: String, one: &AgentFigures) -> Vec<Cell> {
    let times = [one.logged_in_ms, one.available_ms, one.on_call_ms, one.wrap_up_ms, one.paused_ms, one.ringing_ms];
    let seconds = times.map(|ms| ms / 1_000);
    let counts = [one.talk_ms / 1_000, one.inbound, one.outbound, one.internal, one.offers, one.taken, one.missed];
    let mut row = line(name, &[seconds.as_slice(), counts.as_slice()].concat());
    let pause = |pause: &figures::Pause| format!("{} {} s ({})", pause.reason, pause.time_ms / 1_000, pause.times);
    row.push(Cell::Text(one.pauses.iter().map(pause).collect::<Vec<_>>().join(", ")));
    row
}

fn agents_head(language: Language) -> &'static [&'static str] {
    match language {
        Language::Vi => &[
            "Nhân viên",
            "Đăng nhập (giây)",
            "Sẵn sàng (giây)",
            "Trên máy (giây)",
            "Ghi chép (giây)",
            "Tạm nghỉ (giây)",
            "Đổ chuông (giây)",
            "Nói chuyện (giây)",
            "Gọi vào",
            "Gọi ra",
            "Nội bộ",
            "Được mời",
            "Đã nhận",
            "Nhỡ",
            "Tạm nghỉ theo lý do",
        ],
        Language::En => &[
            "Agent",
            "Logged in (s)",
            "Ready (s)",
            "On the phone (s)",
            "Wrap-up (s)",
            "Pause (s)",
            "Ringing (s)",
            "Talk (s)",
            "Calls in",
            "Calls out",
            "Internal",
            "Offered",
            "Taken",
            "Missed",
            "Pauses by reason",
        ],
    }
}
