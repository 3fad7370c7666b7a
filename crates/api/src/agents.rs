//! `/agents`: what agents of queues do, and `/pause-reasons`: why they pause.

mod reasons;

use crate::State;
use acd::AgentState;
use axum::extract;
use model::{Actor, ExtensionId, Permission};
use pbx::agent::{self, Agent, NewState};
use pbx::extension;
use pbx::queue::Queue;
use rest::{Answer, Caller, Json, Path, id};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(own))
        .routes(routes!(set_own))
        .routes(routes!(set))
        .merge(reasons::routes())
}

/// An agent, and what they do.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub(crate) struct AgentView {
    extension_id: String,
    /// The extension's number.
    extension: String,
    name: String,
    /// `offline`, `available`, `paused`, `offered`, `on_call` or `wrap_up`.
    state: &'static str,
    /// Why, with a pause; `missed` when a queue ordered it.
    reason: Option<String>,
    /// Since when, milliseconds since 1970.
    since: i64,
    /// Whether a phone is registered.
    reachable: bool,
    /// How many calls in a row they have missed.
    missed: u32,
    /// In which queues they work.
    queue_ids: Vec<String>,
    /// The call of a queue that rings or is talked on.
    call_id: Option<String>,
}

/// The agents of all queues.
#[derive(Serialize, ToSchema)]
struct Agents {
    items: Vec<AgentView>,
}

/// What one wants oneself, and what one does right now.
#[derive(Serialize, ToSchema)]
struct OwnAgent {
    #[serde(flatten)]
    wish: AgentWish,
    /// What the queues make of it; null for who works in none.
    live: Option<AgentView>,
}

/// What an agent wants from now on.
#[derive(Serialize, ToSchema)]
struct AgentWish {
    extension_id: String,
    /// `offline`, `available` or `paused`.
    state: &'static str,
    reason: Option<String>,
    /// Since when, milliseconds since 1970.
    since: i64,
}

/// The agents of one queue, or of all, with their names.
pub(crate) async fn views(
    actor: &Actor,
    state: &State,
    live: &bus::Queues,
    queue: Option<&Queue>,
) -> Answer<Vec<AgentView>> {
    let mut views = Vec::new();
    for status in &live.agents {
        if queue.is_some_and(|queue| !status.queues.contains(&queue.id)) {
            continue;
        }
        // Who was deleted a moment ago is left out.
        if let Ok(extension) = extension::get(actor, &state.db, status.agent).await {
            views.push(view(status, extension));
        }
    }
    Ok(views)
}

fn view(status: &bus::AgentStatus, extension: extension::Extension) -> AgentView {
    let (reason, call) = match &status.state {
        AgentState::Paused(reason) => (Some(reason.clone()), None),
        AgentState::Offered { call, .. } | AgentState::OnCall { call: Some((call, _)) } => (None, Some(*call)),
        AgentState::OnCall { call: None } | AgentState::Offline | AgentState::Available | AgentState::WrapUp => {
            (None, None)
        }
    };
    AgentView {
        extension_id: status.agent.to_string(),
        extension: extension.number,
        name: extension.name,
        state: status.state.as_str(),
        reason,
        since: status.since.as_millis(),
        reachable: status.reachable,
        missed: status.missed,
        queue_ids: status.queues.iter().map(ToString::to_string).collect(),
        call_id: call.map(|id| id.to_string()),
    }
}

fn wish(agent: Agent) -> AgentWish {
    let (state, reason) = match agent.wish {
        acd::Wish::Offline => ("offline", None),
        acd::Wish::Available => ("available", None),
        acd::Wish::Paused(reason) => ("paused", Some(reason)),
    };
    AgentWish { extension_id: agent.extension.to_string(), state, reason, since: agent.changed_at }
}

/// The agents of all queues and what they do right now.
#[utoipa::path(get, path = "/agents", tag = "agents", responses((status = 200, body = Agents)))]
async fn list(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<Agents>> {
    actor.require(Permission::Supervise)?;
    let live = state.bus.queues(actor.tenant).await?;
    Ok(axum::Json(Agents { items: views(&actor, &state, &live, None).await? }))
}

/// What one wants oneself, as an agent, and what one does right now. 404 `no_phone` when one has no extension.
#[utoipa::path(get, path = "/agents/me", tag = "agents", responses((status = 200, body = OwnAgent)))]
async fn own(Caller(actor): Caller, extract::State(state): extract::State<State>) -> Answer<axum::Json<OwnAgent>> {
    let own = agent::own(&actor, &state.db).await?;
    let kept = agent::wishes_of_company(&actor, &state.db).await?.into_iter().find(|agent| agent.extension == own);
    let nothing = Agent { extension: own, wish: acd::Wish::Offline, changed_at: 0 };
    let mut live = state.bus.queues(actor.tenant).await?;
    live.agents.retain(|status| status.agent == own);
    let live = views(&actor, &state, &live, None).await?.pop();
    Ok(axum::Json(OwnAgent { wish: wish(kept.unwrap_or(nothing)), live }))
}

/// Log in, log out or pause oneself.
#[utoipa::path(put, path = "/agents/me/state", tag = "agents", request_body = NewState,
    responses((status = 200, body = AgentWish)))]
async fn set_own(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Json(new): Json<NewState>,
) -> Answer<axum::Json<AgentWish>> {
    let own = agent::own(&actor, &state.db).await?;
    change(&actor, &state, own, new).await
}

/// Log an agent in or out, or pause them; for supervisors.
#[utoipa::path(put, path = "/agents/{extension_id}/state", tag = "agents", params(("extension_id" = String, Path)),
    request_body = NewState, responses((status = 200, body = AgentWish)))]
async fn set(
    Caller(actor): Caller,
    extract::State(state): extract::State<State>,
    Path(extension): Path<String>,
    Json(new): Json<NewState>,
) -> Answer<axum::Json<AgentWish>> {
    change(&actor, &state, id("extension", &extension)?, new).await
}

async fn change(actor: &Actor, state: &State, extension: ExtensionId, new: NewState) -> Answer<axum::Json<AgentWish>> {
    let agent = agent::set(actor, &state.db, extension, new).await?;
    state.bus.agents_changed();
    Ok(axum::Json(wish(agent)))
}
