//! Background work: what may wait for seconds.
//!
//! Here: webhooks. Start with [`webhook`].

pub mod webhook;
