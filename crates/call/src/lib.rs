//! The call crate.
