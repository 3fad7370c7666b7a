//! A call that waits in a queue: its news go there, and orders come back.

use call::{Input, QueueNews};
use model::{ExtensionId, QueueId, QueueOutcome};
use pbx::queue::visit::Visit;
use std::time::Duration;

use super::Driver;
use super::leg::Far;
use crate::queues::{CallingBack, Line, Order};

impl Driver {
    /// A phone of ours is in use from now on.
    pub(super) fn works_on(&self, far: &Far) -> Option<Line> {
        match far {
            Far::Extension(id) => self.shared.queues.line(&self.tenant, *id),
            Far::Unknown | Far::Trunk(..) => None,
        }
    }

    pub(super) fn tell_queue(&self, news: QueueNews) {
        let number = self.drafted.as_ref().map_or_else(|| self.caller.0.clone(), |draft| draft.caller_number.clone());
        let hotline = self.drafted.as_ref().and_then(|draft| draft.hotline);
        self.shared.queues.call(self.tenant.id, self.id, news, (number, hotline));
    }

    /// The call calls somebody back, and is to tell the queue what becomes of that.
    pub(crate) fn calls_back(&mut self, back: CallingBack) {
        self.calling_back = Some(Box::new(back));
    }

    pub(super) fn queue_orders(&mut self, order: Order) {
        let Order { queue, order, trail } = order;
        if let Some(mut entry) = trail {
            // It was decided a moment ago, and the trail goes forwards.
            entry.at = self.shared.clock.now();
            self.feed(Input::Trail(entry));
        }
        if let Some(order) = order {
            self.feed(Input::Queue(queue, order));
        }
    }

    /// Keeps a stay in a queue that is over.
    pub(super) fn keep_visit(
        &mut self,
        queue: QueueId,
        outcome: QueueOutcome,
        waited: Duration,
        agent: Option<ExtensionId>,
    ) {
        let left_at = self.anchor.wall(self.shared.clock.now()).as_millis();
        let caller_number = self.drafted.as_ref().map(|draft| draft.caller_number.clone()).unwrap_or_default();
        let promised_ms = self.tenant.queues.get(&queue).map_or(20_000, |queue| queue.settings.service_level_ms);
        let visit = Visit {
            promised_ms,
            tenant: self.tenant.id,
            call: self.id,
            place: self.visits,
            queue,
            caller_number,
            joined_at: left_at - i64::try_from(waited.as_millis()).unwrap_or(0),
            left_at,
            outcome,
            agent,
        };
        self.visits += 1;
        let noted = self.jotted.visited(visit);
        self.kept(noted);
    }
}
