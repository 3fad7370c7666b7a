//! The sound of calls: session descriptions, RTP and RTCP, relaying, prompts, key presses, recording, quality figures.
//!
//! A few plain threads own all sockets and forward packets the moment they arrive; another writes recordings. No call
//! is known here: the owner opens a [`Leg`] for each far side, negotiates on it, bridges, plays and records, and reads
//! [`Event`]s. Start with [`Media`] and [`Leg`]; `docs/specs/relay.md` has the rules of the packet path and
//! `docs/specs/sdp.md` those of negotiation.

mod codec;
mod command;
mod config;
#[cfg(test)]
mod dice;
mod direction;
pub mod dtls;
mod dtmf;
mod event;
pub mod g711;
mod g722;
pub mod ice;
mod latch;
mod leg;
mod media;
mod mix;
pub mod negotiation;
mod opus;
mod outgoing;
mod player;
mod ports;
mod reception;
mod recording;
mod resample;
pub mod rtcp;
pub mod rtp;
pub mod sdes;
pub mod sdp;
mod socket;
pub mod sound;
pub mod srtp;
pub mod stun;
mod tap;
mod transcoder;
mod worker;

pub use codec::{Codec, Codecs, Law};
pub use config::Config;
pub use direction::Direction;
pub use dtmf::parse_info_digit;
pub use event::{Counts, Event, Quality, Security};
pub use leg::Leg;
pub use media::{Media, OpenError, Step};
pub use mix::{Hearing, Mix};
pub use negotiation::{NegotiationError, Offer, Policy, Profile, Taste, Video};
pub use sound::Sound;
pub use tap::Tap;
