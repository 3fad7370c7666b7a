//! What the outside is told of a call: events while it lives, and its record at the end. The live list hears of it at
//! once; what goes to the journal is written when the step is done.

use call::{Event, Side};
use model::{ExtensionId, HotlineId, LegId, QueueId};
use pbx::calls::Happening;
use serde_json::{Value, json};

use super::Driver;

impl Driver {
    /// Tells the live list at once, and the outbox through the journal. The end is told together with the record, in
    /// one transaction, by the journal itself.
    pub(super) fn publish(&mut self, event: Event) {
        let at = self.anchor.wall(self.shared.clock.now());
        self.keep_draft(&event, at.as_millis());
        if let (Event::Answered { side: Side::Callee, .. }, Some(expense)) = (&event, &self.expense) {
            expense.answered();
        }
        if let Some(back) = &mut self.calling_back {
            back.hear(&event);
        }
        if let Event::QueueJoined { queue } = &event {
            (self.queued, self.group) = (Some(*queue), None);
        }
        if let Event::QueueLeft { queue, outcome, waited, agent } = &event {
            self.keep_visit(*queue, *outcome, *waited, *agent);
        }
        if let Some((what, mut data)) = self.words(&event) {
            data["at"] = json!(at.as_millis());
            let noted = self.jotted.tell(self.tenant.id, self.id, what, data.to_string());
            self.kept(noted);
        }
        self.shared.bus.publish(bus::Occurrence { tenant: self.tenant.id, call: self.id, at, event });
    }

    /// Keeps the draft from which the next start makes the record, should this process not live to see the end.
    fn keep_draft(&mut self, event: &Event, at_ms: i64) {
        let changed = match event {
            Event::Started { from, to, direction, extension, hotline } => {
                let mut draft = self.draft(*direction, from, to, *extension);
                draft.hotline = *hotline;
                self.drafted = Some(Box::new(draft));
                true
            }
            Event::Ringing { side: Side::Callee, .. } => {
                if let Some(draft) = &mut self.drafted {
                    draft.ringing_at.get_or_insert(at_ms);
                }
                // Not worth a write: what matters is whether a person answered.
                false
            }
            Event::Answered { side: Side::Callee, extension, .. } => {
                let mut draft = self.record_of(&self.call.so_far());
                draft.answered_at.get_or_insert(at_ms);
                draft.extension = draft.extension.or(*extension);
                self.drafted = Some(Box::new(draft));
                true
            }
            Event::Ringing { side: Side::Caller, .. }
            | Event::Transferred { .. }
            | Event::Joined { .. }
            | Event::NotJoined { .. }
            | Event::Left { .. }
            | Event::Supervised { .. }
            | Event::Answered { side: Side::Caller, .. }
            | Event::Held { .. }
            | Event::Resumed { .. }
            | Event::Digit { .. }
            | Event::QueueJoined { .. }
            | Event::QueueLeft { .. }
            | Event::Ended { .. } => false,
        };
        if let Some(draft) = self.drafted.as_ref().filter(|_| changed) {
            let noted = self.jotted.begin(draft);
            self.kept(noted);
        }
    }

    /// Writes down what one step of the call left behind.
    pub(super) fn write_down(&mut self) {
        let written = self.shared.journal.write(std::mem::take(&mut self.jotted));
        self.kept(written);
    }

    pub(super) fn kept(&self, outcome: Result<(), model::Problem>) {
        if let Err(error) = outcome {
            metrics::counter!("alo_spool_errors_total").increment(1);
            tracing::error!(call.id = %self.id, %error, "the journal cannot be written: what it was told is safe only in memory until the database takes it");
        }
    }

    fn words(&self, event: &Event) -> Option<(Happening, Value)> {
        let call = self.id.to_string();
        Some(match event {
            Event::Started { direction, hotline, from, to, extension } => (
                Happening::Started,
                json!({
                    "call_id": call,
                    "direction": direction.as_str(),
                    "from": from,
                    "to": to,
                    "hotline": hotline.and_then(|id| self.hotline(id)),
                    "extension": extension.and_then(|id| self.extension(id)),
                }),
            ),
            Event::Ringing { leg, extension, side } => (Happening::Ringing, self.of_phone(*leg, *side, *extension)),
            Event::Answered { leg, extension, side } => (Happening::Answered, self.of_phone(*leg, *side, *extension)),
            Event::Held { leg } => (Happening::Held, json!({"call_id": call, "leg": leg.0})),
            Event::Resumed { leg } => (Happening::Resumed, json!({"call_id": call, "leg": leg.0})),
            Event::Transferred { by, leg } => {
                (Happening::Transferred, json!({"call_id": call, "by": by.0, "leg": leg.0}))
            }
            Event::Joined { leg, extension, role } => (Happening::Joined, self.of_guest(Some(*leg), *extension, *role)),
            Event::NotJoined { extension, role, cause } => {
                let mut data = self.of_guest(None, *extension, *role);
                data["cause"] = json!(cause.as_str());
                (Happening::NotJoined, data)
            }
            Event::Left { leg, extension, role } => (Happening::Left, self.of_guest(Some(*leg), *extension, *role)),
            Event::Supervised { leg, extension, mode } => {
                let role = call::Role::Supervisor(*mode);
                (Happening::Supervised, self.of_guest(Some(*leg), Some(*extension), role))
            }
            Event::Digit { leg, digit } => {
                (Happening::Digit, json!({"call_id": call, "leg": leg.0, "digit": digit.as_char().to_string()}))
            }
            Event::QueueJoined { queue } => {
                let mut data = json!({"call_id": call, "queue_id": queue.to_string(), "queue": self.queue(*queue)});
                data["from"] = json!(self.drafted.as_ref().map(|draft| draft.caller_number.as_str()));
                (Happening::QueueJoined, data)
            }
            Event::QueueLeft { queue, outcome, waited, agent } => (
                Happening::QueueLeft,
                json!({
                    "call_id": call,
                    "queue_id": queue.to_string(),
                    "queue": self.queue(*queue),
                    "outcome": outcome.as_str(),
                    "waited_ms": u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
                    "extension": agent.and_then(|id| self.extension(id)),
                }),
            ),
            Event::Ended { .. } => return None,
        })
    }

    /// A phone that rings or was picked up, and the call that it belongs to: who reads this need not have read the beginning.
    fn of_phone(&self, leg: LegId, side: Side, extension: Option<ExtensionId>) -> Value {
        let mut data = json!({
            "call_id": self.id.to_string(),
            "leg": leg.0,
            "side": side.as_str(),
            "extension": extension.and_then(|id| self.extension(id)),
            "group": self.group.and_then(|id| self.tenant.groups.get(&id)).map(|group| group.name.as_str()),
        });
        if let Some(queue) = self.queued.and_then(|id| self.tenant.queues.get(&id)) {
            data["queue"] = json!(queue.name);
            data["queue_number"] = json!(queue.number);
        }
        if let Some(draft) = &self.drafted {
            data["direction"] = json!(draft.direction.as_str());
            data["from"] = json!(draft.caller_number);
            data["to"] = json!(draft.callee_number);
            data["hotline"] = json!(draft.hotline.and_then(|id| self.hotline(id)));
        }
        if self.placed.is_some() {
            // Nobody's phone called: `from` is the hotline that the house shows.
            data["placed"] = json!(true);
        }
        data
    }

    /// Somebody beside the two who talk.
    fn of_guest(&self, leg: Option<LegId>, extension: Option<ExtensionId>, role: call::Role) -> Value {
        json!({
            "call_id": self.id.to_string(),
            "leg": leg.map(|leg| leg.0),
            "extension": extension.and_then(|id| self.extension(id)),
            "as": role.as_str(),
            "mode": match role {
                call::Role::Supervisor(mode) => Some(mode.as_str()),
                call::Role::Party => None,
            },
        })
    }

    fn extension(&self, id: ExtensionId) -> Option<String> {
        self.tenant.extensions.get(&id).map(|extension| extension.number.clone())
    }

    fn queue(&self, id: QueueId) -> Option<String> {
        self.tenant.queues.get(&id).map(|queue| queue.name.clone())
    }

    fn hotline(&self, id: HotlineId) -> Option<String> {
        self.tenant.hotlines.get(&id).map(|hotline| hotline.number.clone())
    }
}
