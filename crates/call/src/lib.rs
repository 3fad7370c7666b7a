//! One call as a pure machine: who called, which phones rang, who talks with whom, and why it ended.
//!
//! [`Call::handle`] takes one [`Input`] and answers with [`Action`]s in the order to perform them;
//! [`Call::deadline`] says when to call [`Call::timeout`] when nothing happens before. Nothing here reads a clock,
//! rolls dice, opens or awaits; a fact that is needed is asked for ([`Action::Ask`]) and comes back as
//! [`Input::Reply`]. The words are in [`input`], [`action`], [`route`], [`event`] and [`summary`]; the machine
//! starts in `machine.rs` and each idea has its module: routing, placing, leading, forwarding, ringing, steering (by a flow), queueing,
//! talking, recording, hearing, guests (supervisors and conferences), transfer, ending.
//! `docs/specs/call.md` holds states, timers and examples.

pub mod action;
pub mod event;
pub mod input;
pub mod limits;
pub mod queue;
pub mod recording;
pub mod route;
pub mod summary;

mod ending;
mod forwarding;
mod guests;
mod hearing;
mod leading;
mod leg;
mod machine;
mod placing;
mod queueing;
mod ringing;
mod routing;
mod steering;
mod supervision;
mod survey;
mod talking;
mod telling;
mod timers;
mod transfer;
mod wish;

pub use action::{Action, Question, Released, RingsAs, Script, Ticket};
pub use event::{Event, Side};
pub use guests::Role;
pub use input::{Input, Onward, Origin, Reply};
pub use limits::Limits;
pub use machine::Call;
pub use queue::{QueueNews, QueueOrder, Visit};
pub use recording::{Recording, RecordingRule, Talk};
pub use route::{Direction, RingMember, RingPlan, Route, RouteTarget, Strategy, TrunkStep};
pub use summary::{LegKind, LegSummary, Party, Summary};
pub use supervision::Supervision;
pub use telling::most_telling;
pub use transfer::Given;
pub use wish::{Unfit, Wish};
