//! One shard of the user agent, without any input or output of its own.

pub mod command;
pub mod event;
