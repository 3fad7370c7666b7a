//! The flow: an IVR as a graph of nodes, its check, and the pure machine that walks it.
//!
//! [`Graph`] is what is stored and what the API takes, [`Graph::validate`] names what is wrong with it, [`Flow`]
//! walks it for one caller, and [`trace`] tells what a flow would do without any call. Nothing here reads a clock,
//! plays a sound or knows a leg: the machine says [`model::flow::FlowCommand`] and hears [`model::flow::FlowEvent`].
//! `docs/specs/flow.md` has the JSON and examples.

mod deposit;
pub mod fault;
pub mod graph;
mod machine;
mod mailbox;
pub mod nodes;
mod steering;
mod text;
mod trace;
mod validate;

pub use deposit::Deposit;
pub use fault::{Fault, Wrong};
pub use graph::{Graph, Menu, Node, NodeId, Reference};
pub use machine::{Flow, FlowStep};
pub use mailbox::{Chore, Kept, Mailbox};
pub use steering::{Announcement, Steering};
pub use trace::{End, Fate, Step, Walked, trace, walk};
