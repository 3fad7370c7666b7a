//! The account crate.
