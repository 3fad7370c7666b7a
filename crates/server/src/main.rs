//! The `alo` binary.

fn main() {}
