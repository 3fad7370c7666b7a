//! The queues of one company as a pure machine: callers wait, agents are offered them, one at a time.
//!
//! [`Center::handle`] takes one [`Input`] and answers with [`Command`]s in the order to perform them;
//! [`Center::deadline`] says when to call [`Center::timeout`] when nothing happens before. Nothing here reads a clock,
//! rolls dice, opens or awaits. All queues of a company live in one machine, because an agent works in several of them
//! with one [`Capacity`]. Start with `center.rs`; who is chosen stands in `choosing.rs`, what an agent does in `agent.rs`.
//! `docs/specs/queue.md` holds states, timers and examples.

mod agent;
mod capacity;
mod center;
mod choosing;
mod command;
mod config;
mod figures;
mod input;
mod line;
mod timers;

pub use agent::{AgentState, AgentView, Wish};
pub use capacity::{Capacity, Load};
pub use center::{CallerView, Center};
pub use command::{Chosen, Command, Outcome, Why};
pub use config::{CallBack, Delays, Joining, Member, Queue, Skills, Strategy};
pub use figures::Figures;
pub use input::{Input, Refusal};
