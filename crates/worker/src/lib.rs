//! Background work: what may wait for seconds.
//!
//! Here: webhooks and mail. Start with [`webhook`].

pub mod mail;
pub mod sound;
pub mod speech;
pub mod webhook;
