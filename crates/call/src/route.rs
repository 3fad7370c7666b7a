//! Where a call goes: the answer to [`Question::Route`](crate::Question::Route), and how groups and carriers are tried.

use model::leg::Sound;
use model::{Cause, ExtensionId, FlowId, GroupId, HotlineId, QueueId, TrunkId};
use std::time::Duration;

/// Where a call goes and how it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which way the call goes, seen from the company.
    pub direction: Direction,
    /// The hotline that was called, or whose number is shown to the outside.
    pub hotline: Option<HotlineId>,
    /// The number shown to the far side.
    pub caller_number: String,
    /// The name shown to the far side; may be empty.
    pub caller_name: String,
    /// The target.
    pub to: RouteTarget,
    /// Whether talks of this call are recorded.
    pub record: bool,
    /// Why it goes there, one sentence for the trail.
    pub reason: String,
    /// The facts behind the reason.
    pub facts: Vec<(&'static str, String)>,
}

/// Which way a call goes, seen from the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the outside to us.
    Inbound,
    /// From us to the outside.
    Outbound,
    /// Between our own extensions.
    Internal,
}

impl Direction {
    /// All directions.
    pub const ALL: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Outbound => "outbound",
            Direction::Internal => "internal",
        }
    }

    /// The direction with this word.
    pub fn parse(word: &str) -> Option<Direction> {
        Direction::ALL.into_iter().find(|d| d.as_str() == word)
    }
}

/// What a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteTarget {
    /// Answer and let this flow steer.
    Flow(FlowId),
    /// Ring the phones of one extension.
    Extension(ExtensionId),
    /// Ring a group.
    Group(GroupId),
    /// Answer, play this to its end and hang up.
    Announcement(Sound),
    /// Let the caller wait for an agent.
    Queue(QueueId),
    /// Let the caller leave a message for an extension.
    Voicemail(ExtensionId),
    /// Let the extension listen to its messages.
    Mailbox(ExtensionId),
    /// Go out through carriers, tried in this order.
    Trunk(Vec<TrunkStep>),
    /// Refuse.
    Reject(Cause),
}

/// One carrier to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkStep {
    /// The carrier.
    pub trunk: TrunkId,
    /// The number as this carrier wants it.
    pub number: String,
}

/// How a group rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingPlan {
    /// Together or one after another, and by whose clock.
    pub strategy: Strategy,
    /// Who, in the order in which they ring: whoever makes the plan has thrown the dice already.
    pub members: Vec<RingMember>,
    /// How long to ring: all together, or each one that has no time of its own. Kept between 1 s and 10 min.
    pub ring_for: Duration,
    /// Where the call goes when nobody of the group answered; without it the group has failed.
    pub otherwise: Option<RouteTarget>,
}

/// One of those who ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RingMember {
    /// Who.
    pub extension: ExtensionId,
    /// How long after the others it begins to ring, where several ring together; at once when nobody else rings any more.
    pub delay: Duration,
    /// How long it rings; as long as the plan says without it.
    pub ring_for: Option<Duration>,
}

impl RingMember {
    /// One that rings at once and as long as the plan says.
    pub const fn plain(extension: ExtensionId) -> RingMember {
        RingMember { extension, delay: Duration::ZERO, ring_for: None }
    }
}

/// The order in which a group rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// All members at once, on one clock: when the plan's time is over nobody rings any more.
    Simultaneous,
    /// One member after another, whether on a call or not.
    Sequence,
    /// One member after another in an order drawn for each call.
    Random,
    /// One member after another; who is on a call is passed over.
    Rollover,
    /// All members at once, each on a clock of its own that begins when it begins to ring.
    Enterprise,
}

impl Strategy {
    /// All strategies.
    pub const ALL: [Strategy; 5] =
        [Strategy::Simultaneous, Strategy::Sequence, Strategy::Random, Strategy::Rollover, Strategy::Enterprise];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Strategy::Simultaneous => "simultaneous",
            Strategy::Sequence => "sequence",
            Strategy::Random => "random",
            Strategy::Rollover => "rollover",
            Strategy::Enterprise => "enterprise",
        }
    }

    /// The strategy with this word.
    pub fn parse(word: &str) -> Option<Strategy> {
        Strategy::ALL.into_iter().find(|s| s.as_str() == word)
    }
}
