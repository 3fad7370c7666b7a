//! One agent: what they wish, what they do, and whether they may be offered a caller.

use crate::{Capacity, Load, Skills, Strategy};
use model::{CallId, ExtensionId, Moment, QueueId};

/// What an agent wants, kept over restarts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Wish {
    /// To be left alone.
    #[default]
    Offline,
    /// To take calls.
    Available,
    /// To take none for a while, and why.
    Paused(String),
}

impl Wish {
    /// The reason of a pause that we order ourselves.
    pub const MISSED: &'static str = "missed";
}

/// What an agent does, as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentState {
    /// Not at work.
    Offline,
    /// Takes calls.
    Available,
    /// Takes none for a while, and why.
    Paused(String),
    /// The phone rings for a caller.
    Offered {
        /// For which one.
        call: CallId,
        /// Of which queue.
        queue: QueueId,
    },
    /// On the phone.
    OnCall {
        /// With a caller of a queue; none for a call beside the queues.
        call: Option<(CallId, QueueId)>,
    },
    /// Left in peace after a talk.
    WrapUp,
}

impl AgentState {
    /// The stable word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            AgentState::Offline => "offline",
            AgentState::Available => "available",
            AgentState::Paused(_) => "paused",
            AgentState::Offered { .. } => "offered",
            AgentState::OnCall { .. } => "on_call",
            AgentState::WrapUp => "wrap_up",
        }
    }
}

/// An agent as the driver shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentView {
    /// Who.
    pub agent: ExtensionId,
    /// What they do.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// Whether a phone of theirs is registered.
    pub reachable: bool,
    /// How many offers in a row they have missed.
    pub missed: u32,
    /// In which queues they work.
    pub queues: Vec<QueueId>,
}

/// What an agent is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Nothing,
    Offered(CallId, QueueId),
    Talking(CallId, QueueId),
    WrapUp,
}

/// An agent's place in one queue.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) queue: QueueId,
    pub(crate) level: u8,
    pub(crate) skills: Skills,
    /// When the agent was last offered a caller of this queue, in the order of all offers.
    pub(crate) turn: u64,
    /// How many callers of this queue they took.
    pub(crate) answered: u64,
}

/// The order in which the free agents of a queue are asked.
pub(crate) type Turn = (u8, u64, u64, ExtensionId);

#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) wish: Wish,
    pub(crate) reachable: bool,
    pub(crate) lines: u32,
    pub(crate) capacity: Capacity,
    pub(crate) work: Work,
    pub(crate) resting: bool,
    pub(crate) missed: u32,
    pub(crate) idle_since: Moment,
    /// When the talk with a caller began.
    pub(crate) talks_since: Moment,
    pub(crate) seats: Vec<Seat>,
    /// What the world was told last, and when that began.
    pub(crate) told: (AgentState, Moment),
}

impl Agent {
    pub(crate) fn new(now: Moment) -> Agent {
        Agent {
            wish: Wish::Offline,
            reachable: false,
            lines: 0,
            capacity: Capacity::default(),
            work: Work::Nothing,
            resting: false,
            missed: 0,
            idle_since: now,
            talks_since: now,
            seats: Vec::new(),
            told: (AgentState::Offline, now),
        }
    }

    /// Whether a caller may be offered now.
    pub(crate) fn is_free(&self) -> bool {
        self.wish == Wish::Available
            && self.reachable
            && self.lines == 0
            && self.work == Work::Nothing
            && !self.resting
            && self.capacity.fits(Load::CALL)
    }

    /// Whether somebody is at work, be it on a pause.
    pub(crate) fn is_logged_in(&self) -> bool {
        self.wish != Wish::Offline
    }

    /// Whether calls come to them, now or when they are done with the present one.
    pub(crate) fn is_working(&self) -> bool {
        self.wish == Wish::Available && self.reachable
    }

    pub(crate) fn state(&self) -> AgentState {
        match (self.work, &self.wish) {
            (Work::Offered(call, queue), _) => AgentState::Offered { call, queue },
            (Work::Talking(call, queue), _) => AgentState::OnCall { call: Some((call, queue)) },
            (Work::Nothing | Work::WrapUp, Wish::Offline) => AgentState::Offline,
            (Work::Nothing | Work::WrapUp, Wish::Paused(reason)) => AgentState::Paused(reason.clone()),
            (Work::WrapUp, Wish::Available) => AgentState::WrapUp,
            (Work::Nothing, Wish::Available) if self.lines > 0 => AgentState::OnCall { call: None },
            (Work::Nothing, Wish::Available) => AgentState::Available,
        }
    }

    /// Begins work that takes a person as a call does, in place of what was done before.
    pub(crate) fn begin(&mut self, work: Work) {
        if self.work != Work::Nothing {
            self.capacity.give_back(Load::CALL);
        }
        self.work = work;
        if work != Work::Nothing {
            // Who takes a call while chats are open does both.
            let _ = self.capacity.take(Load::CALL);
        }
    }

    pub(crate) fn seat(&self, queue: QueueId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.queue == queue)
    }

    pub(crate) fn seat_mut(&mut self, queue: QueueId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.queue == queue)
    }

    /// The agent's place among the free ones of a queue.
    pub(crate) fn turn(&self, id: ExtensionId, seat: &Seat, strategy: Strategy) -> Turn {
        let idle = self.idle_since.as_nanos();
        let (first, second) = match strategy {
            Strategy::LongestIdle | Strategy::RingAll => (idle, seat.turn),
            Strategy::RoundRobin => (seat.turn, 0),
            Strategy::LeastCalls => (seat.answered, idle),
        };
        (seat.level, first, second, id)
    }
}

impl Seat {
    /// Whether the agent can what a caller needs.
    pub(crate) fn serves(&self, needs: &Skills) -> bool {
        needs.iter().all(|(skill, least)| self.skills.get(skill).is_some_and(|level| level >= least))
    }
}
