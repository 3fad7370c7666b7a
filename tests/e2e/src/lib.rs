//! The harness of the end-to-end tests: it starts the real `alo` binary with its own data directory and its own
//! loopback address, and talks to it as the world does.
//!
//! - [`Server`] starts, kills and asks the binary ([`server`]).
//! - [`Phone`] is a scripted SIP and RTP agent for exact assertions ([`phone`]); a carrier is a phone that does not
//!   register, and may be a registrar itself.
//! - [`agents`] runs other people's agents, sipp and baresip, to prove that it is not only our own dialect that works.
//! - [`authority`] vouches for names, [`acme`] is one that gives certificates by RFC 8555, [`dns`] is a name server.
//! - [`secure`] is the client side of TLS.
//! - [`Postgres`] is a database server that a test can stop in the middle of a call, [`SlowWire`] one that answers late.
//! - [`Wall`] is a wall clock that jumps.
//! - [`wait`] waits for conditions. Nothing here sleeps for a guess.
//!
//! The tests are in `tests/it`, one file a subject.

pub mod acme;
pub mod agents;
pub mod authority;
mod binary;
pub mod dns;
mod files;
pub mod phone;
mod postgres;
pub mod secure;
pub mod server;
mod slow;
pub mod tone;
pub mod wait;
mod wall;
pub mod wav;
pub mod webhook;

pub use files::raise_open_files;
pub use phone::{Call, Codec, Phone};
pub use postgres::Postgres;
pub use server::{Plan, Server};
pub use slow::SlowWire;
pub use wait::until;
pub use wall::Wall;
