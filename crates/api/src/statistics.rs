//! `/statistics`: figures about calls, queues and agents, counted when their records are written.

mod export;

use crate::State;
use axum::extract;
use model::Problem;
use pbx::figures::{self, AgentStatistics, Period, QueueStatistics, Statistics, Step};
use rest::input::field_id;
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(queues)).routes(routes!(agents)).merge(export::routes())
}

/// Which figures; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The first day, in the company's time zone: `2026-11-01`.
    from: String,
    /// The last day, counted in.
    to: String,
    /// The steps: `hour`, `day` (usual), `week` or `month`; at most 400 of them.
    by: Option<String>,
    /// `inbound`, `outbound` or `internal`.
    direction: Option<String>,
    /// The id of the hotline.
    hotline: Option<String>,
    /// The id of the extension that placed or answered them.
    extension: Option<String>,
}

/// The figures of a period: in total, step by step, by cause, extension and hotline, and the total of as many days before.
#[utoipa::path(get, path = "/statistics/calls", tag = "statistics", params(Wanted),
    responses((status = 200, body = Statistics)))]
async fn show(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<Wanted>,
) -> Answer<axum::Json<Statistics>> {
    let step = step(wanted.by.as_deref())?;
    let direction = wanted.direction.as_deref().map(|word| {
        let known = call::Direction::ALL.into_iter().find(|d| d.as_str() == word);
        known.ok_or_else(|| Problem::invalid("direction", "Use inbound, outbound or internal."))
    });
    let wanted = figures::Wanted {
        period: Period { from: wanted.from, to: wanted.to, step },
        direction: direction.transpose()?,
        hotline: wanted.hotline.as_deref().map(|text| field_id("hotline", text)).transpose()?,
        extension: wanted.extension.as_deref().map(|text| field_id("extension", text)).transpose()?,
    };
    Ok(axum::Json(figures::statistics(&actor, &state.db, wanted).await?))
}

/// Which figures of queues; all conditions hold together.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WantedOfQueues {
    /// The first day, in the company's time zone: `2026-11-01`.
    from: String,
    /// The last day, counted in.
    to: String,
    /// The steps: `hour`, `day` (usual), `week` or `month`; at most 400 of them.
    by: Option<String>,
    /// The id of the queue.
    queue: Option<String>,
}

/// The figures of queues over a period: offered, answered, in time, abandoned, waits; in total, step by step and by queue.
#[utoipa::path(get, path = "/statistics/queues", tag = "statistics", params(WantedOfQueues),
    responses((status = 200, body = QueueStatistics)))]
async fn queues(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<WantedOfQueues>,
) -> Answer<axum::Json<QueueStatistics>> {
    let wanted = figures::QueueWanted {
        period: Period { from: wanted.from, to: wanted.to, step: step(wanted.by.as_deref())? },
        queue: wanted.queue.as_deref().map(|text| field_id("queue", text)).transpose()?,
    };
    Ok(axum::Json(figures::queues(&actor, &state.db, wanted).await?))
}

/// Which figures of agents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct WantedOfAgents {
    /// The first day, in the company's time zone: `2026-11-01`.
    from: String,
    /// The last day, counted in.
    to: String,
    /// The id of the agent's extension.
    extension: Option<String>,
}

/// What agents did over a period: how long they were logged in, ready, on a pause and why, on the phone; their offers and calls.
#[utoipa::path(get, path = "/statistics/agents", tag = "statistics", params(WantedOfAgents),
    responses((status = 200, body = AgentStatistics)))]
async fn agents(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Query(wanted): Query<WantedOfAgents>,
) -> Answer<axum::Json<AgentStatistics>> {
    let wanted = figures::AgentWanted {
        period: Period { from: wanted.from, to: wanted.to, step: Step::Day },
        extension: wanted.extension.as_deref().map(|text| field_id("extension", text)).transpose()?,
    };
    Ok(axum::Json(figures::agents(&actor, &state.db, wanted, store::now().as_millis()).await?))
}

fn step(word: Option<&str>) -> Result<Step, Problem> {
    match word {
        None => Ok(Step::Day),
        Some(word) => Step::parse(word).ok_or_else(|| Problem::invalid("by", "Use hour, day, week or month.")),
    }
}
