//! An INVITE of the far side: ringing, answer, refusal, CANCEL, and the ACK.

use bytes::Bytes;
use model::Cause;

use super::{ALLOW, LegState, OPTIONS, Offered, Phase, SDP, Unacked, Wish, reason_of};
use crate::cause::status_of;
use crate::endpoint::core::Core;
use crate::endpoint::event::Signal;
use crate::message::Message;
use crate::name::Name;
use crate::transport::Flow;

impl LegState {
    /// Answers provisionally.
    pub(super) fn provisional(&mut self, core: &mut Core, code: u16, body: Option<Bytes>) {
        let Phase::Offered(offered) = &mut self.phase else { return };
        let code = code.clamp(180, 183);
        let reason = match code {
            180 => "Ringing",
            181 => "Call Is Being Forwarded",
            182 => "Queued",
            _ => "Session Progress",
        };
        let reliably = match offered.wish {
            Wish::None => false,
            Wish::Takes => body.is_some(),
            Wish::Demands => true,
        };
        if reliably {
            return self.provisional_reliably(core, code, reason, body);
        }
        let builder = core
            .reply(&offered.invite, offered.flow, code, reason, &self.dialog.local_tag)
            .header(Name::Contact, core.contact(offered.flow))
            .header(Name::Allow, ALLOW);
        let answer = match body {
            Some(body) => builder.body(SDP, &body),
            None => builder.finish(),
        };
        offered.ringing = Some((code, answer.clone()));
        offered.repeat_at = Some(core.now + core.timing().keep_ringing);
        core.answer(offered.key, code, answer);
    }

    /// Accepts the INVITE.
    pub(super) fn answer(&mut self, core: &mut Core, body: &Bytes) {
        let Phase::Offered(_) = &self.phase else { return };
        if self.reliable.as_mut().is_some_and(|reliable| !reliable.lets_answer(body)) {
            return;
        }
        let Phase::Offered(offered) = std::mem::replace(&mut self.phase, Phase::Up) else { return };
        // Settled by a provisional answer and its PRACK: there is nothing left to say.
        let settled = self.reliable.as_ref().is_some_and(|reliable| reliable.settled);
        let wants_answer = !settled && offered.invite.session_description().is_none();
        let body = if settled { &[] } else { &body[..] };
        self.accept(core, offered.key, offered.flow, &offered.invite, wants_answer, body);
    }

    /// Sends the 2xx of an INVITE, and repeats it until its ACK comes.
    pub(super) fn accept(
        &mut self,
        core: &mut Core,
        key: u64,
        flow: Flow,
        invite: &Message,
        wants_answer: bool,
        body: &[u8],
    ) {
        let builder = core
            .reply(invite, flow, 200, "OK", &self.dialog.local_tag)
            .header(Name::Contact, core.contact(flow))
            .header(Name::Allow, ALLOW)
            .header(Name::Supported, OPTIONS)
            .header(Name::Server, &core.shared.config.server_name);
        let builder = self.session.grant(core.now, &core.timing(), invite, builder);
        let answer = if body.is_empty() { builder.finish() } else { builder.body(SDP, body) };
        let seq = invite.cseq().map_or(0, |(number, _)| number);
        self.remember(body);
        core.answer(key, 200, answer.clone());
        let timing = core.timing();
        self.unacked = Some(Unacked {
            seq,
            answer,
            flow,
            interval: timing.t1,
            repeat_at: core.now + timing.t1,
            give_up_at: core.now + timing.t1 * 64,
            wants_answer,
        });
    }

    /// Refuses the INVITE; false when there is none to refuse.
    pub(super) fn refuse(&mut self, core: &mut Core, cause: Cause) -> bool {
        let (status, reason) = status_of(cause);
        let reason_header = reason_of(cause);
        self.refuse_with(core, status, reason, &[(Name::Reason, &reason_header)])
    }

    pub(super) fn refuse_with(&mut self, core: &mut Core, status: u16, reason: &str, headers: &[(Name, &str)]) -> bool {
        let Phase::Offered(offered) = &self.phase else { return false };
        answer_final(core, offered, &self.dialog.local_tag, status, reason, headers);
        self.phase = Phase::Over;
        true
    }

    /// The caller withdraws the INVITE; CANCEL is answered already.
    pub(crate) fn on_cancel(&mut self, core: &mut Core) {
        if self.refuse_with(core, 487, "Request Terminated", &[]) {
            core.tell(self.id, Signal::Cancelled);
        } else {
            self.change_cancelled(core);
        }
    }

    /// The ACK of a 2xx.
    pub(crate) fn on_ack(&mut self, core: &mut Core, ack: &Message) {
        let seq = ack.cseq().map(|(number, _)| number);
        let Some(unacked) = self.unacked.take_if(|u| Some(u.seq) == seq) else { return };
        if unacked.wants_answer {
            core.tell(self.id, Signal::ReofferAnswered { body: ack.session_description() });
        }
        match self.hangup.take() {
            Some(cause) => self.bye(core, cause, false),
            None => self.resume_change(core),
        }
    }

    /// Repeats the 2xx while its ACK is missing, and gives the call up in the end.
    pub(super) fn repeat_answer(&mut self, core: &mut Core) {
        let (now, t2) = (core.now, core.timing().t2);
        let Some(unacked) = &mut self.unacked else { return };
        if unacked.give_up_at <= now {
            self.unacked = None;
            if matches!(self.phase, Phase::Up) {
                let cause = self.hangup.take().unwrap_or(Cause::Unreachable);
                core.tell(self.id, Signal::Ended { cause });
                self.bye(core, cause, true);
            }
        } else if unacked.repeat_at <= now {
            unacked.interval = (unacked.interval * 2).min(t2);
            unacked.repeat_at = now + unacked.interval;
            core.respond(unacked.flow, unacked.answer.clone());
        }
    }
}

/// Refuses an INVITE that has a leg.
fn answer_final(core: &mut Core, offered: &Offered, tag: &str, status: u16, reason: &str, headers: &[(Name, &str)]) {
    let mut builder = core.reply(&offered.invite, offered.flow, status, reason, tag);
    if status == 503 {
        builder = builder.header(Name::RetryAfter, 5);
    }
    for (name, value) in headers {
        builder = builder.header(*name, value);
    }
    core.answer(offered.key, status, builder.finish());
}
