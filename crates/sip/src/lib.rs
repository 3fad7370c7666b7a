//! The sip crate.
