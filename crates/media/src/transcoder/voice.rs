//! One face for all codecs that we decode and make.

use super::conceal::Concealer;
use crate::codec::Law;
use crate::negotiation::OpusWish;
use crate::{Codec, g711, g722, opus};

/// What a far side is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) codec: Codec,
    pub(crate) ptime_ms: u8,
    pub(crate) opus: OpusWish,
}

impl Format {
    /// Samples of a packet: what is wished for, in a length that the codec has.
    pub(super) fn samples(&self) -> usize {
        let ms = match (self.codec, self.ptime_ms) {
            (Codec::Opus, 60..) => 60,
            (Codec::Opus, 40..) => 40,
            (Codec::Opus, 20..) => 20,
            (Codec::Opus, _) => 10,
            (_, ms) => ms.clamp(10, 60) / 10 * 10,
        };
        usize::from(ms) * self.codec.rate() as usize / 1000
    }
}

pub(super) enum Decoder {
    Law(Law, Concealer),
    G722(Box<g722::Decoder>, Concealer),
    Opus(Box<opus::Decoder>),
}

impl Decoder {
    /// None for a codec that we do not speak.
    pub(super) fn new(codec: Codec) -> Option<Decoder> {
        let concealer = Concealer::new(codec.rate());
        Some(match codec {
            Codec::Pcmu => Decoder::Law(Law::Mu, concealer),
            Codec::Pcma => Decoder::Law(Law::A, concealer),
            Codec::G722 => Decoder::G722(Box::new(g722::Decoder::new()), concealer),
            Codec::Opus => Decoder::Opus(Box::new(opus::Decoder::new()?)),
            Codec::G729 => return None,
        })
    }

    /// Decodes a packet; nothing is added when it holds nothing that can be decoded.
    pub(super) fn decode(&mut self, packet: &[u8], out: &mut Vec<i16>) {
        let start = out.len();
        match self {
            Decoder::Law(law, concealer) => {
                let table = g711::decode_table(*law);
                out.extend(packet.iter().map(|code| table[usize::from(*code)]));
                concealer.good(&mut out[start..]);
            }
            Decoder::G722(decoder, concealer) => {
                decoder.decode(packet, out);
                concealer.good(&mut out[start..]);
            }
            Decoder::Opus(decoder) => {
                decoder.decode(packet, out);
            }
        }
    }

    /// Makes up for so many lost samples, `next` being the packet after them.
    pub(super) fn conceal(&mut self, samples: usize, next: Option<&[u8]>, out: &mut Vec<i16>) {
        match self {
            Decoder::Law(_, concealer) | Decoder::G722(_, concealer) => concealer.conceal(samples, out),
            Decoder::Opus(decoder) => decoder.conceal(samples, next, out),
        }
    }
}

pub(super) enum Encoder {
    Law(Law),
    G722(Box<g722::Encoder>),
    Opus(Box<opus::Encoder>),
}

impl Encoder {
    /// None for a codec that we do not speak.
    pub(super) fn new(format: &Format) -> Option<Encoder> {
        Some(match format.codec {
            Codec::Pcmu => Encoder::Law(Law::Mu),
            Codec::Pcma => Encoder::Law(Law::A),
            Codec::G722 => Encoder::G722(Box::new(g722::Encoder::new())),
            Codec::Opus => Encoder::Opus(Box::new(opus::Encoder::new(format.opus)?)),
            Codec::G729 => return None,
        })
    }

    pub(super) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        match self {
            Encoder::Law(law) => out.extend(pcm.iter().map(|sample| g711::encode(*law, *sample))),
            Encoder::G722(encoder) => encoder.encode(pcm, out),
            Encoder::Opus(encoder) => encoder.encode(pcm, out),
        }
    }
}
