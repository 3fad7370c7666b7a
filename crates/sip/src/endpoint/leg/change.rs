//! Changes of the session inside a dialog: re-INVITE and UPDATE from either side, and their glare (RFC 3261 section 14).

use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::{ALLOW, LegState, OPTIONS, Phase, SDP, too_short};
use crate::build::ResponseBuilder;
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
    Waiting { what: Wanted, at: Option<Moment> },
    /// Our re-INVITE or UPDATE is on its way.
    Ours { what: Wanted, branch: u64, method: Method },
    /// Theirs waits for the house.
    Theirs(Box<Theirs>),
}

/// A change of ours.
#[derive(Clone)]
pub(crate) struct Wanted {
    /// Our offer; empty to ask for theirs.
    body: Bytes,
    tries: u8,
    /// Nothing changes: it is only a sign of life, of which the house knows nothing.
    refresh: bool,
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

    /// Offers a changed session: by re-INVITE or, before the answer to the INVITE, by UPDATE when the first offer has had
    /// its answer (RFC 3311 section 5.1).
    pub(super) fn reoffer(&mut self, core: &mut Core, body: Bytes) {
        let early = match &self.phase {
            Phase::Up => false,
            Phase::Offered(_) => self.reliable.as_ref().is_some_and(|reliable| reliable.settled),
            Phase::Inviting(_) => self.heard_fork().is_some_and(|fork| fork.settled),
            Phase::Resolving | Phase::Ending { .. } | Phase::Ended { .. } | Phase::Over => return,
        };
        let is_open = matches!(self.phase, Phase::Up) || early && self.takes_update && !body.is_empty();
        if !is_open || !matches!(self.change, Change::None) {
            return core.tell(self.id, Signal::ReofferRejected { code: 491 });
        }
        let what = Wanted { body, tries: 0, refresh: false };
        if self.unacked.is_some() {
            self.change = Change::Waiting { what, at: None };
            return;
        }
        self.send_change(core, what, None);
    }

    /// Asks for a sign of life by a re-INVITE that changes nothing.
    pub(super) fn refresh_by_reoffer(&mut self, core: &mut Core) {
        let what = Wanted { body: self.described.clone(), tries: 0, refresh: true };
        self.send_change(core, what, None);
    }

    fn send_change(&mut self, core: &mut Core, what: Wanted, credential: Option<(Name, String)>) {
        let method = if matches!(self.phase, Phase::Up) { Method::Invite } else { Method::Update };
        let (branch, flow, builder) = self.request(core, method);
        let builder = builder.header(Name::Contact, core.contact(flow)).header(Name::Allow, ALLOW);
        let mut builder = self.session.ask(&core.timing(), builder);
        if let Some((name, value)) = credential {
            builder = builder.header(name, value);
        }
        self.remember(&what.body);
        let request = if what.body.is_empty() { builder.finish() } else { builder.body(SDP, &what.body) };
        core.ask(branch, flow, method, request, Asker::Reinvite(self.id));
        self.change = Change::Ours { what, branch, method };
    }

    /// What waited for an ACK may go now.
    pub(super) fn resume_change(&mut self, core: &mut Core) {
        match std::mem::replace(&mut self.change, Change::None) {
            Change::Waiting { what, at: None } => self.send_change(core, what, None),
            other => self.change = other,
        }
    }

    /// An answer to our re-INVITE or UPDATE, or none (`None`).
    pub(crate) fn on_reoffer_answer(&mut self, core: &mut Core, response: Option<&Message>) {
        let status = response.and_then(Message::status).unwrap_or(408);
        if status < 200 {
            return;
        }
        let was_heard = self.heard_fork().is_some();
        if let Some(response) = response.filter(|_| status < 300) {
            match self.heard_fork() {
                Some(fork) => {
                    fork.dialog.refresh(response, None);
                    fork.changed = true;
                }
                None => self.dialog.refresh(response, None),
            }
        }
        let ours = match std::mem::replace(&mut self.change, Change::None) {
            Change::Ours { what, method, .. } => Some((what, method)),
            other => {
                self.change = other;
                None
            }
        };
        let asks_for_offer = ours.as_ref().is_some_and(|(what, _)| what.body.is_empty());
        if let Some(response) = response.filter(|r| status < 300 && r.method() == Method::Invite) {
            let wants_answer = asks_for_offer && response.session_description().is_some();
            if wants_answer && matches!(self.phase, Phase::Up) {
                self.owe_answer(core, response);
            } else {
                self.acknowledge(core, response);
            }
        }
        let Some((what, method)) = ours else { return };
        if !matches!(self.phase, Phase::Up | Phase::Offered(_)) && !was_heard {
            return;
        }
        match (status, response) {
            (200..=299, Some(response)) => self.change_accepted(core, &what, response),
            (422, Some(response)) if self.session.raise(response) => self.send_change(core, what, None),
            (491, _) if what.tries < MAX_TRIES => {
                let at = Some(core.now + self.glare_pause(core));
                self.change = Change::Waiting { what: Wanted { tries: what.tries + 1, ..what }, at };
            }
            (401 | 407, Some(response)) if what.tries < MAX_TRIES => match self.credential(core, response, method) {
                Some(credential) => self.send_change(core, Wanted { tries: MAX_TRIES, ..what }, Some(credential)),
                None => self.change_refused(core, &what, status),
            },
            (408 | 481, _) if what.refresh => self.refresh_failed(core),
            // The far side no longer knows the call, or is gone (section 12.2.1.2).
            (408 | 481, _) if matches!(self.phase, Phase::Up) => {
                core.tell(self.id, Signal::ReofferRejected { code: status });
                core.tell(self.id, Signal::Ended { cause: Cause::Unreachable });
                self.bye(core, Cause::Unreachable, true);
            }
            _ => self.change_refused(core, &what, status),
        }
    }

    fn change_accepted(&mut self, core: &mut Core, what: &Wanted, response: &Message) {
        self.session.hear(core.now, response);
        match response.session_description() {
            // A sign of life changes nothing, whatever the answer repeats.
            _ if what.refresh => {}
            Some(offer) if what.body.is_empty() => core.tell(self.id, Signal::Reoffer { body: Some(offer) }),
            body => core.tell(self.id, Signal::ReofferAnswered { body }),
        }
    }

    fn change_refused(&mut self, core: &mut Core, what: &Wanted, code: u16) {
        if what.refresh {
            self.still_there(core.now);
        } else {
            core.tell(self.id, Signal::ReofferRejected { code });
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
        let has_offer = is_invite || !request.body().is_empty();
        if let Some(status) = self.clash(&request, has_offer) {
            return match status {
                491 => self.reply(core, key, flow, &request, 491, "Request Pending", &[]),
                _ => {
                    let pause = core.dice.below(11).to_string();
                    let headers = [(Name::RetryAfter, pause.as_str())];
                    self.reply(core, key, flow, &request, 500, "Server Internal Error", &headers)
                }
            };
        }
        if !request.body().is_empty() && request.session_description().is_none() {
            return self.reply(core, key, flow, &request, 415, "Unsupported Media Type", &[(Name::Accept, SDP)]);
        }
        if let Some(least) = too_short(&core.timing(), &request) {
            let least = least.to_string();
            let headers = [(Name::MinSe, least.as_str())];
            return self.reply(core, key, flow, &request, 422, "Session Interval Too Small", &headers);
        }
        match self.fork_of(request.from_tag()) {
            Some(fork) => {
                fork.dialog.refresh(&request, Some(flow));
                fork.changed |= has_offer;
            }
            None => self.dialog.refresh(&request, Some(flow)),
        }
        if !has_offer {
            // A new Contact, or a sign of life: the house need not know.
            let answer = self.begin_update_answer(core, flow, &request).finish();
            return core.answer(key, 200, answer);
        }
        self.take_offer(core, key, flow, request);
    }

    /// What stands against their change: 491 when an offer of ours waits for its answer, 500 when one of theirs does
    /// (RFC 3261 section 14.2, RFC 3311 section 5.2).
    fn clash(&mut self, request: &Message, has_offer: bool) -> Option<u16> {
        let is_invite = request.method() == Method::Invite;
        match &self.phase {
            Phase::Up => {}
            Phase::Offered(_) if is_invite => return Some(500),
            Phase::Offered(offered) => {
                let settled = self.reliable.as_ref().is_some_and(|reliable| reliable.settled);
                let asked = self.reliable.as_ref().is_some_and(|reliable| reliable.is_unsettled());
                if has_offer && !settled {
                    return Some(if asked && offered.invite.session_description().is_none() { 491 } else { 500 });
                }
            }
            Phase::Inviting(_) => {
                let settled = self.fork_of(request.from_tag()).is_some_and(|fork| fork.settled);
                if is_invite || has_offer && !settled {
                    return Some(491);
                }
            }
            Phase::Resolving | Phase::Ending { .. } | Phase::Ended { .. } | Phase::Over => return Some(500),
        }
        match &self.change {
            Change::Ours { .. } if has_offer => Some(491),
            Change::Theirs(_) if has_offer => Some(500),
            // Our answer would cross their offer in the ACK that is still to come.
            Change::None | Change::Waiting { .. } | Change::Ours { .. } | Change::Theirs(_) => None,
        }
    }

    /// Hands an offer of theirs to the house: of a re-INVITE, an UPDATE or a PRACK.
    pub(super) fn take_offer(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        // Our own change yields: the far side's is here first.
        if let Change::Waiting { what, .. } = &self.change
            && !what.refresh
        {
            core.tell(self.id, Signal::ReofferRejected { code: 491 });
        }
        if request.method() == Method::Invite {
            let trying = core.reply(&request, flow, 100, "Trying", "").finish();
            core.answer(key, 100, trying);
        }
        let give_up_at = core.now + core.timing().reoffer;
        core.tell(self.id, Signal::Reoffer { body: request.session_description() });
        self.change = Change::Theirs(Box::new(Theirs { key, request, flow, give_up_at }));
    }

    fn begin_update_answer(&mut self, core: &Core, flow: Flow, update: &Message) -> ResponseBuilder {
        let builder = core
            .reply(update, flow, 200, "OK", &self.dialog.local_tag)
            .header(Name::Contact, core.contact(flow))
            .header(Name::Allow, ALLOW)
            .header(Name::Supported, OPTIONS);
        self.session.grant(core.now, &core.timing(), update, builder)
    }

    /// Accepts their change, or answers the offer that their 2xx brought.
    pub(super) fn answer_reoffer(&mut self, core: &mut Core, body: &Bytes) {
        if self.give_answer(core, body) {
            return;
        }
        let theirs = match std::mem::replace(&mut self.change, Change::None) {
            Change::Theirs(theirs) => theirs,
            other => {
                self.change = other;
                return;
            }
        };
        let Theirs { key, request, flow, .. } = *theirs;
        match request.method() {
            Method::Invite => {
                let wants_answer = request.session_description().is_none();
                self.accept(core, key, flow, &request, wants_answer, body);
            }
            Method::Update => {
                self.remember(body);
                let answer = self.begin_update_answer(core, flow, &request).body(SDP, body);
                core.answer(key, 200, answer);
            }
            method => {
                self.remember(body);
                let answer = core.reply(&request, flow, 200, "OK", &self.dialog.local_tag).body(SDP, body);
                core.answer(key, 200, answer);
                self.prack_answered(core, method);
            }
        }
    }

    /// Refuses their change.
    pub(super) fn reject_reoffer(&mut self, core: &mut Core, code: u16) {
        if self.give_no_answer(core) {
            return;
        }
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
            Change::Theirs(theirs) => {
                self.reply(core, theirs.key, theirs.flow, &theirs.request, status, reason, &[]);
                self.prack_answered(core, theirs.request.method());
            }
            other => self.change = other,
        }
    }

    /// The far side withdraws its re-INVITE.
    pub(super) fn change_cancelled(&mut self, core: &mut Core) {
        self.end_theirs(core, 487, "Request Terminated");
    }

    /// The call ends: what waits is answered (section 15.1.2), what we asked no longer matters.
    pub(in crate::endpoint) fn drop_change(&mut self, core: &mut Core) {
        if let Some(reliable) = &mut self.reliable {
            reliable.forget_rest();
        }
        self.drop_refers(core);
        self.end_theirs(core, 487, "Request Terminated");
        if let Change::Ours { branch, method: Method::Invite, .. } = self.change
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
