//! Changes of the session inside a dialog: re-INVITE and UPDATE from either side, and their glare (RFC 3261 section 14).

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::{ALLOW, LegState, Phase, SDP};
use crate::endpoint::core::{Asker, Core};
use crate::endpoint::event::Signal;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

/// How often our offer is tried again after glare.
const MAX_TRIES: u8 = 6;

/// A change under way; there is one at a time.
pub(crate) enum Change {
    /// None.
    None,
    /// Ours waits: for the ACK of our last answer, or after glare until `at`.
    Waiting { body: Bytes, at: Option<Moment>, tries: u8 },
    /// Our re-INVITE is on its way.
    Ours { body: Bytes, branch: u64, tries: u8 },
    /// Theirs waits for the house.
    Theirs(Box<Theirs>),
}

/// See [`Change::Theirs`].
pub(crate) struct Theirs {
    key: u64,
    request: Message,
    flow: Flow,
    give_up_at: Moment,
}

impl Change {
    pub(super) fn deadline(&self) -> Option<Moment> {
        match self {
            Change::None | Change::Ours { .. } => None,
            Change::Waiting { at, .. } => *at,
            Change::Theirs(theirs) => Some(theirs.give_up_at),
        }
    }
}

impl LegState {
    // Ours.

    /// Offers a changed session.
    pub(super) fn reoffer(&mut self, core: &mut Core, body: Bytes) {
        if !matches!(self.phase, Phase::Up) || !matches!(self.change, Change::None) {
            if matches!(self.phase, Phase::Up) {
                core.tell(self.id, Signal::ReofferRejected { code: 491 });
            }
            return;
        }
        if self.unacked.is_some() {
            self.change = Change::Waiting { body, at: None, tries: 0 };
            return;
        }
        self.send_reoffer(core, body, 0, None);
    }

    fn send_reoffer(&mut self, core: &mut Core, body: Bytes, tries: u8, credential: Option<(Name, String)>) {
        let (branch, flow, builder) = self.request(core, Method::Invite);
        let mut builder = builder.header(Name::Contact, core.contact(flow)).header(Name::Allow, ALLOW);
        if let Some((name, value)) = credential {
            builder = builder.header(name, value);
        }
        let invite = builder.body(SDP, &body);
        core.ask(branch, flow, Method::Invite, invite, Asker::Reinvite(self.id));
        self.change = Change::Ours { body, branch, tries };
    }

    /// What waited for an ACK may go now.
    pub(super) fn resume_change(&mut self, core: &mut Core) {
        match std::mem::replace(&mut self.change, Change::None) {
            Change::Waiting { body, at: None, tries } => self.send_reoffer(core, body, tries, None),
            other => self.change = other,
        }
    }

    /// An answer to our re-INVITE, or none (`None`).
    pub(crate) fn on_reoffer_answer(&mut self, core: &mut Core, response: Option<&Message>) {
        let status = response.and_then(Message::status).unwrap_or(408);
        if status < 200 {
            return;
        }
        if let Some(response) = response.filter(|_| status < 300) {
            self.dialog.refresh(response, None);
            self.acknowledge(core, response);
        }
        let Change::Ours { body, tries, .. } = std::mem::replace(&mut self.change, Change::None) else { return };
        if !matches!(self.phase, Phase::Up) {
            return;
        }
        match (status, response) {
            (200..=299, Some(response)) => {
                core.tell(self.id, Signal::ReofferAnswered { body: response.session_description() })
            }
            (491, _) if tries < MAX_TRIES => {
                let at = Some(core.now + self.glare_pause(core));
                self.change = Change::Waiting { body, at, tries: tries + 1 };
            }
            (401 | 407, Some(response)) if tries < MAX_TRIES => match self.credential(core, response, Method::Invite) {
                Some(credential) => self.send_reoffer(core, body, MAX_TRIES, Some(credential)),
                None => core.tell(self.id, Signal::ReofferRejected { code: status }),
            },
            // The far side no longer knows the call, or is gone (section 12.2.1.2).
            (408 | 481, _) => {
                core.tell(self.id, Signal::ReofferRejected { code: status });
                core.tell(self.id, Signal::Ended { cause: Cause::Unreachable });
                self.bye(core, Cause::Unreachable, true);
            }
            _ => core.tell(self.id, Signal::ReofferRejected { code: status }),
        }
    }

    /// How long to wait after glare (section 14.1): the side that made the Call-ID waits longer.
    fn glare_pause(&self, core: &mut Core) -> Duration {
        let steps = if self.dialog.we_called { 210 + core.dice.below(191) } else { core.dice.below(201) };
        Duration::from_millis(steps * 10)
    }

    // Theirs.

    /// A re-INVITE or UPDATE; its number is in order.
    pub(super) fn on_reoffer(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        let is_invite = request.method() == Method::Invite;
        if !matches!(self.phase, Phase::Up) {
            return self.reply(core, key, flow, &request, 500, "Server Internal Error", &[(Name::RetryAfter, "2")]);
        }
        if !request.body().is_empty() && request.session_description().is_none() {
            return self.reply(core, key, flow, &request, 415, "Unsupported Media Type", &[(Name::Accept, SDP)]);
        }
        match &self.change {
            Change::Ours { .. } if is_invite || !request.body().is_empty() => {
                return self.reply(core, key, flow, &request, 491, "Request Pending", &[]);
            }
            Change::Theirs(_) => {
                let pause = core.dice.below(11).to_string();
                return self.reply(
                    core,
                    key,
                    flow,
                    &request,
                    500,
                    "Server Internal Error",
                    &[(Name::RetryAfter, &pause)],
                );
            }
            Change::None | Change::Waiting { .. } | Change::Ours { .. } => {}
        }
        self.dialog.refresh(&request, Some(flow));
        if !is_invite && request.body().is_empty() {
            // A new Contact, or a sign of life: the house need not know.
            let contact = core.contact(flow);
            return self.reply(
                core,
                key,
                flow,
                &request,
                200,
                "OK",
                &[(Name::Contact, &contact), (Name::Allow, ALLOW)],
            );
        }
        // Our own change yields: the far side's is here first.
        if let Change::Waiting { .. } = self.change {
            core.tell(self.id, Signal::ReofferRejected { code: 491 });
        }
        if is_invite {
            let trying = core.reply(&request, flow, 100, "Trying", "").finish();
            core.answer(key, 100, trying);
        }
        let give_up_at = core.now + core.timing().reoffer;
        core.tell(self.id, Signal::Reoffer { body: request.session_description() });
        self.change = Change::Theirs(Box::new(Theirs { key, request, flow, give_up_at }));
    }

    /// Accepts their change.
    pub(super) fn answer_reoffer(&mut self, core: &mut Core, body: &[u8]) {
        let Change::Theirs(theirs) = std::mem::replace(&mut self.change, Change::None) else { return };
        let builder = core.reply(&theirs.request, theirs.flow, 200, "OK", &self.dialog.local_tag);
        if theirs.request.method() == Method::Invite {
            let seq = theirs.request.cseq().map_or(0, |(number, _)| number);
            let wants_answer = theirs.request.session_description().is_none();
            self.accept(core, theirs.key, theirs.flow, seq, wants_answer, builder, body);
        } else {
            let answer =
                builder.header(Name::Contact, core.contact(theirs.flow)).header(Name::Allow, ALLOW).body(SDP, body);
            core.answer(theirs.key, 200, answer);
        }
    }

    /// Refuses their change.
    pub(super) fn reject_reoffer(&mut self, core: &mut Core, code: u16) {
        let reason = match code {
            488 => "Not Acceptable Here",
            491 => "Request Pending",
            500 => "Server Internal Error",
            _ => "Not Acceptable",
        };
        self.end_theirs(core, code.clamp(400, 699), reason);
    }

    fn end_theirs(&mut self, core: &mut Core, status: u16, reason: &str) {
        match std::mem::replace(&mut self.change, Change::None) {
            Change::Theirs(theirs) => self.reply(core, theirs.key, theirs.flow, &theirs.request, status, reason, &[]),
            other => self.change = other,
        }
    }

    /// The far side withdraws its re-INVITE.
    pub(super) fn change_cancelled(&mut self, core: &mut Core) {
        self.end_theirs(core, 487, "Request Terminated");
    }

    /// The call ends: what waits is answered (section 15.1.2), what we asked no longer matters.
    pub(super) fn drop_change(&mut self, core: &mut Core) {
        self.end_theirs(core, 487, "Request Terminated");
        if let Change::Ours { branch, .. } = self.change
            && core.may_cancel(branch)
        {
            let way = core.way(&self.dialog);
            core.cancel(branch, "", Some(way));
        }
        self.change = Change::None;
    }

    pub(super) fn change_timeout(&mut self, core: &mut Core) {
        let now = core.now;
        match &mut self.change {
            Change::Waiting { at, .. } if at.is_some_and(|at| at <= now) => {
                *at = None;
                if self.unacked.is_none() {
                    self.resume_change(core);
                }
            }
            Change::Theirs(theirs) if theirs.give_up_at <= now => self.end_theirs(core, 500, "Server Internal Error"),
            Change::None | Change::Waiting { .. } | Change::Ours { .. } | Change::Theirs(_) => {}
        }
    }
}
