//! Media threads against phones on real sockets of this machine.

mod browser;
mod digits;
mod latching;
mod life;
mod phone;
mod prompts;
mod recordings;
mod relaying;
mod sealed;
mod tapping;
mod web;
