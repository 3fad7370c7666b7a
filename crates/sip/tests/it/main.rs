//! Tests of the crate from outside.

mod corpus;
mod mutation;
mod stack;
mod torture;
