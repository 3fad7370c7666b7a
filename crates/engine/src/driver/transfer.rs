//! Transfers at the edges: REFER and its news, a leg that moves from one call's task to another's, and an INVITE that
//! takes a leg's place. Whether any of it may be is the machine's to say.

use std::net::IpAddr;

use call::{Given, Input, Party, Released, Reply, Ticket};
use model::leg::{TransferNews, TransferTo};
use model::{Cause, ExtensionId, LegEvent, LegId, TenantId};
use sip::{Command, Incoming, Refer, Replaced};

use super::Driver;
use super::leg::{Far, Leg};
use crate::routes::{Letter, Mailbox};

/// What one call asks of another: whom this extension talks with there.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The asking company; another's call gives nothing away.
    tenant: TenantId,
    extension: ExtensionId,
    ticket: Ticket,
    /// Who asks, and the number the leg will have there.
    to: Mailbox,
    leg: LegId,
}

/// The other call's answer.
#[derive(Debug)]
pub(crate) struct Gift {
    ticket: Ticket,
    released: Released<Given>,
    leg: Option<Box<Leg>>,
}

/// An INVITE that is to take a leg's place.
#[derive(Debug)]
pub(crate) struct Replacing {
    pub(crate) tenant: TenantId,
    pub(crate) extension: ExtensionId,
    pub(crate) early_only: bool,
    pub(crate) incoming: Box<Incoming>,
}

/// A leg that went over to another call: what is still said of it to this one is passed on.
pub(super) struct Gone {
    leg: LegId,
    to: Mailbox,
    known_as: LegId,
}

impl Driver {
    /// A phone wants to hand its peer over.
    pub(super) fn on_refer(&mut self, id: LegId, refer: &Refer) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let refuse = |code| self.shared.stack.send(leg.edge, Command::AnswerRefer { id: refer.id, code });
        if leg.referring.is_some() {
            return refuse(491);
        }
        let to = match refer.replaces {
            Some(Replaced::Unknown) => return refuse(481),
            Some(Replaced::Leg { leg: other, .. }) => TransferTo::Leg(other.0),
            // Who writes our address in place of the company's name means us too.
            None if refer.host.eq_ignore_ascii_case(&self.tenant.domain) || is_address(&refer.host) => {
                TransferTo::Number(refer.user.clone())
            }
            None => return refuse(404),
        };
        leg.referring = Some(refer.id);
        self.leg_event(id, LegEvent::Transfer(to));
    }

    /// Tells a phone what has become of the transfer it asked for.
    pub(super) fn tell_transfer(&mut self, id: LegId, news: TransferNews) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(refer) = leg.referring else { return };
        let command = match news {
            TransferNews::Accepted => Command::AnswerRefer { id: refer, code: 202 },
            TransferNews::Ringing => Command::NotifyRefer { id: refer, code: 180 },
            TransferNews::Refused { cause: Cause::Busy } => Command::AnswerRefer { id: refer, code: 491 },
            TransferNews::Refused { cause } => Command::AnswerRefer { id: refer, code: sip::status_of(cause).0 },
            TransferNews::Done => Command::NotifyRefer { id: refer, code: 200 },
            TransferNews::Failed { cause } => Command::NotifyRefer { id: refer, code: sip::status_of(cause).0 },
        };
        match news {
            TransferNews::Accepted | TransferNews::Ringing => {}
            TransferNews::Refused { .. } | TransferNews::Done | TransferNews::Failed { .. } => leg.referring = None,
        }
        self.shared.stack.send(leg.edge, command);
    }

    /// Asks the call of another leg to give away whom the extension talks with there.
    pub(super) fn ask_for_leg(&mut self, ticket: Ticket, edge: u64, extension: ExtensionId, leg: LegId) {
        let ask = Ask { tenant: self.tenant.id, extension, ticket, to: self.mailbox.clone(), leg };
        if !self.shared.routes.deliver(edge, |theirs| Letter::Release(theirs, Box::new(ask))) {
            self.feed(Input::Reply(ticket, Reply::Adopted(Released::Nobody)));
        }
    }

    /// Another call asks for whom we have on the line.
    pub(super) fn on_ask(&mut self, leg: LegId, ask: Ask) {
        if ask.tenant != self.tenant.id {
            return give(&ask.to, Gift { ticket: ask.ticket, released: Released::Nobody, leg: None });
        }
        let extension = ask.extension;
        self.asked.push_back(ask);
        self.feed(Input::Release { leg, extension });
    }

    /// The machine's answer to the oldest ask.
    pub(super) fn release(&mut self, released: Released<(LegId, Given)>) {
        let Some(ask) = self.asked.pop_front() else { return };
        let (id, given) = match released {
            Released::Leg((id, given)) => (id, given),
            Released::Number(number) => {
                return give(&ask.to, Gift { ticket: ask.ticket, released: Released::Number(number), leg: None });
            }
            Released::Nobody => {
                return give(&ask.to, Gift { ticket: ask.ticket, released: Released::Nobody, leg: None });
            }
        };
        let Some(leg) = self.legs.remove(&id) else { return };
        let edge = leg.edge;
        self.leave_recording(id);
        let gift = Gift { ticket: ask.ticket, released: Released::Leg(given), leg: Some(Box::new(leg)) };
        if let Err(refused) = ask.to.send(Letter::Gift(Box::new(gift))) {
            // The other call's task is gone: nobody is left to talk with.
            drop(refused);
            self.shared.routes.remove_leg(edge.0);
            return self.shared.stack.send(edge, Command::Hangup { cause: Cause::Failed });
        }
        self.shared.routes.add_leg(edge.0, ask.to.clone(), ask.leg);
        self.gone.push(Gone { leg: id, to: ask.to, known_as: ask.leg });
    }

    /// What is said of a leg that went over to another call belongs there.
    pub(super) fn pass_on(&self, letter: Letter) -> Option<Letter> {
        let (Letter::Sip(id, _) | Letter::Media(id, _)) = &letter else { return Some(letter) };
        let Some(gone) = self.gone.iter().find(|gone| gone.leg == *id) else { return Some(letter) };
        let letter = match letter {
            Letter::Sip(_, signal) => Letter::Sip(gone.known_as, signal),
            Letter::Media(_, event) => Letter::Media(gone.known_as, event),
            other => other,
        };
        // That call may be over as well.
        let _ = gone.to.send(letter);
        None
    }

    /// The other call's answer; a leg that the machine does not want any more is hung up.
    pub(super) fn on_gift(&mut self, gift: Gift) {
        let Gift { ticket, released, leg } = gift;
        self.adopting = leg;
        self.feed(Input::Reply(ticket, Reply::Adopted(released)));
        if let Some(unwanted) = self.adopting.take() {
            self.shared.routes.remove_leg(unwanted.edge.0);
            self.shared.stack.send(unwanted.edge, Command::Hangup { cause: Cause::Failed });
        }
    }

    /// The leg that came over is one of ours now.
    pub(super) fn adopt(&mut self, id: LegId) {
        let Some(mut leg) = self.adopting.take() else { return };
        self.shared.routes.add_leg(leg.edge.0, self.mailbox.clone(), id);
        // Only legs of one media thread can be joined.
        if let (Some(media), Some(ours)) = (&mut leg.media, self.legs.values().find_map(|leg| leg.media.as_ref())) {
            media.move_beside(ours);
        }
        self.legs.insert(id, *leg);
        self.touched_by(id);
    }

    /// An INVITE is to take a leg's place (RFC 3891).
    pub(super) fn on_replacing(&mut self, old: LegId, replacing: Replacing) {
        let Replacing { tenant, extension, early_only, incoming } = replacing;
        let answered = self.legs.get(&old).is_some_and(|leg| leg.answered);
        let refusal = match () {
            () if tenant != self.tenant.id || self.finish.is_some() => Some(Cause::NotFound),
            // Section 3: answered meanwhile.
            () if early_only && answered => Some(Cause::Busy),
            () => None,
        };
        let edge = incoming.leg;
        if let Some(cause) = refusal {
            return self.shared.stack.send(edge, Command::Reject { cause });
        }
        let (leg, unfit) = self.describe(&incoming, Far::Extension(extension));
        if let Some(cause) = unfit {
            return self.shared.stack.send(edge, Command::Reject { cause });
        }
        let id = self.call.next_leg();
        self.shared.routes.add_leg(edge.0, self.mailbox.clone(), id);
        self.legs.insert(id, leg);
        self.touched_by(id);
        let party = Party::Extension { extension, contact: None };
        self.feed(Input::Replace { leg: old, party });
    }
}

fn give(to: &Mailbox, gift: Gift) {
    // The call that asked may be over.
    let _ = to.send(Letter::Gift(Box::new(gift)));
}

fn is_address(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().is_ok()
}
