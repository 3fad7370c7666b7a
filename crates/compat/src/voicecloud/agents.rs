//! `Agent` and `Queue`: what extensions do, who works in a queue, logging in and out of queues, and listening in.

use super::{company, failure};
use crate::State;
use crate::lists;
use acd::AgentState;
use axum::Json;
use axum::extract;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bus::Supervise;
use bytes::Bytes;
use call::Supervision;
use model::{Actor, Permission, Problem};
use pbx::agent::{self, NewState};
use pbx::extension::Extension;
use pbx::queue::{self, Queue};
use rest::Source;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::IpAddr;

/// The body of all of them; each reads its part.
#[derive(Deserialize)]
struct Wanted {
    #[serde(default, deserialize_with = "crate::loose::text")]
    key: String,
    #[serde(default)]
    list: Vec<Named>,
    #[serde(default, deserialize_with = "crate::loose::text")]
    queue: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    ext: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    status: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    src: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    dst: String,
    #[serde(default, deserialize_with = "crate::loose::text")]
    mode: String,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "crate::loose::text")]
    ext: String,
}

/// How a supervisor takes part, by the word that clients write for it.
const MODES: [(&str, Supervision); 5] = [
    ("", Supervision::Listen),
    ("whisper", Supervision::Whisper),
    ("threeway", Supervision::Barge),
    ("caller", Supervision::WhisperCaller),
    ("callee", Supervision::WhisperCallee),
];

/// What came.
type Body = Result<Bytes, BytesRejection>;

/// What clients write for each state of an agent.
const STATES: [(agent::State, [&str; 5]); 3] = [
    (agent::State::Available, ["available", "ready", "login", "unpause", "1"]),
    (agent::State::Paused, ["paused", "pause", "busy", "away", "0"]),
    (agent::State::Offline, ["offline", "logout", "logoff", "unavailable", "-1"]),
];

pub(super) async fn status(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    body: Body,
) -> Response {
    answer(extensions(&state, source, body).await)
}

pub(super) async fn members(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    body: Body,
) -> Response {
    answer(of_queue(&state, source, body).await)
}

pub(super) async fn change(
    extract::State(state): extract::State<State>,
    Source(source): Source,
    body: Body,
) -> Response {
    answer(set(&state, source, body).await)
}

pub(super) async fn spy(extract::State(state): extract::State<State>, Source(source): Source, body: Body) -> Response {
    answer(supervise(&state, source, body).await)
}

fn answer(outcome: Result<Value, Problem>) -> Response {
    match outcome {
        Ok(body) => Json(body).into_response(),
        Err(problem) => failure(problem.into()),
    }
}

/// The company of the body's key, and the body.
async fn read(state: &State, source: IpAddr, body: Body) -> Result<(Actor, Wanted), Problem> {
    let body = body.map_err(|rejection| rest::input::body_failure(rejection).problem().clone())?;
    let wanted: Wanted =
        rest::input::json(&body).map_err(|failure| Problem::invalid("body", failure.problem().message.clone()))?;
    let actor = company(state, &wanted.key, source).await?;
    Ok((actor, wanted))
}

/// The states of the extensions that are asked for; of all when none is.
async fn extensions(state: &State, source: IpAddr, body: Body) -> Result<Value, Problem> {
    let (actor, wanted) = read(state, source, body).await?;
    let all = lists::extensions(&actor, state).await?;
    let board = Board::look(&actor, state).await?;
    let items: Vec<Value> = match wanted.list.is_empty() {
        true => all.iter().map(|extension| board.item(extension)).collect(),
        false => wanted
            .list
            .iter()
            .map(|named| match all.iter().find(|extension| extension.number == named.ext) {
                Some(extension) => board.item(extension),
                None => json!({ "ext": named.ext, "status": "UNKNOWN", "agent_status": null }),
            })
            .collect(),
    };
    Ok(json!({ "result": items }))
}

/// The extensions that work in a queue.
async fn of_queue(state: &State, source: IpAddr, body: Body) -> Result<Value, Problem> {
    let (actor, wanted) = read(state, source, body).await?;
    let queue = find(&actor, state, &wanted.queue).await?;
    let (all, board) = (lists::extensions(&actor, state).await?, Board::look(&actor, state).await?);
    let known = |id| all.iter().find(|extension| extension.id == id);
    let items = queue.members.iter().filter_map(|member| known(member.extension)).map(|one| board.item(one));
    Ok(json!({ "result": items.collect::<Vec<_>>() }))
}

/// Rings the supervisor's extension `src` and lets it take part in the talk of `dst`.
async fn supervise(state: &State, source: IpAddr, body: Body) -> Result<Value, Problem> {
    let (actor, wanted) = read(state, source, body).await?;
    actor.require(Permission::Supervise)?;
    let mode = MODES.into_iter().find(|(word, _)| *word == wanted.mode).map(|(_, mode)| mode);
    let mode = mode.ok_or_else(|| Problem::invalid("mode", "mode must be whisper, threeway, caller or callee."))?;
    let agent = pbx::extension::find_by_number(&actor, state.db(), &wanted.dst).await?;
    let agent = agent.ok_or_else(|| Problem::not_found("extension"))?;
    let talks = |live: &bus::LiveCall| live.answered_at.is_some() && live.extensions.contains(&agent.id);
    let live = state.bus.live(actor.tenant).into_iter().find(talks).ok_or_else(|| Problem::not_found("live call"))?;
    state.bus.supervise(&actor, Supervise { call: live.id, extension: wanted.src, mode }).await?;
    Ok(json!({ "status code": 200, "message": "OK" }))
}

/// Lets an extension take calls of queues, or not. A state counts for all queues that it works in.
async fn set(state: &State, source: IpAddr, body: Body) -> Result<Value, Problem> {
    let (actor, wanted) = read(state, source, body).await?;
    let queue = find(&actor, state, &wanted.queue).await?;
    let extension = pbx::extension::find_by_number(&actor, state.db(), &wanted.ext).await?;
    let extension = extension.filter(|found| queue.members.iter().any(|member| member.extension == found.id));
    let extension = extension.ok_or_else(|| Problem::not_found("extension in this queue"))?;
    let word = wanted.status.to_ascii_lowercase();
    let new = STATES.into_iter().find(|(_, words)| words.contains(&word.as_str())).map(|(state, _)| state);
    let new = new.ok_or_else(|| Problem::invalid("status", "status must be available, paused or offline."))?;
    let reason = match new {
        // A company may want one of its own reasons: the first stands for whoever cannot name one.
        agent::State::Paused => agent::reasons(&actor, state.db()).await?.into_iter().next().map(|reason| reason.name),
        agent::State::Available | agent::State::Offline => None,
    };
    agent::set(&actor, state.db(), extension.id, NewState { state: new, reason }).await?;
    state.bus.agents_changed();
    Ok(json!({ "status code": 200, "message": "OK" }))
}

/// The queue with this number, or this name.
async fn find(actor: &Actor, state: &State, wanted: &str) -> Result<Queue, Problem> {
    actor.require(Permission::Supervise)?;
    let all = lists::all(|page| queue::list(actor, state.db(), page)).await?;
    let fits = |queue: &Queue| queue.number.as_deref() == Some(wanted) || queue.name == wanted;
    all.into_iter().find(fits).ok_or_else(|| Problem::not_found("queue"))
}

/// What phones and agents do right now.
struct Board {
    registered: Vec<model::ExtensionId>,
    /// Extensions on calls, and whether somebody has answered there.
    busy: HashMap<model::ExtensionId, bool>,
    agents: HashMap<model::ExtensionId, AgentState>,
}

impl Board {
    async fn look(actor: &Actor, state: &State) -> Result<Board, Problem> {
        actor.require(Permission::Supervise)?;
        let presence = state.bus.presence(actor.tenant).await?;
        let queues = state.bus.queues(actor.tenant).await?;
        let mut busy = HashMap::new();
        for live in state.bus.live(actor.tenant) {
            for extension in live.extensions {
                *busy.entry(extension).or_default() |= live.answered_at.is_some();
            }
        }
        Ok(Board {
            registered: presence.phones.iter().map(|phone| phone.extension).collect(),
            busy,
            agents: queues.agents.into_iter().map(|agent| (agent.agent, agent.state)).collect(),
        })
    }

    fn item(&self, extension: &Extension) -> Value {
        let status = match self.busy.get(&extension.id) {
            Some(true) => "INUSE",
            Some(false) => "RINGING",
            None if self.registered.contains(&extension.id) => "IDLE",
            None => "UNAVAILABLE",
        };
        json!({
            "ext": extension.number,
            "name": extension.name,
            "status": status,
            "agent_status": self.agents.get(&extension.id).map(|state| super::words::agent(state.as_str())),
        })
    }
}
