//! Seeded random mutations for tests of parsers.

/// A small random number generator.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// A few changes: bytes replaced, dropped, doubled, and pieces moved or repeated.
    pub(crate) fn mutate(&mut self, seed: &[u8]) -> Vec<u8> {
        const SALT: &[u8] = b"\0\r\n =:/;0129-.\x80\xffamv";
        let mut text = seed.to_vec();
        for _ in 0..1 + self.below(6) {
            let at = self.below(text.len());
            match self.below(6) {
                0 if !text.is_empty() => text[at] = SALT[self.below(SALT.len())],
                1 if !text.is_empty() => drop(text.remove(at)),
                2 => text.insert(at, SALT[self.below(SALT.len())]),
                3 => text.truncate(at),
                4 if !text.is_empty() => text[at] = self.below(256) as u8,
                _ => {
                    let end = at + self.below(text.len() - at);
                    let piece = text[at..end].to_vec();
                    let to = self.below(text.len());
                    text.splice(to..to, piece);
                }
            }
        }
        text
    }
}

#[test]
fn packets_of_any_form_are_read_or_refused() {
    let mut dice = Dice::new(7);
    let rtp: Vec<u8> =
        [&[0xB2, 0x80, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9][..], &[1; 8], &[0, 0, 0, 1, 5, 5, 5, 5], &[9, 9, 9, 2]].concat();
    let mut rtcp = Vec::new();
    let sent = crate::rtcp::Sent { timestamp: 1, packets: 2, bytes: 3 };
    crate::rtcp::write(&mut rtcp, 5, 6, Some(sent), Some(crate::rtcp::Block { ssrc: 9, ..Default::default() }));
    let mut listener = crate::dtmf::event::Listener::default();
    for _ in 0..100_000 {
        let packet = dice.mutate(&rtp);
        if let Some(header) = crate::rtp::parse(&packet) {
            assert!(header.payload.start >= crate::rtp::HEADER && header.payload.end <= packet.len());
            listener.packet(header.timestamp, &packet[header.payload]);
        }
        crate::rtcp::parse(&dice.mutate(&rtcp), 9);
        let body = dice.mutate(b"Signal=5\r\nDuration=160\r\n");
        crate::parse_info_digit("application/dtmf-relay", &body);
        crate::parse_info_digit("application/dtmf", &body);
    }
}
