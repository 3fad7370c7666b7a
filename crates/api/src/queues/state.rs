//! What goes on in a queue right now, and how it did today.

use crate::State;
use crate::agents::AgentView;
use axum::extract;
use jiff::tz::TimeZone;
use model::{Permission, Problem};
use pbx::queue::{self, visit};
use rest::{Answer, Caller, Path, id};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
}

/// A queue at this moment.
#[derive(Serialize, ToSchema)]
struct QueueState {
    queue_id: String,
    name: String,
    /// Whether the queues run in the process that answers; without it nobody is listed.
    here: bool,
    /// Who waits, the first first.
    waiting: Vec<Waiting>,
    /// Who works in it.
    agents: Vec<AgentView>,
    today: Today,
}

/// Somebody who waits.
#[derive(Serialize, ToSchema)]
#[schema(as = WaitingCaller)]
struct Waiting {
    call_id: String,
    /// The caller's number.
    number: String,
    /// Its place, the first is 1.
    position: usize,
    /// Higher ones come first.
    priority: i32,
    waited_ms: u64,
    /// Not on the line, but called back: how often that was tried in vain; null for who waits on the line.
    callback_tries: Option<u32>,
    /// Whose phones ring for it.
    offered_extension_ids: Vec<String>,
}

/// How the queue did since midnight in the company's time zone; who still waits is not counted.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueToday)]
struct Today {
    /// Midnight, milliseconds since 1970.
    from: i64,
    offered: u64,
    answered: u64,
    /// Answered within `service_level_ms`.
    answered_in_time: u64,
    abandoned: u64,
    /// Sent on because the queue was full or nobody was there.
    overflowed: u64,
    /// Sent on after the longest wait that is allowed.
    timed_out: u64,
    /// Hung up to be called back; not among those offered until that has come to an end.
    called_back: u64,
    /// Answered in time, of all offered, in percent; null when nobody called.
    service_level: Option<f64>,
    service_level_ms: i64,
    average_wait_ms: u64,
    longest_wait_ms: u64,
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Who waits in a queue, what its agents do, and how it did today.
#[utoipa::path(get, path = "/queues/{queue_id}/state", tag = "queues", params(("queue_id" = String, Path)),
    responses((status = 200, body = QueueState)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(queue): Path<String>,
) -> Answer<axum::Json<QueueState>> {
    actor.require(Permission::Supervise)?;
    let queue = queue::get(&actor, &state.db, id("queue", &queue)?).await?;
    let company = account::tenant::get(&actor, &state.db, actor.tenant).await?;
    let (from, to) = today(&company.time_zone)?;
    let promised = queue.settings.service_level_ms;
    let within = Duration::from_millis(u64::try_from(promised).unwrap_or(0));
    let figures = visit::figures(&actor, &state.db, queue.id, from, to, within).await?;
    let live = state.bus.queues(actor.tenant).await?;
    let waiting = live.lines.iter().find(|line| line.queue == queue.id).map(|line| line.waiting.as_slice());
    let wait = |caller: &bus::WaitingCaller| Waiting {
        call_id: caller.call.to_string(),
        number: caller.number.clone(),
        position: caller.position,
        priority: caller.priority,
        waited_ms: millis(caller.waited),
        callback_tries: caller.callback,
        offered_extension_ids: caller.offered.iter().map(ToString::to_string).collect(),
    };
    let agents = crate::agents::views(&actor, &state, &live, Some(&queue)).await?;
    Ok(axum::Json(QueueState {
        queue_id: queue.id.to_string(),
        name: queue.name,
        here: live.here,
        waiting: waiting.unwrap_or_default().iter().map(wait).collect(),
        agents,
        today: Today {
            from,
            offered: figures.offered,
            answered: figures.answered,
            answered_in_time: figures.in_time,
            abandoned: figures.abandoned,
            overflowed: figures.overflowed,
            timed_out: figures.timed_out,
            called_back: figures.called_back,
            service_level: figures.service_level(),
            service_level_ms: promised,
            average_wait_ms: millis(figures.average_wait()),
            longest_wait_ms: millis(figures.longest),
        },
    }))
}

/// From midnight to midnight where the company is.
fn today(time_zone: &str) -> Result<(i64, i64), Problem> {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let now = jiff::Timestamp::from_millisecond(store::now().as_millis());
    let day = now.map_err(|error| Problem::internal(format!("the clock is out of all bounds: {error}")))?;
    let begin = day.to_zoned(zone).start_of_day();
    let end = begin.as_ref().map_err(Clone::clone).and_then(|begin| begin.tomorrow());
    match (begin, end) {
        (Ok(begin), Ok(end)) => Ok((begin.timestamp().as_millisecond(), end.timestamp().as_millisecond())),
        (Err(error), _) | (_, Err(error)) => Err(Problem::internal(format!("today has no midnight: {error}"))),
    }
}
