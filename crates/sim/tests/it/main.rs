//! Scenarios told by hand, and random worlds.

mod carriers;
mod click;
mod conferences;
mod flows;
mod forwards;
mod groups;
mod internal;
mod queues;
mod races;
mod random;
mod supervision;
mod talks;
mod transfers;
mod voicemail;
