//! A simulated world around one call: phones, carriers, an IVR and a driver, all on a virtual clock and all decided
//! by one seed. For development only.
//!
//! A hand-written scenario builds a [`World`], lets somebody call and asserts on what came of it (`tests/it`). A
//! random world ([`random`]) is built from its seed alone. In both the world watches its invariants after each step
//! ([`watch`]), and the same seed gives the same story, word for word.

pub mod dice;
pub mod edge;
pub mod far;
pub mod house;
pub mod keeper;
pub mod random;
pub mod story;
pub mod watch;
pub mod world;

pub use dice::Dice;
pub use far::{Act, Manner, OnHangup};
pub use house::House;
pub use watch::Broken;
pub use world::World;

use std::time::Duration;

/// So many milliseconds.
pub const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// So many seconds.
pub const fn secs(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// So many minutes.
pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}
