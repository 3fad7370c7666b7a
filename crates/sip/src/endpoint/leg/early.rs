//! The early dialogs of an INVITE of ours (RFC 3261 section 12.1.2): each fork that answered provisionally has one. Its
//! reliable answers are confirmed with PRACK (RFC 3262), its description is kept for a 200 that brings none.

use bytes::Bytes;

use super::reliable::TAG;
use super::{LegState, Phase};
use crate::dialog::Dialog;
use crate::endpoint::core::{Asker, Core};
use crate::endpoint::event::Leg;
use crate::message::Message;
use crate::method::Method;
use crate::name::Name;
use crate::transport::Flow;

/// More forks than these are not told apart.
const MOST_FORKS: usize = 16;

/// One fork that has not answered finally.
pub(crate) struct Early {
    pub(super) dialog: Dialog,
    /// The RSeq of its last reliable answer.
    number: Option<u32>,
    /// Its last description.
    body: Option<Bytes>,
    /// That came reliably, so that it is the answer to our offer and UPDATE may follow.
    pub(super) settled: bool,
    /// It was changed since by an UPDATE: the 200 has nothing to add.
    pub(super) changed: bool,
}

/// A PRACK of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Confirming {
    /// The RSeq of what it confirms.
    number: u32,
    /// The number of the INVITE.
    seq: u32,
    /// It carries the answer to a challenge.
    proven: bool,
}

/// What a provisional answer is to us.
pub(super) enum Heard {
    /// News.
    News,
    /// A reliable one that was heard before, or comes out of order.
    Again,
}

impl LegState {
    /// Takes note of a provisional answer with a tag, and confirms it when it wants that.
    pub(super) fn hear_fork(&mut self, core: &mut Core, response: &Message, flow: Flow, body: Option<&Bytes>) -> Heard {
        let Some(tag) = response.to_tag().filter(|tag| !tag.is_empty()) else { return Heard::News };
        let place = match self.early.iter().position(|fork| fork.dialog.remote_tag == tag) {
            Some(place) => place,
            None if self.early.len() >= MOST_FORKS => return Heard::News,
            None => {
                let mut dialog = self.dialog.clone();
                dialog.confirm(response);
                if flow.transport.is_reliable() {
                    dialog.flow = flow;
                }
                self.early.push(Early { dialog, number: None, body: None, settled: false, changed: false });
                self.early.len() - 1
            }
        };
        let number = response.header(Name::RSeq).and_then(|value| value.trim().parse::<u32>().ok());
        let number = number.filter(|_| response.list(Name::Require).any(|tag| tag.eq_ignore_ascii_case(TAG)));
        let fork = &mut self.early[place];
        if let Some(number) = number {
            // The first may have any number; after that each is the next, or is not heard (section 4).
            if fork.number.is_some_and(|last| number != last.wrapping_add(1)) {
                return Heard::Again;
            }
            fork.number = Some(number);
            fork.settled |= body.is_some();
        }
        if body.is_some() && !(fork.settled && fork.body.is_some() && number.is_none()) {
            fork.body = body.cloned();
        }
        if let Some(number) = number {
            self.confirm_provisional(core, place, number, response);
        }
        // The fork that spoke last is the one that is heard.
        if body.is_some() {
            let fork = self.early.remove(place);
            self.early.push(fork);
        }
        Heard::News
    }

    fn confirm_provisional(&mut self, core: &mut Core, place: usize, number: u32, response: &Message) {
        let Some((seq, _)) = response.cseq() else { return };
        prack(core, self.id, &mut self.early[place].dialog, Confirming { number, seq, proven: false }, None);
    }

    /// An answer to our PRACK. Who challenged the INVITE may challenge this too: it is sent once more, with a proof.
    pub(crate) fn on_prack_answer(&mut self, core: &mut Core, what: Confirming, response: &Message) {
        if what.proven || !matches!(response.status(), Some(401 | 407)) {
            return;
        }
        let Some(credentials) = &self.credentials else { return };
        let forks = self.early.iter_mut().map(|fork| &mut fork.dialog).chain([&mut self.dialog]);
        let tag = response.to_tag().unwrap_or("");
        let Some(dialog) = forks.into_iter().find(|dialog| dialog.remote_tag == tag) else { return };
        let proof = core.authorize(response, Method::Prack, &dialog.target, credentials);
        if proof.is_some() {
            prack(core, self.id, dialog, Confirming { proven: true, ..what }, proof);
        }
    }

    /// The fork that a request or answer of the far side belongs to.
    pub(super) fn fork_of(&mut self, tag: Option<&str>) -> Option<&mut Early> {
        self.early.iter_mut().find(|fork| Some(fork.dialog.remote_tag.as_str()) == tag)
    }

    /// The fork that speaks, while nobody has answered.
    pub(super) fn heard_fork(&mut self) -> Option<&mut Early> {
        if matches!(self.phase, Phase::Inviting(_)) { self.early.last_mut() } else { None }
    }

    /// A fork answered: its early dialog becomes the leg's, the others are forgotten. What it has described so far stands
    /// when the 200 itself says nothing, or may say nothing new (RFC 3261 section 13.2.1).
    pub(super) fn fork_answered(&mut self, response: &Message) -> Option<Bytes> {
        let early = std::mem::take(&mut self.early);
        let body = response.session_description();
        let tag = response.to_tag();
        let Some(fork) = early.into_iter().find(|fork| Some(fork.dialog.remote_tag.as_str()) == tag) else {
            self.dialog.confirm(response);
            return body;
        };
        self.dialog = fork.dialog;
        self.dialog.confirm(response);
        match (fork.changed, fork.settled) {
            (true, _) => None,
            (false, true) => fork.body,
            (false, false) => body.or(fork.body),
        }
    }
}

fn prack(core: &mut Core, leg: Leg, dialog: &mut Dialog, what: Confirming, proof: Option<(Name, String)>) {
    let flow = core.way(dialog);
    let branch = core.branch();
    let via = core.via(flow, branch);
    let mut request = dialog
        .request(Method::Prack, &via, None)
        .header(Name::RAck, format_args!("{} {} {}", what.number, what.seq, Method::Invite));
    if let Some((name, value)) = proof {
        request = request.header(name, value);
    }
    core.ask(branch, flow, Method::Prack, request.finish(), Asker::Prack(leg, what));
}
