//! Background work: what may wait for seconds.
//!
//! Here: webhooks, mail, sounds and speech, calls that the house places. Start with [`webhook`].

pub mod broadcast;
pub mod mail;
pub mod prompts;
pub mod recordings;
pub mod sound;
pub mod speech;
pub mod webhook;
