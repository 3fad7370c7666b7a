//! Our provisional answers, when the caller takes or demands reliable ones (RFC 3262): numbered, repeated until their
//! PRACK comes, one after another. A description in one of them is as good as in the 200: with its PRACK the session is
//! settled, may be changed by UPDATE (RFC 3311), and the 200 carries none.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use model::{Cause, Moment};

use super::change::Change;
use super::{ALLOW, LegState, Phase, SDP, takes};
use crate::endpoint::core::Core;
use crate::endpoint::event::Signal;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

/// The option tag.
pub(crate) const TAG: &str = "100rel";
/// Provisional answers that wait for the PRACK of the one before; more are dropped, since a later one says it all.
const MOST_AHEAD: usize = 4;

/// What a caller says of reliable provisional answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// It does not know them.
    None,
    /// It takes them: those with a description are sent so.
    Takes,
    /// It demands them: all but the 100 are sent so.
    Demands,
}

impl Wish {
    pub(crate) fn of(invite: &Message) -> Wish {
        if invite.list(Name::Require).any(|tag| tag.eq_ignore_ascii_case(TAG)) {
            Wish::Demands
        } else if takes(invite, TAG) {
            Wish::Takes
        } else {
            Wish::None
        }
    }
}

/// The reliable provisional answers of one INVITE of theirs.
pub(crate) struct Reliable {
    /// The RSeq of the last one.
    number: u32,
    /// The INVITE's number.
    seq: u32,
    unconfirmed: Option<Unconfirmed>,
    ahead: VecDeque<(u16, Option<Bytes>)>,
    /// The 200 that waits for the PRACK of a description (section 3).
    held: Option<Bytes>,
    /// The description of one was confirmed.
    pub(super) settled: bool,
}

/// The one whose PRACK is missing.
struct Unconfirmed {
    answer: Bytes,
    flow: Flow,
    described: bool,
    interval: Duration,
    /// None once the final answer is sent: it is no longer repeated, but may still be confirmed.
    repeat_at: Option<Moment>,
    give_up_at: Moment,
}

impl Reliable {
    pub(super) fn deadline(&self) -> Option<Moment> {
        let unconfirmed = self.unconfirmed.as_ref()?;
        unconfirmed.repeat_at.map(|at| at.min(unconfirmed.give_up_at))
    }

    /// Whether the 200 may go now; if not, it is kept until the PRACK.
    pub(super) fn lets_answer(&mut self, body: &Bytes) -> bool {
        match &mut self.unconfirmed {
            Some(unconfirmed) if unconfirmed.described => {
                self.held = Some(body.clone());
                false
            }
            Some(unconfirmed) => {
                unconfirmed.repeat_at = None;
                true
            }
            None => true,
        }
    }

    /// The call ends: nothing more is to be said.
    pub(super) fn forget_rest(&mut self) {
        self.held = None;
        self.ahead.clear();
    }

    /// Whether our offer (the INVITE had none) waits for its answer.
    pub(super) fn is_unsettled(&self) -> bool {
        !self.settled && self.unconfirmed.as_ref().is_some_and(|unconfirmed| unconfirmed.described)
    }
}

impl LegState {
    /// Sends a provisional answer that is to be confirmed, or lets it wait for the PRACK of the one before.
    pub(super) fn provisional_reliably(&mut self, core: &mut Core, code: u16, reason: &str, body: Option<Bytes>) {
        let Phase::Offered(offered) = &mut self.phase else { return };
        let seq = offered.invite.cseq().map_or(0, |(number, _)| number);
        let reliable = self.reliable.get_or_insert_with(|| {
            // Anything from 1 on, with room to count (section 3).
            let number = core.dice.below(1 << 30) as u32;
            Box::new(Reliable { number, seq, unconfirmed: None, ahead: VecDeque::new(), held: None, settled: false })
        });
        if reliable.unconfirmed.is_some() {
            if reliable.ahead.len() < MOST_AHEAD {
                reliable.ahead.push_back((code, body));
            }
            return;
        }
        reliable.number += 1;
        let builder = core
            .reply(&offered.invite, offered.flow, code, reason, &self.dialog.local_tag)
            .header(Name::Contact, core.contact(offered.flow))
            .header(Name::Allow, ALLOW)
            .header(Name::Require, TAG)
            .header(Name::RSeq, reliable.number);
        // Described once, it is not described again: nothing but a repetition could be said (RFC 3261 section 13.2.1).
        let body = body.filter(|_| !reliable.settled);
        let answer = match &body {
            Some(body) => builder.body(SDP, body),
            None => builder.finish(),
        };
        let timing = core.timing();
        offered.ringing = None;
        offered.repeat_at = Some(core.now + timing.keep_ringing);
        core.answer(offered.key, code, answer.clone());
        reliable.unconfirmed = Some(Unconfirmed {
            answer,
            flow: offered.flow,
            described: body.is_some(),
            interval: timing.t1,
            repeat_at: Some(core.now + timing.t1),
            give_up_at: core.now + timing.t1 * 64,
        });
    }

    /// Repeats what is not confirmed, and refuses the INVITE when it never is.
    pub(super) fn repeat_provisional(&mut self, core: &mut Core) {
        let now = core.now;
        let Some(unconfirmed) = self.reliable.as_mut().and_then(|reliable| reliable.unconfirmed.as_mut()) else {
            return;
        };
        let Some(repeat_at) = unconfirmed.repeat_at.filter(|_| matches!(self.phase, Phase::Offered(_))) else { return };
        if unconfirmed.give_up_at <= now {
            if self.refuse_with(core, 504, "Server Time-out", &[]) {
                core.tell(self.id, Signal::Ended { cause: Cause::Unreachable });
            }
        } else if repeat_at <= now {
            // It doubles without end (section 3).
            unconfirmed.interval *= 2;
            unconfirmed.repeat_at = Some(now + unconfirmed.interval);
            let (flow, answer) = (unconfirmed.flow, unconfirmed.answer.clone());
            core.respond(flow, answer);
        }
    }

    /// A PRACK: confirms, answers our offer, or brings an offer of its own (section 5).
    pub(super) fn on_prack(&mut self, core: &mut Core, key: u64, flow: Flow, request: Message) {
        let confirmed = self.reliable.as_mut().and_then(|reliable| {
            let named = request.header(Name::RAck).and_then(rack);
            let fits = named == Some((reliable.number, reliable.seq));
            reliable.unconfirmed.take_if(|_| fits)
        });
        let Some(confirmed) = confirmed else {
            return self.reply(core, key, flow, &request, 481, "Call/Transaction Does Not Exist", &[]);
        };
        let description = request.session_description();
        let offered_late = match &self.phase {
            Phase::Offered(offered) => offered.invite.session_description().is_none(),
            _ => false,
        };
        let was_settled = self.reliable.as_mut().is_some_and(|reliable| {
            let before = reliable.settled;
            reliable.settled |= confirmed.described;
            before
        });
        match description {
            // The answer to the offer in our provisional answer.
            Some(body) if offered_late && confirmed.described && !was_settled => {
                self.reply(core, key, flow, &request, 200, "OK", &[]);
                core.tell(self.id, Signal::ReofferAnswered { body: Some(body) });
            }
            Some(_) if self.reliable.as_ref().is_some_and(|reliable| reliable.settled) => {
                self.take_offer(core, key, flow, request);
            }
            // Its offer comes before the answer to the first one.
            Some(_) => self.reply(core, key, flow, &request, 488, "Not Acceptable Here", &[]),
            None => self.reply(core, key, flow, &request, 200, "OK", &[]),
        }
        self.go_on_answering(core);
    }

    /// Sends what waited for a PRACK.
    fn go_on_answering(&mut self, core: &mut Core) {
        // The 200 does not overtake the answer to an offer in the PRACK.
        if matches!(self.change, Change::Theirs(_)) {
            return;
        }
        let Some(reliable) = self.reliable.as_mut() else { return };
        if let Some(body) = reliable.held.take() {
            return self.answer(core, &body);
        }
        if let Some((code, body)) = reliable.ahead.pop_front() {
            self.provisional(core, code, body);
        }
    }

    /// The offer in a PRACK was answered: what waited for it goes on.
    pub(super) fn prack_answered(&mut self, core: &mut Core, method: Method) {
        if method == Method::Prack {
            self.go_on_answering(core);
        }
    }
}

/// The RSeq and CSeq numbers that an RAck names, when it is about an INVITE.
fn rack(value: &str) -> Option<(u32, u32)> {
    let mut words = value.split_ascii_whitespace();
    let number = words.next()?.parse().ok()?;
    let seq = words.next()?.parse().ok()?;
    (words.next()? == Method::Invite.as_str() && words.next().is_none()).then_some((number, seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rack_names_two_numbers_and_invite() {
        assert_eq!(rack("776656 1 INVITE"), Some((776_656, 1)));
        for bad in ["", "1", "1 2", "1 2 BYE", "1 2 INVITE x", "-1 2 INVITE", "9999999999 1 INVITE"] {
            assert_eq!(rack(bad), None, "{bad}");
        }
    }
}
