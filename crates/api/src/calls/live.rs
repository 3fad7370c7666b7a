//! Placing, watching and ending live calls.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use bus::{LiveCall, Originate};
use call::Role;
use model::{Permission, Problem};
use rest::{Answer, Caller, Json, Path, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(list)).routes(routes!(delete))
}

/// A call to place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCall {
    /// The number of the extension that rings first.
    #[schema(example = "101")]
    from_extension: String,
    /// The number to dial once the extension answers.
    #[schema(example = "0901234567")]
    to: String,
}

/// A call that is being placed.
#[derive(Serialize, ToSchema)]
struct PlacedCall {
    /// The call; its events and its record carry the same id.
    id: String,
}

/// A call that is up.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveCall)]
pub(super) struct Live {
    id: String,
    /// `inbound`, `outbound` or `internal`.
    direction: &'static str,
    hotline_id: Option<String>,
    /// The caller's number.
    from: String,
    /// The number dialled.
    to: String,
    /// The extensions that ring, or those that talk.
    extension_ids: Vec<String>,
    started_at: i64,
    /// When a person answered.
    answered_at: Option<i64>,
    /// Whether one side holds the other.
    held: bool,
    /// The queue it waits in.
    queue_id: Option<String>,
    /// Who takes part beside the two who talk.
    others: Vec<LiveOther>,
}

/// Somebody who takes part beside the two who talk.
#[derive(Serialize, ToSchema)]
struct LiveOther {
    /// Their leg: what `DELETE /calls/{id}/parties/{leg}` wants.
    leg: u16,
    extension_id: Option<String>,
    /// `supervisor` or `party`.
    #[serde(rename = "as")]
    role: &'static str,
    /// In which way a supervisor takes part: `listen`, `whisper`, `whisper_caller`, `whisper_callee` or `barge`.
    mode: Option<&'static str>,
}

/// The calls that are up.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveCalls {
    pub(super) items: Vec<Live>,
}

pub(super) fn view(call: LiveCall) -> Live {
    Live {
        id: call.id.to_string(),
        direction: call.direction.as_str(),
        hotline_id: call.hotline.map(|id| id.to_string()),
        from: call.from,
        to: call.to,
        extension_ids: call.extensions.iter().map(ToString::to_string).collect(),
        started_at: call.started_at.as_millis(),
        answered_at: call.answered_at.map(|at| at.as_millis()),
        held: call.held,
        queue_id: call.queue.map(|id| id.to_string()),
        others: call.others.iter().map(other).collect(),
    }
}

fn other(other: &bus::Other) -> LiveOther {
    LiveOther {
        leg: other.leg.0,
        extension_id: other.extension.map(|id| id.to_string()),
        role: other.role.as_str(),
        mode: match other.role {
            Role::Supervisor(mode) => Some(mode.as_str()),
            Role::Party => None,
        },
    }
}

/// Click-to-call: rings the extension first and dials `to` when it answers. The answer comes as soon as the call exists;
/// what becomes of it is told by events.
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = NewCall, responses((status = 202, body = PlacedCall)))]
async fn create(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewCall>,
) -> Answer<(StatusCode, axum::Json<PlacedCall>)> {
    actor.require(Permission::MakeCalls)?;
    check_number(&new.to)?;
    if pbx::extension::find_by_number(&actor, &state.db, &new.from_extension).await?.is_none() {
        return Err(Problem::invalid("from_extension", "There is no such extension; use the number of one.").into());
    }
    let originate = Originate { tenant: actor.tenant, extension: new.from_extension, to: new.to };
    let id = state.bus.originate(originate).await?.to_string();
    Ok((StatusCode::ACCEPTED, axum::Json(PlacedCall { id })))
}

/// What could not be a number is refused here; whether it may be dialled is the engine's to say.
pub(super) fn check_number(to: &str) -> Result<(), Problem> {
    let dialable = |c: char| c.is_ascii_digit() || "+*# ().-/".contains(c);
    let digits = to.chars().any(|c| c.is_ascii_digit() || "*#".contains(c));
    if !digits || to.len() > 40 || !to.chars().all(dialable) {
        return Err(Problem::invalid("to", "Use a number as you would dial it: 0901234567 or +84901234567."));
    }
    Ok(())
}

/// The calls that are up right now, oldest first.
#[utoipa::path(get, path = "/calls/live", tag = "calls", responses((status = 200, body = LiveCalls)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<LiveCalls>> {
    actor.require(Permission::ViewCalls)?;
    Ok(axum::Json(LiveCalls { items: state.bus.live(actor.tenant).into_iter().map(view).collect() }))
}

/// Hang up a live call.
#[utoipa::path(delete, path = "/calls/{call_id}", tag = "calls", params(("call_id" = String, Path)), responses((status = 204)))]
async fn delete(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
) -> Answer<StatusCode> {
    actor.require(Permission::MakeCalls)?;
    let call = id("call", &call)?;
    if !state.bus.live(actor.tenant).iter().any(|live| live.id == call) {
        return Err(Problem::not_found("call").into());
    }
    state.bus.hangup(actor.tenant, call).await?;
    Ok(StatusCode::NO_CONTENT)
}
