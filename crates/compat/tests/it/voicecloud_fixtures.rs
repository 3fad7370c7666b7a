//! What VoiceCloud documents, asked for and told as its clients do: the files of `tests/fixtures/voicecloud`.

use crate::events::{BEGAN, uuid};
use crate::fixtures::{Known, Stage, replay_all};
use crate::heard;
use crate::receiver::Receiver;
use crate::voicecloud_agents::{a_queue, talking};
use crate::world::World;
use acd::AgentState;
use bus::{AgentStatus, Command, Presence, Queues};
use model::{CallId, Cause, Dialect, Timestamp};
use serde_json::json;
use std::sync::{Arc, Mutex};
use worker::webhook::Sender;

/// A company that VoiceCloud's client asks and is told by.
struct Voicecloud {
    w: World,
    agents: Arc<Mutex<Vec<AgentStatus>>>,
    queue: Option<model::QueueId>,
    sender: Option<Sender>,
}

impl Stage for Voicecloud {
    async fn new() -> Voicecloud {
        let mut w = World::new(Dialect::Voicecloud).await;
        let agents = Arc::new(Mutex::new(Vec::new()));
        let mut orders = std::mem::replace(&mut w.orders, tokio::sync::mpsc::channel(1).1);
        let known = Arc::clone(&agents);
        tokio::spawn(async move {
            while let Some(order) = orders.recv().await {
                match order {
                    Command::Originate(_, reply) => _ = reply.send(Ok(store::mint())),
                    Command::Presence { reply, .. } => _ = reply.send(Ok(Presence::default())),
                    Command::Queues { reply, .. } => {
                        let agents: Vec<AgentStatus> = known.lock().unwrap().clone();
                        _ = reply.send(Ok(Queues { here: true, lines: vec![], agents }));
                    }
                    Command::Want { reply, .. } => _ = reply.send(Ok(())),
                    Command::AgentsChanged => {}
                    other => panic!("{other:?}"),
                }
            }
        });
        Voicecloud { w, agents, queue: None, sender: None }
    }

    fn world(&self) -> &World {
        &self.w
    }

    fn known(&self) -> Known {
        let known = [("key", self.w.alpha.key.clone()), ("domain", self.w.alpha.domain.clone())];
        known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn act(&mut self, what: &str, known: &mut Known) {
        let call = match what {
            "a receiver" => return self.receiver().await,
            "101 works in the queue 999 and takes a pause" => return self.pauses().await,
            "101 talks with a caller" => talking(&self.w, self.w.extension().await),
            "a call from outside that 101 answered" => self.w.talked().await,
            "a call from outside rings, is answered and ends" => self.w.talked().await,
            "a caller leaves the queue 999 after 30 seconds" => self.abandoned().await,
            "101 calls to the outside" => self.outbound(json!({ "from": "101" })).await,
            "the house calls by itself" => self.outbound(json!({ "from": "+842873000001", "placed": true })).await,
            other => panic!("nobody knows how to do: {other}"),
        };
        known.insert("callid".to_owned(), uuid(call));
        self.sender = Some(self.w.sender());
    }
}

impl Voicecloud {
    async fn receiver(&mut self) {
        let receiver = Receiver::start().await;
        self.w.hook(&receiver, "", Dialect::Voicecloud, &[]).await;
        self.w.router = heard::beside(self.w.router.clone(), receiver);
    }

    async fn pauses(&mut self) {
        let (queue, agent) = a_queue(&self.w, Some("999")).await;
        let state = AgentState::Paused("lunch".into());
        let status = AgentStatus { agent, state, since: Timestamp(1), reachable: false, missed: 0, queues: vec![] };
        self.agents.lock().unwrap().push(status);
        self.queue = Some(queue);
    }

    /// Rang at 101 in vain, which takes a pause then, until the caller gave up.
    async fn abandoned(&self) -> CallId {
        let call: CallId = store::mint();
        let missed = json!({ "call_id": call.to_string(), "extension": "101", "queue": "Sales", "queue_number": "999",
                             "from": "+84901234567", "why": "no_answer" });
        self.w.tell("agent.missed", call, missed).await;
        self.w.tell("agent.state_changed", call, json!({ "extension": "101", "state": "paused" })).await;
        let ended = |record: &mut pbx::calls::CallRecord| {
            (record.id, record.queue, record.queue_wait_ms) = (call, self.queue, Some(30_000));
            (record.started_at, record.answered_at, record.ended_at) = (BEGAN, None, BEGAN + 31_000);
            record.cause = Cause::Cancelled;
        };
        self.w.ended(&self.w.alpha, ended).await
    }

    async fn outbound(&self, from: serde_json::Value) -> CallId {
        let call: CallId = store::mint();
        for (kind, side) in [("call.ringing", "caller"), ("call.ringing", "callee"), ("call.answered", "callee")] {
            let mut data = json!({ "side": side, "direction": "outbound", "to": "+84931234567", "at": BEGAN });
            data.as_object_mut().unwrap().extend(from.as_object().unwrap().clone());
            self.w.tell(kind, call, data).await;
        }
        call
    }
}

#[tokio::test]
async fn all_that_voicecloud_documents_is_answered_and_told_so() {
    replay_all::<Voicecloud>("voicecloud").await;
}
