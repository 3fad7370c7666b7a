//! `/captures`: orders to look at the next calls of a kind.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use bus::capture::{Target, Watch};
use model::{Permission, Timestamp};
use pbx::capture::{self, NewCapture};
use rest::{Answer, Caller, Json, Path, id};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const MINUTE_MS: i64 = 60_000;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// An order to look at calls.
#[derive(Serialize, ToSchema)]
struct Capture {
    id: String,
    /// What calls it is about: `extension`, `hotline`, `trunk` or `call`.
    target: &'static str,
    /// The id of the extension, hotline, trunk or call.
    target_id: String,
    /// Whether sound is kept.
    media: bool,
    /// How many calls more.
    calls_left: u32,
    /// Until when.
    until: i64,
    /// The calls found so far: `/calls/{call_id}/pcap` has each.
    call_ids: Vec<String>,
}

/// The orders of the company.
#[derive(Serialize, ToSchema)]
struct Captures {
    items: Vec<Capture>,
}

fn view(watch: Watch) -> Capture {
    let (target, target_id) = match watch.target {
        Target::Extension(id) => ("extension", id.to_string()),
        Target::Hotline(id) => ("hotline", id.to_string()),
        Target::Trunk(id) => ("trunk", id.to_string()),
        Target::Call(id) => ("call", id.to_string()),
    };
    Capture {
        id: watch.id.to_string(),
        target,
        target_id,
        media: watch.media,
        calls_left: watch.calls_left,
        until: watch.until.as_millis(),
        call_ids: watch.calls.iter().map(ToString::to_string).collect(),
    }
}

/// Orders that are open, and those that have found calls. They live in the server's memory and end with it.
#[utoipa::path(get, path = "/captures", tag = "captures", responses((status = 200, body = Captures)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Captures>> {
    actor.require(Permission::CaptureCalls)?;
    let items = state.bus.watches(actor.tenant).await?.into_iter().map(view).collect();
    Ok(axum::Json(Captures { items }))
}

/// Look at the next calls of an extension, a hotline or a trunk, or at one that is up; with `media` their sound is kept.
/// Signalling is kept of every call anyway. Who ordered what is told by the event `capture.started`.
#[utoipa::path(post, path = "/captures", tag = "captures", request_body = NewCapture, responses((status = 201, body = Capture)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewCapture>,
) -> Answer<(StatusCode, axum::Json<Capture>)> {
    let planned = capture::plan(&actor, &state.db, new).await?;
    let watch = Watch {
        id: planned.id,
        tenant: actor.tenant,
        target: match planned.target {
            capture::Target::Extension(id) => Target::Extension(id),
            capture::Target::Hotline(id) => Target::Hotline(id),
            capture::Target::Trunk(id) => Target::Trunk(id),
            capture::Target::Call(id) => Target::Call(id),
        },
        media: planned.media,
        calls_left: planned.calls,
        until: Timestamp(store::now().as_millis() + i64::from(planned.minutes) * MINUTE_MS),
        calls: Vec::new(),
    };
    state.bus.watch(watch.clone()).await?;
    Ok((StatusCode::CREATED, axum::Json(view(watch))))
}

/// End an order. What was captured stays.
#[utoipa::path(delete, path = "/captures/{capture_id}", tag = "captures", params(("capture_id" = String, Path)),
    responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(capture): Path<String>,
) -> Answer<StatusCode> {
    actor.require(Permission::CaptureCalls)?;
    state.bus.unwatch(actor.tenant, id("capture", &capture)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
