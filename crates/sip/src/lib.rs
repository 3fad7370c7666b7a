//! SIP: messages, transports, transactions, dialogs, digest and registrar, and the tokio driver around them.
//!
//! Nothing here knows a tenant or a call: accounts and carriers come from a [`Directory`], legs are driven by
//! [`Command`]s and answer with [`Signal`]s, and session descriptions are opaque bytes. All but [`stack`] runs without
//! a clock or a socket. Start with [`Stack`], then `endpoint`.

pub mod cause;
pub mod directory;
pub mod endpoint;
pub mod stack;
pub mod transport;

pub use cause::{cause_of, status_of};
pub use directory::{Account, Directory};
pub use endpoint::command::{Command, Credentials, Dial, Registration, Target};
pub use endpoint::event::{Contact, Event, Incoming, Leg, Origin, Party, Signal};
pub use stack::config::{Config, Expires, Limits, Timing};
pub use stack::{Counts, Stack};
pub use transport::{Flow, Transport};
