//! The telephone exchange of a company as records: extensions, carriers, hotlines, ring groups, flows, greetings, and
//! the records of calls. Live calls are not here; they ask the [`snapshot`], which answers from memory, and hand their
//! records to the [`calls::Journal`].
//!
//! Each noun has its shape and rules in `noun.rs`, what one can do in `noun/service.rs`, its SQL in `noun/repo.rs`. Start with
//! [`extension`], then [`snapshot`] and [`route`](route()).

pub mod agent;
pub mod broadcast;
pub mod callback;
pub mod callers;
pub mod calls;
pub mod capture;
mod config;
pub mod device;
pub mod disposition;
pub mod extension;
pub mod figures;
#[cfg(test)]
mod fixture;
pub mod flow;
pub mod greeting;
pub mod group;
pub mod handling;
pub mod held;
pub mod hotline;
pub mod installation;
pub mod limits;
pub mod manifest;
pub mod queue;
pub mod quota;
pub mod rating;
pub mod recording;
mod route;
pub mod schedule;
pub mod score;
pub mod simulate;
pub mod snapshot;
pub mod srtp;
pub mod target;
mod text;
pub mod trunk;
pub mod voicemail;

pub use route::{Caller, route};
pub use snapshot::Snapshot;
