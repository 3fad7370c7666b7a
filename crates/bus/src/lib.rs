//! The bus crate.
