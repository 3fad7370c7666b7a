//! The flow crate.
