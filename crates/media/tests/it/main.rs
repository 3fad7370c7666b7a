//! Media threads against phones on real sockets of this machine.

mod associations;
mod browser;
mod digits;
mod latching;
mod life;
mod mixing;
mod moving;
mod ogg;
mod phone;
mod prompts;
mod recordings;
mod reference;
mod relaying;
mod sealed;
mod tapping;
mod transcoding;
mod video;
mod web;
