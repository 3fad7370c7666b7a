//! The codecs a leg can speak. Names, clocks and payload types in session descriptions are kept here and nowhere else.

/// A voice codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.711 µ-law, RTP payload type 0.
    Pcmu,
    /// G.711 A-law, RTP payload type 8.
    Pcma,
    /// G.722 at 64 kbit/s, RTP payload type 9.
    G722,
    /// Opus (RFC 6716, RFC 7587).
    Opus,
    /// G.729, RTP payload type 18. It is passed through and neither decoded nor made.
    G729,
}

impl Codec {
    /// All codecs, in the order in which we offer them when nothing else is known.
    pub const ALL: [Codec; 5] = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus, Codec::G729];

    /// The encoding name in an `a=rtpmap` line.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Pcmu => "PCMU",
            Codec::Pcma => "PCMA",
            Codec::G722 => "G722",
            Codec::Opus => "opus",
            Codec::G729 => "G729",
        }
    }

    /// The payload type that we offer: the static one (RFC 3551), or a dynamic one that is usual.
    pub const fn payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
            Codec::G722 => 9,
            Codec::G729 => 18,
            Codec::Opus => 111,
        }
    }

    /// The RTP clock in Hz. That of G.722 is half its sampling rate, by an old mistake (RFC 3551 section 4.5.2).
    pub const fn clock(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::G729 => 8000,
            Codec::Opus => 48_000,
        }
    }

    /// The channels in an `a=rtpmap` line; Opus always says two (RFC 7587 section 7).
    pub const fn channels(self) -> u8 {
        match self {
            Codec::Opus => 2,
            Codec::Pcmu | Codec::Pcma | Codec::G722 | Codec::G729 => 1,
        }
    }

    /// What follows the payload type in an `a=rtpmap` line.
    pub fn encoding(self) -> String {
        match self.channels() {
            1 => format!("{}/{}", self.name(), self.clock()),
            channels => format!("{}/{}/{channels}", self.name(), self.clock()),
        }
    }

    /// Samples in a second of the sound as we decode and encode it. Opus is made and read as wide-band.
    pub const fn rate(self) -> u32 {
        match self {
            Codec::Pcmu | Codec::Pcma | Codec::G729 => 8000,
            Codec::G722 | Codec::Opus => 16_000,
        }
    }

    /// Whether we can decode and make it, not only pass it through.
    pub const fn is_spoken(self) -> bool {
        !matches!(self, Codec::G729)
    }

    /// Whether two sides with these codecs can hear each other: the same is passed through, others have to be transcoded.
    pub fn meets(self, other: Codec) -> bool {
        self == other || self.is_spoken() && other.is_spoken()
    }

    /// The law of G.711: one code word a sample, so that such sound can be cut and changed in place.
    pub const fn law(self) -> Option<Law> {
        match self {
            Codec::Pcmu => Some(Law::Mu),
            Codec::Pcma => Some(Law::A),
            Codec::G722 | Codec::Opus | Codec::G729 => None,
        }
    }

    /// The codec with this encoding name and clock, in any case of letters.
    pub fn from_name(name: &str, clock: u32) -> Option<Codec> {
        Codec::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(name) && c.clock() == clock)
    }

    /// The codec that this payload type means without an `a=rtpmap` line.
    pub fn from_static(payload_type: u8) -> Option<Codec> {
        Codec::ALL.into_iter().find(|c| c.payload_type() == payload_type && payload_type < 96)
    }
}

/// One of the two laws of G.711.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Law {
    /// µ-law.
    Mu,
    /// A-law.
    A,
}

impl Law {
    /// The code word for silence.
    pub const fn silence(self) -> u8 {
        match self {
            Law::Mu => 0xFF,
            Law::A => 0xD5,
        }
    }
}

/// Some codecs in the order of preference, each once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Codecs([Option<Codec>; Codec::ALL.len()]);

impl Codecs {
    /// The codecs, best first.
    pub fn iter(&self) -> impl Iterator<Item = Codec> {
        self.0.into_iter().flatten()
    }

    /// Whether it is one of them.
    pub fn contains(&self, codec: Codec) -> bool {
        self.0.contains(&Some(codec))
    }
}

impl From<Option<Codec>> for Codecs {
    fn from(codec: Option<Codec>) -> Codecs {
        codec.into_iter().collect()
    }
}

impl FromIterator<Codec> for Codecs {
    fn from_iter<T: IntoIterator<Item = Codec>>(codecs: T) -> Codecs {
        let mut list = Codecs::default();
        for codec in codecs {
            if !list.contains(codec)
                && let Some(place) = list.0.iter_mut().find(|place| place.is_none())
            {
                *place = Some(codec);
            }
        }
        list
    }
}
