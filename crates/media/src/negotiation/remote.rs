//! What a description of the far side says about audio.

use super::Mapping;
use crate::sdp::{Medium, Session};
use crate::{Codec, Direction};
use std::net::SocketAddr;

/// The codecs that we know, in the far side's order, each once.
pub(super) fn codecs(medium: &Medium) -> Vec<Mapping> {
    let mut known: Vec<Mapping> = Vec::new();
    for format in medium.rtp_formats() {
        let Some(codec) = Codec::from_name(format.name, format.clock) else { continue };
        if known.iter().all(|m| m.codec != codec) {
            known.push(Mapping { payload_type: format.payload_type, codec });
        }
    }
    known
}

/// The payload type of the telephone events that go with a codec (RFC 4733 section 2.1: the same clock).
pub(super) fn events(medium: &Medium, codec: Codec) -> Option<u8> {
    medium
        .rtp_formats()
        .find(|f| f.name.eq_ignore_ascii_case("telephone-event") && f.clock == codec.clock())
        .map(|f| f.payload_type)
}

/// Where RTP and RTCP go. With ICE that is found out by checks.
pub(super) fn addresses(
    session: &Session,
    medium: &Medium,
    has_ice: bool,
    mux: bool,
) -> (Option<SocketAddr>, Option<SocketAddr>) {
    if has_ice {
        return (None, None);
    }
    let rtp = rtp(session, medium);
    (rtp, if mux { rtp } else { rtcp(session, medium) })
}

/// Where RTP goes; none when the address is a name, or none at all.
fn rtp(session: &Session, medium: &Medium) -> Option<SocketAddr> {
    let ip = session.host(medium)?.ip().filter(|ip| !ip.is_unspecified())?;
    Some(SocketAddr::new(ip, medium.port))
}

/// Where RTCP goes: `a=rtcp` (RFC 3605), else the port after that of RTP.
fn rtcp(session: &Session, medium: &Medium) -> Option<SocketAddr> {
    let rtp = rtp(session, medium)?;
    let next = || Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
    let Some(value) = medium.attribute("rtcp").and_then(|a| a.value.as_deref()) else { return next() };
    let mut words = value.split_whitespace();
    let Some(port) = words.next().and_then(|w| w.parse().ok()).filter(|p| *p != 0) else { return next() };
    let ip = words.nth(2).and_then(|w| w.parse().ok()).unwrap_or(rtp.ip());
    Some(SocketAddr::new(ip, port))
}

/// The stated direction. The old way to hold a call, the address 0.0.0.0 (RFC 2543), means that nothing is received;
/// with ICE it means that there was no better default (RFC 8839 section 4.2.1).
pub(super) fn direction(session: &Session, medium: &Medium, has_ice: bool) -> Direction {
    let stated = session.direction(medium);
    let nowhere = !has_ice && session.host(medium).and_then(|h| h.ip()).is_some_and(|ip| ip.is_unspecified());
    if nowhere { stated.and(Direction::SendOnly) } else { stated }
}

/// The medium as we answer it when we do not want it.
pub(super) fn refused(medium: &Medium) -> Medium {
    // An m= line needs at least one format.
    let formats = if medium.formats.is_empty() { vec!["0".to_owned()] } else { medium.formats.clone() };
    Medium {
        kind: medium.kind.clone(),
        port: 0,
        protocol: medium.protocol.clone(),
        formats,
        connection: None,
        // Browsers match media by it.
        attributes: medium.attribute("mid").cloned().into_iter().collect(),
    }
}
