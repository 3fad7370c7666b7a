//! What a call knows about each of its legs.

use crate::{LegKind, LegSummary, Party};
use model::{Cause, LegId, Moment};

/// How far a leg has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It came in and we have not answered.
    Offered,
    /// We dialled it; nothing came back.
    Dialled,
    /// We dialled it; the far side works on it.
    Reacted,
    /// The far side rings.
    Ringing,
    /// It is answered.
    Up,
    /// We asked for its end.
    Leaving,
    /// It is over.
    Gone,
}

/// What we play to a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sounding {
    Nothing,
    Once,
    Repeating,
}

#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) kind: LegKind,
    pub(crate) party: Party,
    pub(crate) state: State,
    pub(crate) started: Moment,
    pub(crate) ringing: Option<Moment>,
    pub(crate) answered: Option<Moment>,
    pub(crate) ended: Option<(Moment, Cause)>,
    /// The far side put us on hold.
    pub(crate) held: bool,
    pub(crate) sounding: Sounding,
    /// When a sound was last stopped or replaced before its end: word of that end may still be under way to us.
    pub(crate) interrupted: Option<Moment>,
    /// Its answer crossed our hang-up, which was said again.
    pub(crate) late: bool,
}

impl Leg {
    pub(crate) fn new(kind: LegKind, party: Party, now: Moment) -> Leg {
        let state = match kind {
            LegKind::In => State::Offered,
            LegKind::Out => State::Dialled,
        };
        Leg {
            kind,
            party,
            state,
            started: now,
            ringing: None,
            answered: None,
            ended: None,
            held: false,
            sounding: Sounding::Nothing,
            interrupted: None,
            late: false,
        }
    }

    /// Whether it still counts: neither gone nor asked to go.
    pub(crate) fn is_live(&self) -> bool {
        match self.state {
            State::Offered | State::Dialled | State::Reacted | State::Ringing | State::Up => true,
            State::Leaving | State::Gone => false,
        }
    }

    /// The cause when it was left ringing for too long: a far side that never reacted is not there.
    pub(crate) fn cause_of_silence(&self) -> Cause {
        match self.state {
            State::Dialled => Cause::Unreachable,
            State::Offered | State::Reacted | State::Ringing | State::Up | State::Leaving | State::Gone => {
                Cause::NoAnswer
            }
        }
    }

    pub(crate) fn end(&mut self, now: Moment, cause: Cause) {
        self.ended.get_or_insert((now, cause));
    }

    pub(crate) fn summary(&self, leg: LegId, now: Moment) -> LegSummary {
        let (ended, cause) = self.ended.unwrap_or((now, Cause::Failed));
        LegSummary {
            leg,
            kind: self.kind,
            party: self.party.clone(),
            started: self.started,
            ringing: self.ringing,
            answered: self.answered,
            ended,
            cause,
        }
    }
}

/// All legs of a call; a leg's id is its place.
#[derive(Debug, Default)]
pub(crate) struct Legs(Vec<Leg>);

impl Legs {
    pub(crate) fn add(&mut self, leg: Leg) -> LegId {
        // Most calls have two legs, so room for two comes first.
        if self.0.capacity() == 0 {
            self.0.reserve_exact(2);
        }
        let id = self.next_id();
        self.0.push(leg);
        id
    }

    /// The id of the next leg.
    pub(crate) fn next_id(&self) -> LegId {
        LegId(u16::try_from(self.0.len()).unwrap_or(u16::MAX))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, id: LegId) -> Option<&Leg> {
        self.0.get(usize::from(id.0))
    }

    pub(crate) fn get_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.0.get_mut(usize::from(id.0))
    }

    pub(crate) fn all_gone(&self) -> bool {
        self.0.iter().all(|leg| leg.state == State::Gone)
    }

    /// The ids of the legs that still count.
    pub(crate) fn live(&self) -> Vec<LegId> {
        self.iter().filter(|(_, leg)| leg.is_live()).map(|(id, _)| id).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (LegId, &Leg)> {
        (0u16..).map(LegId).zip(&self.0)
    }
}
