//! The words that every other crate shares: ids, time, people and their rights, problems, pages, and the
//! words of a leg (what an edge tells a call, and what a call asks of an edge).
//!
//! Nothing here opens, waits, reads a clock or rolls dice. No transport is known: SIP numbers and RTP payloads
//! stay in their edges. Start with [`leg`], then [`flow`].

pub mod actor;
pub mod cause;
pub mod dialect;
pub mod flow;
pub mod id;
pub mod leg;
pub mod moment;
pub mod network;
pub mod page;
pub mod phone;
pub mod problem;
pub mod queue;
pub mod say;
pub mod trail;

pub use actor::{Actor, Permission, Role};
pub use cause::{Cause, EndedBy};
pub use dialect::Dialect;
pub use id::*;
pub use leg::{Digit, LegCommand, LegEvent};
pub use moment::{Moment, Timestamp};
pub use network::Network;
pub use page::{Page, PageRequest, Slice};
pub use phone::PhoneNumber;
pub use problem::{Faults, Kind, Problem};
pub use queue::{Enqueue, QueueOutcome};
pub use trail::TrailEntry;
