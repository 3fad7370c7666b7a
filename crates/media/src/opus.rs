//! Opus (RFC 6716) for voice: one channel at 16 kHz, which is all that the codecs on the other side of a call can
//! carry. Sound of any band and any number of channels is understood.

use crate::negotiation::OpusWish;
use ropus::{Application, Bitrate, Channels, DecodeMode, InbandFec};

/// Samples in a second on our side.
pub(crate) const RATE: u32 = 16_000;
/// The bit rate that we make: wide-band voice without audible loss.
const BITS: u32 = 24_000;
/// How hard the encoder tries, 0–10: above this only the price of a call grows.
const COMPLEXITY: u8 = 3;
/// The loss against which a far side that can use it is protected, in per cent.
const EXPECTED_LOSS: u8 = 5;
/// The longest sound of one packet, and the longest packet.
const LONGEST: usize = RATE as usize * 120 / 1000;
const PACKET: usize = 1275;

pub(crate) struct Encoder(ropus::Encoder);

impl Encoder {
    /// None when the library refuses, which it does only for settings that are not ours.
    pub(crate) fn new(wish: OpusWish) -> Option<Encoder> {
        let bits = wish.most_bits.map_or(BITS, |most| most.min(BITS));
        let (fec, loss) = if wish.fec { (InbandFec::Enabled, EXPECTED_LOSS) } else { (InbandFec::Disabled, 0) };
        ropus::Encoder::builder(RATE, Channels::Mono, Application::Voip)
            .bitrate(Bitrate::Bits(bits))
            .complexity(COMPLEXITY)
            .inband_fec(fec)
            .packet_loss_perc(loss)
            .build()
            .map(Encoder)
            .ok()
    }

    /// Encodes one frame of 10, 20, 40 or 60 ms; nothing is added when it is none.
    pub(crate) fn encode(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        let mut packet = [0; PACKET];
        if let Ok(length) = self.0.encode(pcm, &mut packet) {
            out.extend_from_slice(&packet[..length.min(PACKET)]);
        }
    }
}

pub(crate) struct Decoder(ropus::Decoder);

impl Decoder {
    /// None when the library refuses, which it does only for settings that are not ours.
    pub(crate) fn new() -> Option<Decoder> {
        ropus::Decoder::new(RATE, Channels::Mono).map(Decoder).ok()
    }

    /// Decodes a packet; false, and nothing added, when it is none.
    pub(crate) fn decode(&mut self, packet: &[u8], out: &mut Vec<i16>) -> bool {
        // For the library an empty packet is a lost one.
        !packet.is_empty() && self.run(packet, LONGEST, DecodeMode::Normal, out)
    }

    /// Makes up for so many lost samples; the packet after them may say more of them.
    pub(crate) fn conceal(&mut self, samples: usize, next: Option<&[u8]>, out: &mut Vec<i16>) {
        let samples = samples.min(LONGEST);
        let told = next.is_some_and(|next| !next.is_empty() && self.run(next, samples, DecodeMode::Fec, out));
        if !told && !self.run(&[], samples, DecodeMode::Normal, out) {
            out.resize(out.len() + samples, 0);
        }
    }

    fn run(&mut self, packet: &[u8], room: usize, mode: DecodeMode, out: &mut Vec<i16>) -> bool {
        let start = out.len();
        out.resize(start + room, 0);
        let decoded = self.0.decode(packet, &mut out[start..], mode).unwrap_or(0).min(room);
        out.truncate(start + decoded);
        decoded > 0
    }
}
