//! The faces of other vendors over HTTP, on a database of their own and with the engine's end of the bus in the test.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod antring;
mod broadcasts;
mod etelecom;
mod events;
mod fixtures;
mod heard;
mod imports;
mod load;
mod matrix;
mod omicall;
mod omicall_config;
mod omicall_contacts;
mod omicall_fixtures;
mod omicall_people;
mod receiver;
mod socket;
mod voicecloud;
mod voicecloud_agents;
mod voicecloud_fixtures;
mod world;
