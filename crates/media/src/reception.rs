//! What a leg hears, in figures: loss and jitter by RFC 3550 A.1, A.3 and A.8, and a score from both.

use crate::Codec;
use crate::rtcp::Block;
use model::Moment;

/// A step forward larger than this begins a new stream, like one backward of more than [`BACKWARD`].
const FORWARD: u16 = 3000;
const BACKWARD: u16 = 100;

/// The figures of the stream that a leg hears.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reception {
    stream: Option<Stream>,
    /// Of the streams before this one.
    packets_before: u64,
    lost_before: u64,
    /// Jitter in clock units.
    jitter: f64,
    /// Units of the timestamp in a second.
    clock: u32,
    transit: Option<i64>,
    /// At the last report block.
    expected_then: u64,
    received_then: u64,
}

#[derive(Debug, Clone)]
struct Stream {
    ssrc: u32,
    base: u16,
    highest: u16,
    wraps: u32,
    received: u64,
}

impl Stream {
    fn expected(&self) -> u64 {
        (u64::from(self.wraps) << 16) + u64::from(self.highest) + 1 - u64::from(self.base)
    }

    fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }
}

impl Reception {
    /// Counts one packet.
    pub(crate) fn packet(&mut self, ssrc: u32, sequence: u16) {
        if let Some(stream) = &mut self.stream
            && stream.ssrc == ssrc
        {
            let ahead = sequence.wrapping_sub(stream.highest);
            if ahead < FORWARD {
                if sequence < stream.highest {
                    stream.wraps += 1;
                }
                stream.highest = sequence;
                stream.received += 1;
                return;
            }
            if ahead > u16::MAX - BACKWARD {
                stream.received += 1;
                return;
            }
        }
        (self.packets_before, self.lost_before) = (self.packets(), self.lost());
        self.stream = Some(Stream { ssrc, base: sequence, highest: sequence, wraps: 0, received: 1 });
        (self.expected_then, self.received_then, self.transit) = (0, 0, None);
    }

    /// Measures the spacing of audio packets; events repeat their timestamp and do not count.
    pub(crate) fn spacing(&mut self, now: Moment, timestamp: u32, clock: u32) {
        if self.clock != clock {
            // What was measured so far goes on in the new unit.
            self.jitter *= f64::from(clock) / f64::from(self.clock.max(1));
            (self.clock, self.transit) = (clock, None);
        }
        let arrival = (u128::from(now.as_nanos()) * u128::from(clock) / 1_000_000_000) as u32;
        let transit = i64::from(arrival.wrapping_sub(timestamp));
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit as u32).wrapping_sub(before as u32) as i32;
            // A leap of the timestamp says nothing about the network.
            if difference.unsigned_abs() < clock {
                self.jitter += (f64::from(difference.unsigned_abs()) - self.jitter) / 16.0;
            }
        }
    }

    /// Packets of all streams.
    pub(crate) fn packets(&self) -> u64 {
        self.packets_before + self.stream.as_ref().map_or(0, |s| s.received)
    }

    /// Lost packets of all streams.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_before + self.stream.as_ref().map_or(0, Stream::lost)
    }

    /// Jitter in milliseconds.
    pub(crate) fn jitter_ms(&self) -> f64 {
        self.jitter * 1000.0 / f64::from(self.clock.max(1))
    }

    /// The block about this stream for our next report, without the times of the last one received.
    pub(crate) fn block(&mut self) -> Option<Block> {
        let stream = self.stream.as_ref()?;
        let expected = stream.expected() - self.expected_then;
        let received = stream.received - self.received_then;
        (self.expected_then, self.received_then) = (stream.expected(), stream.received);
        let fraction = (expected.saturating_sub(received) << 8).checked_div(expected).unwrap_or(0);
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            lost: u32::try_from(stream.lost()).unwrap_or(u32::MAX),
            highest: stream.wraps << 16 | u32::from(stream.highest),
            jitter: self.jitter as u32,
            last_report: 0,
            delay: 0,
        })
    }
}

/// The mean opinion score from codec, loss (0–1), jitter and round trip: the E-model of ITU-T G.107 in the short form of
/// Cole and Rosenbluth (2001). The delay is half the round trip, one packet, and a jitter buffer of twice the jitter:
/// `R = 94.2 − 0.024·d − 0.11·(d − 177.3)·[d > 177.3] − a − b·ln(1 + c·loss)`.
pub(crate) fn mos(codec: Codec, loss: f64, jitter_ms: f64, rtt_ms: Option<f64>) -> f64 {
    let (a, b, c) = match codec {
        // Nobody has measured G.722 and Opus on this scale, which ends at the best of the telephone; Opus makes up for
        // half of what is lost.
        Codec::Pcmu | Codec::Pcma | Codec::G722 => (0.0, 30.0, 15.0),
        Codec::Opus => (0.0, 30.0, 7.5),
        Codec::G729 => (11.0, 40.0, 10.0),
    };
    let delay = rtt_ms.unwrap_or(0.0) / 2.0 + 20.0 + 2.0 * jitter_ms;
    let late = (delay - 177.3).max(0.0);
    let r: f64 = 94.2 - 0.024 * delay - 0.11 * late - a - b * (c * loss.clamp(0.0, 1.0)).ln_1p();
    let r = r.clamp(0.0, 100.0);
    let score = 1.0 + 0.035 * r + 7e-6 * r * (r - 60.0) * (100.0 - r);
    score.clamp(1.0, 4.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_as_loss_and_late_packets_mend_them() {
        let mut reception = Reception::default();
        for sequence in [65_534, 65_535, 1, 2, 5] {
            reception.packet(7, sequence);
        }
        assert_eq!((reception.packets(), reception.lost()), (5, 3));
        reception.packet(7, 0);
        assert_eq!((reception.packets(), reception.lost()), (6, 2));
    }

    #[test]
    fn a_new_source_and_a_leap_begin_anew_without_inventing_loss() {
        let mut reception = Reception::default();
        for (ssrc, sequence) in [(1, 10), (1, 12), (2, 40_000), (2, 40_001), (2, 9), (2, 10)] {
            reception.packet(ssrc, sequence);
        }
        assert_eq!((reception.packets(), reception.lost()), (6, 1));
    }

    #[test]
    fn even_spacing_has_no_jitter_and_a_swing_of_ten_has_nearly_ten() {
        let mut reception = Reception::default();
        for n in 0..500u32 {
            reception.spacing(Moment::from_millis(u64::from(n) * 20), n.wrapping_mul(160), 8000);
        }
        assert_eq!(reception.jitter_ms(), 0.0);
        for n in 500..1000u32 {
            reception.spacing(
                Moment::from_millis(u64::from(n) * 20 + u64::from(n % 2) * 10),
                n.wrapping_mul(160),
                8000,
            );
        }
        assert!((9.0..10.1).contains(&reception.jitter_ms()), "{}", reception.jitter_ms());
    }

    #[test]
    fn a_block_reports_the_loss_since_the_last_one() {
        let mut reception = Reception::default();
        assert_eq!(reception.block(), None);
        for sequence in [0, 1, 2, 4] {
            reception.packet(7, sequence);
        }
        assert_eq!(reception.block().map(|b| (b.lost, b.fraction_lost, b.highest)), Some((1, 51, 4)));
        reception.packet(7, 5);
        assert_eq!(reception.block().map(|b| (b.lost, b.fraction_lost)), Some((1, 0)));
    }

    #[test]
    fn the_score_falls_with_loss_and_delay_and_knows_the_codec() {
        let score = |loss, jitter, rtt| mos(Codec::Pcma, loss, jitter, rtt);
        let best = score(0.0, 0.0, None);
        assert!(best > 4.3);
        assert!(score(0.02, 5.0, Some(40.0)) < best);
        assert!(score(0.02, 5.0, Some(600.0)) < score(0.02, 5.0, Some(40.0)));
        assert_eq!(score(1.0, 500.0, Some(5000.0)), 1.0);
        let of = |codec, loss| mos(codec, loss, 0.0, None);
        assert!(of(Codec::G729, 0.0) < best && of(Codec::Opus, 0.05) > of(Codec::Pcma, 0.05));
    }
}
