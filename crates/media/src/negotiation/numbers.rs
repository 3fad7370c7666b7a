//! Which payload type means what in our descriptions. A number keeps its meaning for the life of a session, and none
//! means two things (RFC 3264 section 8.3.2).

use super::{Mapping, remote};
use crate::Codec;
use crate::sdp::Medium;

/// What a payload type can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Codec(Codec),
    /// Telephone events of this clock.
    Events(u32),
    Noise,
}

impl Name {
    /// The number that is usual for it.
    fn usual(self) -> u8 {
        match self {
            Name::Codec(codec) => codec.payload_type(),
            Name::Events(48_000) => 102,
            Name::Events(_) => 101,
            Name::Noise => 13,
        }
    }
}

/// Room for all names.
const ALL: usize = Codec::ALL.len() + 3;

/// The numbers that have a meaning so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Numbers([Option<(Name, u8)>; ALL]);

impl Numbers {
    /// What the far side's description calls what we know.
    pub(super) fn of(medium: &Medium, codecs: &[Mapping]) -> Numbers {
        let mut numbers = Numbers::default();
        for mapping in codecs {
            numbers.set(Name::Codec(mapping.codec), mapping.payload_type);
        }
        for events in [8000, 48_000].into_iter().filter_map(|clock| remote::events_of(medium, clock)) {
            numbers.set(Name::Events(events.clock), events.payload_type);
        }
        if let Some(noise) = remote::noise(medium) {
            numbers.set(Name::Noise, noise);
        }
        numbers
    }

    /// The number for this name, if it has one.
    pub(super) fn get(&self, name: Name) -> Option<u8> {
        self.0.iter().flatten().find(|(known, _)| *known == name).map(|(_, number)| *number)
    }

    /// Whether the number means something.
    pub(super) fn uses(&self, number: u8) -> bool {
        self.0.iter().flatten().any(|(_, used)| *used == number)
    }

    /// The number for this name; a new name gets the usual one, or a free one when that is taken.
    pub(super) fn number(&mut self, name: Name) -> u8 {
        if let Some(number) = self.get(name) {
            return number;
        }
        let usual = name.usual();
        let free = std::iter::once(usual).chain(96..=127).find(|number| !self.uses(*number)).unwrap_or(usual);
        self.set(name, free);
        free
    }

    fn set(&mut self, name: Name, number: u8) {
        if self.get(name).is_none()
            && let Some(place) = self.0.iter_mut().find(|place| place.is_none())
        {
            *place = Some((name, number));
        }
    }
}
