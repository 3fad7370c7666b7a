//! Key presses in their three forms: telephone events (RFC 4733), INFO bodies, and tones in the sound itself.

pub(crate) mod event;
pub(crate) mod inband;
mod info;

pub use info::parse_info_digit;
