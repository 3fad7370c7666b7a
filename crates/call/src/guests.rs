//! Who is in a call beside the two who talk: supervisors, and others who make it a conference. Each has steps of its own
//! from being called to leaving; what becomes of them changes nothing for the two, until one of the two leaves and
//! another goes on in their place.

mod calling;
mod leaving;
mod wishes;

use crate::machine::{Call, Stage};
use crate::{Supervision, Ticket, TrunkStep};
use model::{ExtensionId, LegId};
use std::collections::VecDeque;

/// More than this do not take part beside the two.
const MOST: usize = 8;

/// All guests of a call.
#[derive(Debug, Default)]
pub(crate) struct Guests {
    all: Vec<Guest>,
    /// How many there have been: the number of the next one.
    numbered: u16,
}

/// Somebody beside the two.
#[derive(Debug)]
pub(crate) struct Guest {
    /// Names its timer.
    number: u16,
    pub(crate) role: Role,
    /// Whose phone it is, where it is one of ours.
    extension: Option<ExtensionId>,
    /// The number and name that its phone shows.
    shown: (String, String),
    step: Step,
}

/// As what somebody takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Supervises, in this way.
    Supervisor(Supervision),
    /// Talks with the others: a conference.
    Party,
}

impl Role {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Supervisor(_) => "supervisor",
            Role::Party => "party",
        }
    }
}

/// How far a guest has come.
#[derive(Debug)]
enum Step {
    /// Asked where the number leads, or where the phones are.
    Asked(Ticket),
    /// These legs ring; behind them, carriers that have not been tried.
    Ringing { legs: Vec<LegId>, ahead: VecDeque<TrunkStep> },
    /// Takes part.
    In(LegId),
}

impl Guest {
    fn leg(&self) -> Option<LegId> {
        match &self.step {
            Step::In(leg) => Some(*leg),
            Step::Asked(_) | Step::Ringing { .. } => None,
        }
    }

    fn has(&self, id: LegId) -> bool {
        match &self.step {
            Step::In(leg) => *leg == id,
            Step::Ringing { legs, .. } => legs.contains(&id),
            Step::Asked(_) => false,
        }
    }

    fn supervises(&self, extension: ExtensionId) -> bool {
        matches!(self.role, Role::Supervisor(_)) && self.extension == Some(extension)
    }
}

impl Call {
    fn all_guests(&self) -> &[Guest] {
        self.guests.as_ref().map_or(&[], |guests| &guests.all)
    }

    fn guest_mut(&mut self, wanted: impl Fn(&Guest) -> bool) -> Option<&mut Guest> {
        self.guests.as_mut()?.all.iter_mut().find(|guest| wanted(guest))
    }

    fn take_guest(&mut self, wanted: impl Fn(&Guest) -> bool) -> Option<Guest> {
        let guests = self.guests.as_mut()?;
        let place = guests.all.iter().position(wanted)?;
        Some(guests.all.remove(place))
    }

    /// Whether this leg is that of a guest, whatever it does.
    pub(crate) fn is_guest(&self, id: LegId) -> bool {
        self.all_guests().iter().any(|guest| guest.has(id))
    }

    /// Whether others than the two take part in the talk or are called for it.
    pub(crate) fn is_conference(&self) -> bool {
        self.all_guests().iter().any(|guest| guest.role == Role::Party)
    }

    /// The legs of those who take part beside the two, with their roles, in the order in which they came.
    pub(crate) fn guests_in(&self) -> impl Iterator<Item = (LegId, Role)> {
        self.all_guests().iter().filter_map(|guest| Some((guest.leg()?, guest.role)))
    }

    /// The two who talk, the calling side first.
    pub(crate) fn two(&self) -> Option<(LegId, LegId)> {
        match &self.stage {
            Stage::Talking { callee } => Some((self.caller?, *callee)),
            Stage::Fresh
            | Stage::Routing(_)
            | Stage::Steered
            | Stage::Choosing(_)
            | Stage::Queued(_)
            | Stage::Ringing(_)
            | Stage::Transferring(_)
            | Stage::Over => None,
        }
    }

    /// Who of the two is our agent: an extension, on the called side when both are.
    pub(crate) fn agent(&self) -> Option<LegId> {
        let (caller, callee) = self.two()?;
        [callee, caller].into_iter().find(|id| self.extension_of(*id).is_some())
    }

    pub(crate) fn extension_of(&self, id: LegId) -> Option<ExtensionId> {
        self.legs.get(id).and_then(|leg| leg.party.extension())
    }
}
