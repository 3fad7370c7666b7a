//! `/statistics`: figures about calls, counted when their records are written.

use crate::State;
use axum::extract;
use model::Problem;
use pbx::figures::{self, Period, Statistics, Step};
use rest::input::field_id;
use rest::{Answer, Caller, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(show))
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
    let step = match wanted.by.as_deref() {
        None => Step::Day,
        Some(word) => Step::parse(word).ok_or_else(|| Problem::invalid("by", "Use hour, day, week or month."))?,
    };
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
