//! Media threads against phones on real sockets of this machine.

mod digits;
mod latching;
mod life;
mod phone;
mod prompts;
mod recordings;
mod relaying;
