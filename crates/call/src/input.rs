//! What the driver tells a call.

use crate::{Given, Party, QueueOrder, RecordingRule, Released, RingPlan, Route, Ticket, Wish};
use model::flow::FlowCommand;
use model::{Cause, ExtensionId, HotlineId, LegEvent, LegId, QueueId, TrailEntry, TrunkId};
use std::time::Duration;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Somebody calls: leg 0 came in. The first input of such a call.
    Offered {
        /// Where from.
        origin: Origin,
        /// The number that was dialled, as it came.
        dialled: String,
        /// The caller's number, as it came.
        caller_number: String,
        /// The caller's name; may be empty.
        caller_name: String,
    },
    /// Click-to-call: ring the extension's own phones first, then dial `to`. The first input of such a call.
    Originate {
        /// Whose phones ring first; this is the calling side.
        extension: ExtensionId,
        /// The extension's number, for the record.
        caller_number: String,
        /// The extension's name; may be empty.
        caller_name: String,
        /// Whom to call then, as it was asked for.
        to: String,
    },
    /// The house itself calls somebody: who answers meets [`Script::Placed`](crate::Script::Placed). The first input of such
    /// a call.
    Place {
        /// The hotline that is shown.
        hotline: HotlineId,
        /// Its number.
        caller_number: String,
        /// Whom to call, as it was asked for.
        to: String,
    },
    /// Something happened on a leg.
    Leg(LegId, LegEvent),
    /// The answer to an [`Action::Ask`](crate::Action::Ask).
    Reply(Ticket, Reply),
    /// The flow that steers the call wants something.
    Flow(FlowCommand),
    /// The queue that the caller waits in wants something.
    Queue(QueueId, QueueOrder),
    /// A decision made elsewhere for this call (by the flow, by the driver), to be kept in its trail.
    Trail(TrailEntry),
    /// Another call wants to take over whom this extension talks with here (an attended transfer). Answered by
    /// [`Action::Release`](crate::Action::Release).
    Release {
        /// The extension's leg.
        leg: LegId,
        /// Who asks.
        extension: ExtensionId,
    },
    /// An INVITE came in that wants a leg's place (RFC 3891). It is the leg [`Call::next_leg`](crate::Call::next_leg).
    Replace {
        /// The leg whose place it wants.
        leg: LegId,
        /// Who it is.
        party: Party,
    },
    /// Somebody wants something of the talk: to supervise it, to bring in a third.
    Wish {
        /// Who, for the trail.
        by: String,
        /// What.
        wish: Wish,
    },
    /// An order from outside to end the call: the API, or the server that stops.
    Hangup {
        /// Why; kept in the record.
        cause: Cause,
    },
}

/// Where a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A carrier brought it.
    Trunk(TrunkId),
    /// One of our extensions makes it.
    Extension(ExtensionId),
    /// The house itself makes it, from one of its hotlines.
    Hotline(HotlineId),
}

/// Where a call goes that failed at an extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// To a number, as the extension would dial it.
    Number(String),
    /// To the extension's mailbox.
    Voicemail,
}

/// The answer to a [`Question`](crate::Question).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To `Question::Route`.
    Route(Box<Route>),
    /// To `Question::Locate`: the keys of the registered phones, best first; empty when none is registered.
    Contacts(Vec<u64>),
    /// To `Question::Locate`: the same, of an extension that has a ringing time of its own, or forwards.
    Ring {
        /// The keys of the registered phones, best first.
        contacts: Vec<u64>,
        /// How long it rings; the usual time when missing.
        ring_for: Option<Duration>,
        /// Whether to ask where the call goes when it fails here.
        forwards: bool,
    },
    /// To `Question::Locate`: the extension is not to be rung now, for this reason.
    Away(Cause),
    /// To `Question::Locate`: the same, but ask where the call goes.
    Forwarded(Cause),
    /// To `Question::Forward`: where it goes; none when it goes nowhere.
    Forward(Option<Onward>),
    /// To `Question::Group`: how the group rings; none when there is no such group.
    Group(Option<RingPlan>),
    /// To `Question::Recording`.
    Recording(RecordingRule),
    /// To `Question::Adopt`: whom the other call gave away.
    Adopted(Released<Given>),
}
