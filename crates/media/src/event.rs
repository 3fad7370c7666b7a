//! What the media threads tell their owner.

use crate::Codec;
use model::Digit;
use std::path::PathBuf;

/// Something happened on a leg. `tag` is what the leg was opened with.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A key was pressed (RFC 4733 or in-band; INFO is the signalling's business).
    Digit {
        /// The leg.
        tag: u64,
        /// The key.
        digit: Digit,
    },
    /// The sound of the last `play` came to its end. Not sent when it was stopped or replaced.
    PlayDone {
        /// The leg.
        tag: u64,
    },
    /// Neither RTP nor RTCP has arrived for the configured time. Sent once for each such silence.
    Silent {
        /// The leg.
        tag: u64,
    },
    /// What is recorded of the leg alone has been silence for as long as was asked. Sent once for each such recording.
    Quiet {
        /// The leg.
        tag: u64,
    },
    /// A recording has ended and its file is closed. Sent once for each `record`.
    Recorded {
        /// The leg whose sound is in the left channel.
        tag: u64,
        /// The file.
        path: PathBuf,
        /// The size of the file.
        bytes: u64,
        /// How much sound is in it.
        duration_ms: u64,
        /// False when it ended before its time: the disk was full or failed.
        complete: bool,
    },
    /// The leg is closed and its sockets are gone. Sent once for each leg; only `Recorded` may come after it, since the
    /// disk takes its time.
    Closed {
        /// The leg.
        tag: u64,
        /// How it was to talk on it.
        quality: Quality,
    },
}

/// The figures of a leg, as seen from our side.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quality {
    /// RTP packets of the far side that counted.
    pub rx_packets: u64,
    /// RTP packets sent to the far side.
    pub tx_packets: u64,
    /// Packets that the far side sent and we never saw (RFC 3550 A.3).
    pub lost: u64,
    /// Interarrival jitter in milliseconds (RFC 3550 A.8).
    pub jitter_ms: f64,
    /// The round trip in milliseconds, when the far side sends RTCP reports.
    pub rtt_ms: Option<f64>,
    /// The share of our packets that the far side reported lost, 0–1.
    pub far_loss: Option<f64>,
    /// The mean opinion score of what we heard, 1–4.5; none when nothing was heard.
    pub mos: Option<f64>,
    /// Packets that came from someone else and were dropped.
    pub foreign_packets: u64,
    /// Packets whose authentication failed: somebody made them who does not know the key.
    pub forged_packets: u64,
    /// How packets were protected at the end.
    pub security: Security,
    /// The codec agreed on.
    pub codec: Option<Codec>,
}

/// How the packets of a leg are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Plain,
    /// By keys in the session descriptions (RFC 4568).
    Sdes,
    /// By keys of a DTLS handshake (RFC 5764), as WebRTC does it.
    Dtls,
}

impl Security {
    /// As it is written in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Security::Plain => "plain",
            Security::Sdes => "sdes",
            Security::Dtls => "dtls",
        }
    }
}

/// What is open right now. All zero when no call is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Legs whose sockets are open.
    pub legs: usize,
    /// Open sockets.
    pub sockets: usize,
    /// Recordings whose files are open.
    pub recordings: usize,
    /// Mixes of several legs.
    pub mixes: usize,
}
