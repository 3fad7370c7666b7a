//! What the world is told of agents: each change of their states goes to the outbox, and a pause that a queue ordered is
//! kept. A task of its own writes; the queues never wait for the database.

use acd::{AgentState, Command};
use model::{CallId, ExtensionId, QueueId, TenantId};
use pbx::agent::spell::{self, Change};
use pbx::callback::{Callback, News};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use store::{Db, NewEvent};
use tokio::sync::mpsc;

use super::office::Office;

/// What may wait for the database; more is lost and counted.
const WAITING: usize = 10_000;
/// How many events one transaction takes.
const GROUP: usize = 200;
/// How often a sign of life is left: what a killed process left open is cut off there.
const SIGN: Duration = Duration::from_secs(15);

/// Something to write.
enum Tiding {
    Event(TenantId, NewEvent),
    Missed(TenantId, ExtensionId),
    Spell(Change),
    /// The queues run here from now on.
    Here,
    Promised(TenantId, Box<Callback>),
    Callback(TenantId, News),
}

/// The way to tell.
pub(super) struct Tidings {
    to: mpsc::Sender<Tiding>,
    /// Who has just missed an offer: the next change of their state ends it.
    missed: HashSet<(TenantId, ExtensionId)>,
}

impl Tidings {
    pub(super) fn start(db: Db) -> Tidings {
        let (sender, inbox) = mpsc::channel(WAITING);
        tokio::spawn(write(db, inbox));
        Tidings { to: sender, missed: HashSet::new() }
    }

    /// The queues run in this process from now on: what agents did in another one is over, and this is what they do.
    pub(super) fn here<'a>(&mut self, offices: impl Iterator<Item = (&'a TenantId, &'a Office)>) {
        self.tell(Tiding::Here);
        for (tenant, office) in offices {
            for (agent, state) in office.states() {
                self.spell(*tenant, agent, &state);
            }
        }
    }

    /// What an agent does from now on is kept.
    fn spell(&mut self, tenant: TenantId, agent: ExtensionId, state: &AgentState) {
        let (call, queue) = whose(state);
        let reason = match state {
            AgentState::Paused(reason) => reason.clone(),
            AgentState::Offline
            | AgentState::Available
            | AgentState::Offered { .. }
            | AgentState::OnCall { .. }
            | AgentState::WrapUp => String::new(),
        };
        let word = (*state != AgentState::Offline).then(|| state.as_str());
        let (missed, at) = (self.missed.remove(&(tenant, agent)), store::now().as_millis());
        self.tell(Tiding::Spell(Change { tenant, agent, state: word, reason, queue, call, missed, at }));
    }

    /// Tells what a command means to others. What agents do is kept only where the queues run.
    pub(super) fn of(&mut self, tenant: TenantId, office: &Office, command: &Command, here: bool) {
        match command {
            Command::State { agent, state } => {
                self.state(tenant, office, *agent, state);
                if here {
                    self.spell(tenant, *agent, state);
                }
            }
            Command::Missed { agent, .. } => self.tell(Tiding::Missed(tenant, *agent)),
            Command::Returned { call, queue, agent, refusal, .. } => {
                self.missed.insert((tenant, *agent));
                self.passed_by(tenant, office, (*call, *queue), *agent, refusal.as_str());
            }
            Command::Gone { outcome, waited, .. } => {
                metrics::counter!("alo_queue_callers_total", "outcome" => outcome.as_str()).increment(1);
                metrics::histogram!("alo_queue_wait_seconds").record(waited.as_secs_f64());
            }
            Command::Waits { .. }
            | Command::Offer { .. }
            | Command::Withdraw { .. }
            | Command::Announce { .. }
            | Command::TriesAgain { .. }
            | Command::GiveUp { .. } => {}
        }
    }

    /// Somebody was promised to be called back.
    pub(super) fn promised(&self, tenant: TenantId, callback: Callback) {
        self.tell(Tiding::Promised(tenant, Box::new(callback)));
    }

    /// What has become of that.
    pub(super) fn callback(&self, tenant: TenantId, news: News) {
        self.tell(Tiding::Callback(tenant, news));
    }

    /// An agent was offered a caller and did not take the call.
    fn passed_by(&self, tenant: TenantId, office: &Office, what: (CallId, QueueId), agent: ExtensionId, why: &str) {
        let (call, queue) = what;
        let company = office.company();
        let extension = company.and_then(|company| company.extensions.get(&agent));
        let place = company.and_then(|company| company.queues.get(&queue));
        let data = json!({
            "call_id": call.to_string(),
            "extension_id": agent.to_string(),
            "extension": extension.map(|one| one.number.as_str()),
            "queue_id": queue.to_string(),
            "queue": place.map(|queue| queue.name.as_str()),
            "queue_number": place.and_then(|queue| queue.number.as_deref()),
            "from": office.number(call),
            "why": why,
        });
        self.tell(Tiding::Event(tenant, NewEvent { kind: "agent.missed", call: Some(call), data: data.to_string() }));
    }

    fn state(&self, tenant: TenantId, office: &Office, agent: ExtensionId, state: &AgentState) {
        let (call, queue) = whose(state);
        let reason = match state {
            AgentState::Paused(reason) => Some(reason.as_str()),
            AgentState::Offline
            | AgentState::Available
            | AgentState::Offered { .. }
            | AgentState::OnCall { .. }
            | AgentState::WrapUp => None,
        };
        let extension = office.company().and_then(|company| company.extensions.get(&agent));
        let data = json!({
            "extension_id": agent.to_string(),
            "extension": extension.map(|one| one.number.as_str()),
            "name": extension.map(|one| one.name.as_str()),
            "state": state.as_str(),
            "reason": reason,
            "queue_id": queue.map(|id| id.to_string()),
            "call_id": call.map(|id| id.to_string()),
        });
        self.tell(Tiding::Event(tenant, NewEvent { kind: "agent.state_changed", call: None, data: data.to_string() }));
    }

    fn tell(&self, tiding: Tiding) {
        if self.to.try_send(tiding).is_err() {
            metrics::counter!("alo_alerts_lost_total").increment(1);
        }
    }
}

/// For which caller of which queue.
fn whose(state: &AgentState) -> (Option<CallId>, Option<QueueId>) {
    match state {
        AgentState::Offered { call, queue } | AgentState::OnCall { call: Some((call, queue)) } => {
            (Some(*call), Some(*queue))
        }
        AgentState::OnCall { call: None }
        | AgentState::Offline
        | AgentState::Available
        | AgentState::Paused(_)
        | AgentState::WrapUp => (None, None),
    }
}

async fn write(db: Db, mut inbox: mpsc::Receiver<Tiding>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut signs = tokio::time::interval(SIGN);
    signs.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first tick is now, before anything was closed.
    signs.reset();
    let mut here = false;
    loop {
        tokio::select! {
            read = inbox.recv_many(&mut group, GROUP) => if read == 0 { return },
            _ = signs.tick(), if here => {
                if let Err(error) = spell::sign(&db, store::now().as_millis()).await {
                    tracing::warn!(%error, "the queues cannot leave a sign of life now");
                }
                continue;
            }
        }
        let mut events = Vec::new();
        let mut changes = Vec::new();
        for tiding in group.drain(..) {
            match tiding {
                Tiding::Event(tenant, event) => events.push((tenant, event)),
                Tiding::Spell(change) => changes.push(change),
                Tiding::Here => {
                    here = true;
                    changes.clear();
                    if let Err(error) = spell::restart(&db, store::now().as_millis()).await {
                        tracing::warn!(%error, "what agents did before could not be closed");
                    }
                }
                Tiding::Missed(tenant, agent) => {
                    if let Err(error) = pbx::agent::missed(&db, tenant, agent).await {
                        tracing::warn!(tenant.id = %tenant, %error, "the pause of an agent could not be stored");
                    }
                }
                Tiding::Promised(tenant, callback) => {
                    if let Err(error) = pbx::callback::keep(&db, tenant, &callback).await {
                        tracing::warn!(tenant.id = %tenant, %error, "a callback could not be stored");
                    }
                }
                Tiding::Callback(tenant, news) => {
                    if let Err(error) = pbx::callback::told(&db, tenant, &news).await {
                        tracing::warn!(tenant.id = %tenant, %error, "what became of a callback could not be stored");
                    }
                }
            }
        }
        if !changes.is_empty()
            && let Err(error) = spell::change(&db, &changes).await
        {
            metrics::counter!("alo_alerts_lost_total").increment(changes.len() as u64);
            tracing::warn!(count = changes.len(), %error, "times of agents could not be kept");
        }
        if events.is_empty() {
            continue;
        }
        let count = events.len();
        let written = async {
            let mut tx = db.system_write().await?;
            events.into_iter().for_each(|(tenant, event)| tx.emit_for(tenant, event));
            tx.commit().await
        };
        if let Err(error) = written.await {
            metrics::counter!("alo_alerts_lost_total").increment(count as u64);
            tracing::warn!(count, %error, "states of agents could not be told");
        }
    }
}
