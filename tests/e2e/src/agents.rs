//! Other people's agents, run as child processes.

pub mod baresip;
pub mod chromium;
pub mod sipp;
