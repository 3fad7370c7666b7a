//! The pbx crate.
