//! Just enough Ogg (RFC 3533) and Ogg Opus (RFC 7845) to hand packets to `opusdec` and take them from `opusenc`.

/// A file of Opus packets of 20 ms, one channel.
pub(crate) fn write(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(0u16.to_le_bytes());
    head.extend(48_000u32.to_le_bytes());
    head.extend([0, 0, 0]);
    let tags = b"OpusTags\x04\x00\x00\x00test\x00\x00\x00\x00".to_vec();
    let mut file = page(2, 0, 0, &head);
    file.extend(page(0, 0, 1, &tags));
    for (n, packet) in packets.iter().enumerate() {
        let last = if n + 1 == packets.len() { 4 } else { 0 };
        file.extend(page(last, (n as u64 + 1) * 960, n as u32 + 2, packet));
    }
    file
}

/// The packets of a file behind its two headers, and the samples at 48 kHz that are to be skipped.
pub(crate) fn read(file: &[u8]) -> (Vec<Vec<u8>>, usize) {
    let (mut packets, mut packet, mut rest) = (Vec::new(), Vec::new(), file);
    while rest.len() > 27 {
        assert_eq!(&rest[..4], b"OggS");
        let segments = usize::from(rest[26]);
        let mut body = &rest[27 + segments..];
        for size in &rest[27..27 + segments] {
            let (piece, after) = body.split_at(usize::from(*size));
            packet.extend_from_slice(piece);
            body = after;
            if *size < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        rest = body;
    }
    let skip = usize::from(u16::from_le_bytes([packets[0][10], packets[0][11]]));
    (packets.split_off(2), skip)
}

fn page(flags: u8, position: u64, number: u32, packet: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\x00".to_vec();
    page.push(flags);
    page.extend(position.to_le_bytes());
    page.extend(7u32.to_le_bytes());
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    page.push((packet.len() / 255 + 1) as u8);
    page.extend(std::iter::repeat_n(255, packet.len() / 255));
    page.push((packet.len() % 255) as u8);
    page.extend_from_slice(packet);
    let sum = page.iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |s, _| if s >> 31 == 1 { s << 1 ^ 0x04C1_1DB7 } else { s << 1 })
    });
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    page
}
