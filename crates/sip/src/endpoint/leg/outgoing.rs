//! An INVITE of ours: sending it, its answers, forks, challenges, and taking it back.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use model::Cause;

use super::early::Heard;
use super::{ALLOW, Inviting, Late, LegState, Phase, SDP, Withdrawn, reason_of, takes_update};
use crate::dialog::Dialog;
use crate::endpoint::core::{Asker, Callee, Core};
use crate::endpoint::event::Signal;
use crate::locate::Hop;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

/// How long a place of the server may say nothing at all while there is another: the INVITE was sent three times by then.
const SILENT: Duration = Duration::from_millis(1_600);

/// What our INVITE says, kept until it is answered: a challenge asks for the same again.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) body: Bytes,
    pub(crate) asserted: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) max_forwards: u8,
    /// The registered phone it goes to.
    pub(crate) callee: Option<Callee>,
    /// The places of the server that were not tried yet (RFC 3263 section 4.3).
    pub(crate) hops: VecDeque<Hop>,
    /// How often we were challenged.
    pub(crate) tries: u8,
}

impl LegState {
    /// Sends the INVITE over the dialog's flow.
    pub(crate) fn invite(&mut self, core: &mut Core, credential: Option<(Name, String)>) {
        let Some(outgoing) = &self.outgoing else { return };
        let flow = self.dialog.flow;
        let branch = core.branch();
        let via = core.via(flow, branch);
        let mut builder = self
            .dialog
            .request_within(outgoing.max_forwards, Method::Invite, &via, None)
            .header(Name::Contact, core.contact(flow))
            .header(Name::Allow, ALLOW)
            .header(Name::UserAgent, &core.shared.config.server_name);
        builder = self.session.ask(&core.timing(), builder);
        if let Some(asserted) = &outgoing.asserted {
            builder = builder.header(Name::PAssertedIdentity, asserted);
        }
        for (name, value) in &outgoing.headers {
            builder = builder.other(name, value);
        }
        if let Some((name, value)) = credential {
            builder = builder.header(name, value);
        }
        self.early.clear();
        self.described = outgoing.body.clone();
        let invite = if outgoing.body.is_empty() { builder.finish() } else { builder.body(SDP, &outgoing.body) };
        core.ask(branch, flow, Method::Invite, invite, Asker::Invite(self.id, outgoing.callee));
        let next_at = (!outgoing.hops.is_empty()).then(|| core.now + SILENT);
        self.phase = Phase::Inviting(Inviting { branch, ring_until: None, next_at, cancelled: None });
    }

    /// Sends the INVITE to the next place of the server; whether there is one.
    pub(crate) fn try_next(&mut self, core: &mut Core) -> bool {
        let Some(outgoing) = &mut self.outgoing else { return false };
        let Some(hop) = outgoing.hops.pop_front() else { return false };
        outgoing.tries = 0;
        self.dialog.flow = Flow { peer: self.dialog.flow.peer, ..core.shared.flow_to(hop.transport, hop.address) };
        self.invite(core, None);
        true
    }

    /// This place says nothing: the next is tried. Should it answer yet, it is taken back, or ended as a call.
    pub(super) fn leave_silent(&mut self, core: &mut Core) {
        let Phase::Inviting(inviting) = &mut self.phase else { return };
        inviting.next_at = None;
        if inviting.cancelled.is_some() {
            return;
        }
        let (branch, cause) = (inviting.branch, Cause::AnsweredElsewhere);
        core.let_linger(branch, Asker::Withdrawn { branch, cause, callee: None });
        self.try_next(core);
    }

    /// An answer to our first INVITE.
    pub(crate) fn on_invite_answer(&mut self, core: &mut Core, response: &Message, flow: Flow) {
        let status = response.status().unwrap_or(500);
        match status {
            100..=199 => self.on_ringing(core, response, status, flow),
            200..=299 => self.on_answered(core, response, flow),
            _ => self.on_refused(core, response, status),
        }
    }

    fn on_ringing(&mut self, core: &mut Core, response: &Message, status: u16, flow: Flow) {
        let Phase::Inviting(inviting) = &mut self.phase else { return };
        inviting.next_at = None;
        if inviting.cancelled.is_some() {
            return;
        }
        if status > 100 || inviting.ring_until.is_none() {
            inviting.ring_until = Some(core.now + core.timing().ringing);
        }
        let body = response.session_description();
        self.takes_update |= takes_update(response);
        if status > 100
            && let Heard::Again = self.hear_fork(core, response, flow, body.as_ref())
        {
            return;
        }
        match status {
            180 => core.tell(self.id, Signal::Ringing { body }),
            _ => core.tell(self.id, Signal::Progress { body }),
        }
    }

    fn on_answered(&mut self, core: &mut Core, response: &Message, flow: Flow) {
        let tag = response.to_tag().unwrap_or("");
        let Phase::Inviting(inviting) = &self.phase else {
            // Repeated: our ACK was lost. With another tag it is another fork, which nobody talks to.
            if self.dialog.remote_tag == tag {
                self.acknowledge(core, response);
            } else {
                refuse_answer(core, response, flow, self.dialog.phone);
            }
            return;
        };
        let cancelled = inviting.cancelled;
        let body = self.fork_answered(response);
        if flow.transport.is_reliable() {
            self.dialog.flow = flow;
        }
        let asked_for_offer = self.outgoing.take().is_some_and(|outgoing| outgoing.body.is_empty());
        self.takes_update |= takes_update(response);
        self.session.hear(core.now, response);
        self.phase = Phase::Up;
        // What an UPDATE before the answer waits for comes to nothing with the fork that it was meant for.
        if asked_for_offer && cancelled.is_none() && body.is_some() {
            self.owe_answer(core, response);
        } else {
            self.acknowledge(core, response);
        }
        match cancelled {
            // The CANCEL crossed the answer (section 9.1): it is a call now, and is ended as one.
            Some(withdrawn) if withdrawn.timed_out => {
                core.tell(self.id, Signal::Rejected { code: 408, cause: withdrawn.cause });
                self.bye(core, withdrawn.cause, true);
            }
            Some(withdrawn) => self.bye(core, withdrawn.cause, false),
            None => core.tell(self.id, Signal::Answered { body }),
        }
    }

    /// Acknowledges a 2xx of this dialog.
    pub(super) fn acknowledge(&mut self, core: &mut Core, response: &Message) {
        let Some((seq, _)) = response.cseq() else { return };
        let body = match &self.late {
            Late::Given { seq: given, body } if *given == seq => body.clone(),
            // The 2xx again, and the answer is still being made.
            Late::Owed { response, .. } if response.cseq().is_some_and(|(owed, _)| owed == seq) => return,
            Late::None | Late::Owed { .. } | Late::Given { .. } => Bytes::new(),
        };
        let flow = core.way(&self.dialog);
        let branch = core.branch();
        let via = core.via(flow, branch);
        let ack = self.dialog.request(Method::Ack, &via, Some(seq));
        let ack = if body.is_empty() { ack.finish() } else { ack.body(SDP, &body) };
        core.transmit(flow, ack);
    }

    /// Their 2xx brings the offer: the ACK waits for the house's answer (RFC 3261 section 13.2.2.4).
    pub(super) fn owe_answer(&mut self, core: &mut Core, response: &Message) {
        let give_up_at = core.now + core.timing().reoffer;
        self.late = Late::Owed { response: Box::new(response.clone()), give_up_at };
    }

    /// Sends the ACK that waited; false when none did.
    pub(super) fn give_answer(&mut self, core: &mut Core, body: &Bytes) -> bool {
        let Late::Owed { response, .. } = std::mem::replace(&mut self.late, Late::None) else { return false };
        let seq = response.cseq().map_or(0, |(number, _)| number);
        self.late = Late::Given { seq, body: body.clone() };
        self.remember(body);
        self.acknowledge(core, &response);
        true
    }

    /// There is no answer to their offer: an ACK must come all the same, and then the end.
    pub(super) fn give_no_answer(&mut self, core: &mut Core) -> bool {
        if !self.give_answer(core, &Bytes::new()) {
            return false;
        }
        core.tell(self.id, Signal::Ended { cause: Cause::Incompatible });
        self.bye(core, Cause::Incompatible, true);
        true
    }

    pub(super) fn late_timeout(&mut self, core: &mut Core) {
        if self.late.deadline().is_some_and(|at| at <= core.now) {
            self.give_no_answer(core);
        }
    }

    fn on_refused(&mut self, core: &mut Core, response: &Message, status: u16) {
        let Phase::Inviting(inviting) = &self.phase else { return };
        if let Some(withdrawn) = inviting.cancelled {
            return self.withdrawn(core, withdrawn);
        }
        if status == 422 && self.session.raise(response) {
            return self.invite(core, None);
        }
        if matches!(status, 401 | 407)
            && let Some(outgoing) = &mut self.outgoing
            && outgoing.tries < 2
        {
            outgoing.tries += 1;
            if let Some(credential) = self.credential(core, response, Method::Invite) {
                return self.invite(core, Some(credential));
            }
        }
        // The server says that this place of it serves nobody now.
        if status == 503 && self.try_next(core) {
            return;
        }
        self.rejected(core, status, LegState::cause_in(response));
    }

    /// Our INVITE came to nothing without an answer: nobody there (408), or no way to send it (503).
    pub(crate) fn on_invite_failed(&mut self, core: &mut Core, status: u16) {
        let Phase::Inviting(inviting) = &self.phase else { return };
        if let Some(withdrawn) = inviting.cancelled {
            return self.withdrawn(core, withdrawn);
        }
        if !self.try_next(core) {
            self.rejected(core, status, Cause::Unreachable);
        }
    }

    fn withdrawn(&mut self, core: &mut Core, withdrawn: Withdrawn) {
        if withdrawn.timed_out {
            self.rejected(core, 408, withdrawn.cause);
        } else {
            self.end(core, withdrawn.cause);
        }
    }

    /// Says that the INVITE came to nothing, and ends the leg.
    pub(crate) fn rejected(&mut self, core: &mut Core, code: u16, cause: Cause) {
        core.tell(self.id, Signal::Rejected { code, cause });
        self.phase = Phase::Over;
    }

    /// Takes our INVITE back.
    pub(super) fn withdraw(&mut self, core: &mut Core, cause: Cause, timed_out: bool) {
        let Phase::Inviting(inviting) = &mut self.phase else { return };
        if inviting.cancelled.is_some() {
            return;
        }
        let branch = inviting.branch;
        if !core.may_cancel(branch) {
            let callee = self.outgoing.as_ref().and_then(|outgoing| outgoing.callee);
            core.let_linger(branch, Asker::Withdrawn { branch, cause, callee });
            return self.end(core, cause);
        }
        inviting.cancelled = Some(Withdrawn { cause, timed_out });
        (inviting.ring_until, inviting.next_at) = (None, None);
        let way = core.way(&self.dialog);
        core.cancel(branch, &reason_of(cause), Some(way));
    }
}

/// A 2xx that nobody waits for - of a fork, or of a leg that is gone - is acknowledged and ended at once. When it is
/// repeated, only the ACK is. `phone`: the account whose phone it is.
pub(crate) fn refuse_answer(core: &mut Core, response: &Message, flow: Flow, phone: Option<u128>) {
    let Some((seq, _)) = response.cseq() else { return };
    let mut dialog = Dialog { phone, ..Dialog::answered(response, flow) };
    if dialog.remote_tag.is_empty() || dialog.target.is_empty() {
        return;
    }
    let flow = core.way(&dialog);
    let branch = core.branch();
    let via = core.via(flow, branch);
    core.transmit(flow, dialog.request(Method::Ack, &via, Some(seq)).finish());
    if core.is_first_refusal(response) {
        let branch = core.branch();
        let via = core.via(flow, branch);
        let bye = dialog.request(Method::Bye, &via, None).finish();
        core.ask(branch, flow, Method::Bye, bye, Asker::Nobody);
    }
}
