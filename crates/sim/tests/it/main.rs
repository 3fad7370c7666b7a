//! Scenarios told by hand, and random worlds.

mod carriers;
mod click;
mod flows;
mod forwards;
mod groups;
mod internal;
mod queues;
mod races;
mod random;
mod talks;
mod transfers;
mod voicemail;
