//! Development checks and benches.

fn main() {}
