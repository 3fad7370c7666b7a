//! What is wanted of talks that are up: supervising them, taking them over, bringing in a third.

use crate::State;
use axum::extract;
use axum::http::StatusCode;
use bus::{AddParty, Supervise};
use call::Supervision;
use model::{Actor, CallId, LegId, Permission, Problem};
use rest::{Answer, Caller, Json, Path, Query, id};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(supervise, unsupervise))
        .routes(routes!(take_over))
        .routes(routes!(add_party))
        .routes(routes!(remove_party))
        .routes(routes!(pause_recording))
}

/// How a call is to be supervised.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedSupervision {
    /// `listen` (heard by nobody), `whisper` (heard by the agent), `whisper_caller`, `whisper_callee` or `barge` (heard by all).
    #[schema(example = "whisper")]
    mode: String,
    /// The number of the supervisor's extension, which is rung; that of the person who asks when missing.
    extension: Option<String>,
}

/// Whose supervision is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Whose {
    /// The number of the supervisor's extension; that of the person who asks when missing.
    extension: Option<String>,
}

/// Who takes a call over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeOver {
    /// The number of the supervisor's extension; that of the person who asks when missing.
    extension: Option<String>,
}

/// Somebody to bring into a talk.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewParty {
    /// The number to call, as the extension would dial it.
    #[schema(example = "103")]
    to: String,
    /// The number of the extension that brings them in, one of those who talk; that of the person who asks when missing.
    extension: Option<String>,
}

/// What becomes of a recording; one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordingState {
    /// True while what is said is to be left out, as a card's number is.
    paused: Option<bool>,
    /// Whether the talk is to be recorded from now on; where the company leaves it to those who talk.
    on: Option<bool>,
}

/// Supervise a call that is up: the supervisor's extension is rung and then takes part. Asked again, the way is changed.
#[utoipa::path(put, path = "/calls/{call_id}/supervision", tag = "calls", params(("call_id" = String, Path)), request_body = WantedSupervision, responses((status = 202)))]
async fn supervise(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(wanted): Json<WantedSupervision>,
) -> Answer<StatusCode> {
    actor.require(Permission::Supervise)?;
    let call = live(&actor, &state, &call)?;
    let mode = Supervision::parse(&wanted.mode).ok_or_else(|| {
        Problem::invalid("mode", "Use `listen`, `whisper`, `whisper_caller`, `whisper_callee` or `barge`.")
    })?;
    let extension = extension(&actor, &state, wanted.extension).await?;
    state.bus.supervise(&actor, Supervise { call, extension, mode }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Supervise a call no more; a phone that still rings for it stops.
#[utoipa::path(delete, path = "/calls/{call_id}/supervision", tag = "calls", params(("call_id" = String, Path), Whose), responses((status = 204)))]
async fn unsupervise(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Query(whose): Query<Whose>,
) -> Answer<StatusCode> {
    actor.require(Permission::Supervise)?;
    let call = live(&actor, &state, &call)?;
    let extension = extension(&actor, &state, whose.extension).await?;
    state.bus.unsupervise(&actor, call, extension).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a supervised call over: the supervisor goes on in the agent's place, and the agent is hung up.
#[utoipa::path(post, path = "/calls/{call_id}/take-over", tag = "calls", params(("call_id" = String, Path)), request_body = TakeOver, responses((status = 204)))]
async fn take_over(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(wanted): Json<TakeOver>,
) -> Answer<StatusCode> {
    actor.require(Permission::Supervise)?;
    let call = live(&actor, &state, &call)?;
    let extension = extension(&actor, &state, wanted.extension).await?;
    state.bus.take_over(&actor, call, extension).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Bring somebody into a talk, which becomes a conference when they pick up. Whoever leaves, the others go on.
#[utoipa::path(post, path = "/calls/{call_id}/parties", tag = "calls", params(("call_id" = String, Path)), request_body = NewParty, responses((status = 202)))]
async fn add_party(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(new): Json<NewParty>,
) -> Answer<StatusCode> {
    actor.require(Permission::MakeCalls)?;
    let call = live(&actor, &state, &call)?;
    super::live::check_number(&new.to)?;
    let by_extension = party_of(&actor, &state, new.extension).await?;
    state.bus.add_party(&actor, AddParty { call, by_extension, to: new.to }).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Let go of somebody who was brought into a talk, or whose phone still rings for it.
#[utoipa::path(delete, path = "/calls/{call_id}/parties/{leg}", tag = "calls", params(("call_id" = String, Path), ("leg" = u16, Path)), responses((status = 204)))]
async fn remove_party(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path((call, leg)): Path<(String, String)>,
) -> Answer<StatusCode> {
    actor.require(Permission::MakeCalls)?;
    let call = live(&actor, &state, &call)?;
    let leg = leg.parse().map(LegId).map_err(|_| Problem::invalid("leg", "Use the number of a leg of this call."))?;
    state.bus.remove_party(&actor, call, leg).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave what is said out of the recording of a call that is up, or no more: it goes on with silence meanwhile. Or begin and
/// end the recording: 409 `recording_forbidden` or `recording_required` when the company's rule says otherwise.
#[utoipa::path(put, path = "/calls/{call_id}/recording/state", tag = "calls", params(("call_id" = String, Path)), request_body = RecordingState, responses((status = 204)))]
async fn pause_recording(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(call): Path<String>,
    Json(wanted): Json<RecordingState>,
) -> Answer<StatusCode> {
    actor.require(Permission::MakeCalls)?;
    let call = live(&actor, &state, &call)?;
    match (wanted.paused, wanted.on) {
        (Some(paused), None) => state.bus.pause_recording(&actor, call, paused).await?,
        (None, Some(on)) => state.bus.record(&actor, call, on).await?,
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::invalid("on", "Send either `paused` or `on`.").into());
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The id of a call of the company that is up.
fn live(actor: &Actor, state: &State, call: &str) -> Result<CallId, Problem> {
    let call = id("call", call)?;
    let is_up = state.bus.live(actor.tenant).iter().any(|live| live.id == call);
    if is_up { Ok(call) } else { Err(Problem::not_found("call")) }
}

/// The extension that was named, or the asking person's own.
async fn extension(actor: &Actor, state: &State, named: Option<String>) -> Result<String, Problem> {
    if let Some(named) = named {
        return Ok(named);
    }
    own(actor, state)
        .await?
        .ok_or_else(|| Problem::invalid("extension", "Name an extension: nobody's own is known for whoever asks."))
}

/// The same, but who may not supervise only speaks for their own extension.
async fn party_of(actor: &Actor, state: &State, named: Option<String>) -> Result<String, Problem> {
    let Some(named) = named else { return extension(actor, state, None).await };
    let by_key_or_supervisor = actor.user.is_none() || actor.require(Permission::Supervise).is_ok();
    if !by_key_or_supervisor && own(actor, state).await?.as_deref() != Some(named.as_str()) {
        return Err(Problem::forbidden("not_your_extension", "Bring others in with your own extension."));
    }
    Ok(named)
}

async fn own(actor: &Actor, state: &State) -> Result<Option<String>, Problem> {
    let Some(user) = actor.user else { return Ok(None) };
    Ok(pbx::extension::find_by_user(actor, &state.db, user).await?.map(|extension| extension.number))
}
