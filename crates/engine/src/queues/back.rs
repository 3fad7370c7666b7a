//! Calling back who did not want to wait on the line: a call of its own, which rings the agent first and then the one who
//! was promised. It tells its queue what becomes of it, whatever happens to it.

use std::sync::Arc;

use call::{Event, Input, Side};
use model::{CallId, Cause, ExtensionId, HotlineId, Id, QueueId, TenantId};

use super::{Queues, Word};
use crate::driver::Driver;
use crate::intake::seat_for_order;
use crate::shared::Shared;

/// What has become of an offer to call somebody back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Back {
    /// The agent is on the line.
    Taken(ExtensionId),
    /// The agent did not take the call.
    Refused(ExtensionId, Cause),
    /// Who was called back has answered.
    Reached,
    /// Who was called back did not answer.
    Unreached,
}

/// Whom to call back, and for which queue.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) promised: CallId,
    pub(super) queue: QueueId,
    pub(super) hotline: Option<HotlineId>,
    pub(super) number: String,
    pub(super) asked_at: i64,
}

/// What a call that calls back has to tell.
pub(crate) struct CallingBack {
    queues: Queues,
    tenant: TenantId,
    agent: ExtensionId,
    wanted: Wanted,
    told: Told,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Taken,
    End,
}

impl CallingBack {
    pub(crate) fn queue(&self) -> QueueId {
        self.wanted.queue
    }

    /// Whose number is shown.
    pub(crate) fn hotline(&self) -> Option<HotlineId> {
        self.wanted.hotline
    }

    /// When it was promised, milliseconds since 1970.
    pub(crate) fn asked_at(&self) -> i64 {
        self.wanted.asked_at
    }

    /// Something happened to the call.
    pub(crate) fn hear(&mut self, event: &Event) {
        match event {
            Event::Answered { side: Side::Caller, .. } if self.told == Told::Nothing => {
                self.told = Told::Taken;
                self.tell(Back::Taken(self.agent));
            }
            Event::Answered { side: Side::Callee, .. } if self.told == Told::Taken => {
                self.told = Told::End;
                self.tell(Back::Reached);
            }
            Event::Ended { cause, .. } => self.over(*cause),
            _ => {}
        }
    }

    fn over(&mut self, cause: Cause) {
        let back = match self.told {
            Told::Nothing => Back::Refused(self.agent, cause),
            Told::Taken => Back::Unreached,
            Told::End => return,
        };
        self.told = Told::End;
        self.tell(back);
    }

    fn tell(&self, back: Back) {
        self.queues.say(Word::Back(self.tenant, self.wanted.promised, back));
    }
}

impl Drop for CallingBack {
    fn drop(&mut self) {
        self.over(Cause::Failed);
    }
}

/// Rings the agent, then the one who waits for that. Fails with the cause that the agent could not be rung.
pub(super) fn ring(
    shared: &Arc<Shared>,
    tenant: TenantId,
    agent: ExtensionId,
    wanted: Wanted,
) -> Result<CallId, Cause> {
    let snapshot = shared.directory.snapshot();
    let tenant = snapshot.tenant(&tenant).ok_or(Cause::NotFound)?;
    let extension = tenant.extensions.get(&agent).ok_or(Cause::NotFound)?;
    if shared.stack.contacts(agent.bits()).is_empty() {
        return Err(Cause::NotRegistered);
    }
    let seat = seat_for_order(shared, tenant).map_err(|_| Cause::Overload)?;
    let id = store::mint();
    let mut driver = Driver::new(id, shared.clone(), tenant.clone());
    driver.seat(Ok(seat));
    let first = Input::Originate {
        extension: agent,
        caller_number: extension.number.clone(),
        caller_name: extension.name.clone(),
        to: wanted.number.clone(),
    };
    let queues = shared.queues.clone();
    driver.calls_back(CallingBack { queues, tenant: tenant.id, agent, wanted, told: Told::Nothing });
    tokio::spawn(driver.run(move |_| first));
    Ok(id)
}
