//! SIP: messages, transports, transactions, dialogs, digest and registrar, and the tokio driver around them.
//!
//! Nothing here knows a tenant or a call: accounts and carriers come from a [`Directory`], legs are driven by
//! [`Command`]s and answer with [`Signal`]s, and session descriptions are opaque bytes. All but [`stack`] runs without
//! a clock or a socket. Start with [`Stack`], then `endpoint`.

pub mod auth;
pub mod build;
pub mod cause;
pub mod config;
mod dialog;
pub mod directory;
pub mod endpoint;
pub mod header;
pub mod keepalive;
pub mod limit;
pub mod locate;
pub mod message;
pub mod method;
pub mod name;
pub mod registrar;
pub mod stack;
pub mod timer;
mod trace;
mod transaction;
pub mod transport;
pub mod uri;

pub use build::{RequestBuilder, ResponseBuilder};
pub use cause::{cause_of, status_of};
pub use config::{Config, Expires, Limits};
pub use directory::{Account, Directory, Group, Source};
pub use endpoint::command::{Command, Credentials, Dial, Registration, Target};
pub use endpoint::event::{
    Contact, Distrust, Event, Incoming, Leg, Origin, Party, Refer, Refusal, Replaced, Signal, Subscribed, Text,
};
pub use endpoint::probing::Probe;
pub use message::Message;
pub use method::Method;
pub use name::Name;
pub use stack::{Counts, Stack};
pub use timer::Timing;
pub use trace::{Said, Trace};
pub use transport::{Flow, Transport};
