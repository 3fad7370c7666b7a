//! The API as a client sees it: the real router on a real database.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; the lint knows tests by their attribute only"
)]

mod access;
mod broadcasts;
mod calls;
mod captures;
mod companies;
mod configuration;
mod contacts;
mod departments;
mod documents;
mod events;
mod extensions;
mod flows;
mod greetings;
mod groups;
mod hotlines;
mod idempotency;
mod installation;
mod isolation;
mod keys;
mod memberships;
mod phone;
mod presence;
mod queues;
mod robustness;
mod schedules;
mod session;
mod simulation;
mod statistics;
mod support;
mod talks;
mod tickets;
mod trunks;
mod users;
mod views;
mod voicemail;
mod webhooks;
mod world;
mod written;
