//! Webhooks, by the Standard Webhooks text: every event of a company goes to each endpoint that wants its kind, at
//! least once, in order per call (or other thing), signed, with back-off, a log of attempts, a list of dead letters and a replay.
//!
//! [`service`] is what people do with endpoints; [`sender`] is the machine: `fan_out` turns events of the outbox into
//! deliveries, one `lane` task per endpoint sends them, `ledger` writes down what came of it. An endpoint may want another vendor's words: see [`tongue`]. All state is in SQL, so
//! a killed process goes on where it was. [`address`] keeps us out of inner networks.

pub mod address;
pub mod endpoint;
pub mod schedule;
pub mod sender;
pub mod service;
pub mod sign;
pub mod tongue;

mod client;
mod fan_out;
mod lane;
mod ledger;
mod lookup;
mod repo;

pub use address::Guard;
pub use endpoint::{Attempt, Delivery, Endpoint, EndpointPatch, NewEndpoint, State};
pub use lookup::Lookups;
pub use sender::{Config, Sender};

#[cfg(test)]
mod tests;
