//! What each event of a call means to who listens: what the vendor's switch says of it, and what is kept of the call.

use super::binding::Event;
use call::{Direction, Side};
use model::{ExtensionId, HotlineId};

/// The meaning of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning<'a> {
    /// What the vendor's switch says, in this order.
    pub(super) says: &'static [Event],
    /// What is kept.
    pub(super) keeps: Keeps<'a>,
}

/// What is kept of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Keeps<'a> {
    /// Nothing.
    Nothing,
    /// It began.
    Began {
        direction: Direction,
        from: &'a str,
        to: &'a str,
        hotline: Option<HotlineId>,
        extension: Option<ExtensionId>,
    },
    /// A phone of the called side rings.
    Rang(Option<ExtensionId>),
    /// The called side picked up.
    Answered(Option<ExtensionId>),
    /// It is over.
    Ended,
}

/// The one table.
pub(super) fn meaning(event: &call::Event) -> Meaning<'_> {
    let means = |says, keeps| Meaning { says, keeps };
    match event {
        call::Event::Started { direction, hotline, from, to, extension } => {
            let (direction, hotline, extension) = (*direction, *hotline, *extension);
            means(&[Event::Create], Keeps::Began { direction, from, to, hotline, extension })
        }
        call::Event::Ringing { side: Side::Callee, extension, .. } => means(&[], Keeps::Rang(*extension)),
        call::Event::Answered { side: Side::Callee, extension, .. } => {
            means(&[Event::Answer, Event::Bridge], Keeps::Answered(*extension))
        }
        call::Event::Answered { side: Side::Caller, .. } => means(&[Event::Answer], Keeps::Nothing),
        call::Event::Held { .. } => means(&[Event::Hold], Keeps::Nothing),
        call::Event::Resumed { .. } => means(&[Event::Unhold], Keeps::Nothing),
        call::Event::Ended { .. } => means(&[Event::Destroy], Keeps::Ended),
        call::Event::Ringing { side: Side::Caller, .. }
        | call::Event::QueueJoined { .. }
        | call::Event::QueueLeft { .. }
        | call::Event::Transferred { .. }
        | call::Event::Joined { .. }
        | call::Event::NotJoined { .. }
        | call::Event::Left { .. }
        | call::Event::Supervised { .. }
        | call::Event::Digit { .. } => means(&[], Keeps::Nothing),
    }
}
