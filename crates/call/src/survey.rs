//! A caller of a queue whose agent has hung up may be asked how content they are: a flow has the caller then. To the record the
//! call ended as the talk did.

use crate::leg::State;
use crate::machine::Call;
use crate::{Action, Script};
use model::{Cause, EndedBy, FlowId, TrailEntry};

/// The survey of a call.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// What is to be asked.
    pub(crate) flow: Option<FlowId>,
    /// How the talk ended, once it is being asked.
    ended: Option<(Cause, EndedBy)>,
}

impl Call {
    /// The called side has left a talk: true when the caller stays for the survey.
    pub(crate) fn surveys(&mut self, cause: Cause, ended_by: EndedBy) -> bool {
        let up = |id| self.legs.get(id).is_some_and(|leg| leg.state == State::Up && !leg.held);
        let Some(flow) = self.survey.flow.take_if(|_| cause == Cause::Normal && self.caller.is_some_and(up)) else {
            return false;
        };
        if std::mem::take(&mut self.media.recording) {
            self.out.push(Action::StopRecord);
        }
        self.unbridge();
        self.survey.ended = Some((cause, ended_by));
        self.keep(TrailEntry::new(self.now, "survey", "The caller is asked how the call was.").fact("flow", flow));
        self.start_flow(Script::Flow(flow));
        true
    }

    /// How the call ended to the record.
    pub(crate) fn outcome(&mut self, cause: Cause, ended_by: EndedBy) -> (Cause, EndedBy) {
        self.survey.ended.take().unwrap_or((cause, ended_by))
    }
}
