//! Session descriptions as a plain phone writes and reads them: one audio line, G.711, keys as events.

use media::Codec;
use media::sdp::Session;
use std::net::SocketAddr;

/// The payload type of key presses in our own descriptions.
pub(super) const EVENTS: u8 = 101;

/// Where and how the far side wants its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Far {
    pub(super) address: SocketAddr,
    pub(super) codec: Codec,
    /// The far side's payload type for key presses.
    pub(super) events: Option<u8>,
}

/// Our description, as offer or answer.
pub(super) fn write(local: SocketAddr) -> String {
    let ip = local.ip();
    format!(
        "v=0\r\no=demo 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 8 0 {EVENTS}\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
         a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
        local.port()
    )
}

/// What the far side described.
pub(super) fn read(body: &[u8]) -> Option<Far> {
    let session = Session::parse(body).ok()?;
    let medium = session.media.iter().find(|m| m.kind == "audio" && m.port != 0)?;
    let ip = session.host(medium)?.ip()?;
    let codec = medium.rtp_formats().find_map(|f| Codec::from_static(f.payload_type).filter(|c| c.law().is_some()))?;
    let events = medium.rtp_formats().find(|f| f.name.eq_ignore_ascii_case("telephone-event")).map(|f| f.payload_type);
    Some(Far { address: SocketAddr::new(ip, medium.port), codec, events })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_phone_writes_the_other_reads() {
        let local = "127.0.0.90:4000".parse().expect("an address");
        let far = Far { address: local, codec: Codec::Pcma, events: Some(EVENTS) };
        assert_eq!(read(write(local).as_bytes()), Some(far));
        assert_eq!(read(b"v=0\r\n"), None);
    }
}
