//! The rest crate.
