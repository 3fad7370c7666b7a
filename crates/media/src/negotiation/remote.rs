//! What a description of the far side says about audio.

use super::{Events, Mapping, OpusWish, Taste};
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

/// The telephone events that go with a codec: of the same clock (RFC 4733 section 2.1), else those of 8 kHz, which many
/// phones name next to Opus.
pub(super) fn events(medium: &Medium, codec: Codec) -> Option<Events> {
    events_of(medium, codec.clock()).or_else(|| events_of(medium, 8000))
}

/// The telephone events of a clock.
pub(super) fn events_of(medium: &Medium, clock: u32) -> Option<Events> {
    medium
        .rtp_formats()
        .find(|f| f.name.eq_ignore_ascii_case("telephone-event") && f.clock == clock)
        .map(|f| Events { payload_type: f.payload_type, clock })
}

/// The payload type of comfort noise (RFC 3389); 13 needs no `a=rtpmap`.
pub(super) fn noise(medium: &Medium) -> Option<u8> {
    medium.rtp_formats().find(|f| f.name.eq_ignore_ascii_case("CN") && f.clock == 8000).map(|f| f.payload_type)
}

/// What the far side would like, for the offer to another.
pub(super) fn taste(medium: &Medium, known: &[Mapping]) -> Taste {
    let codecs = known.iter().map(|m| m.codec).collect();
    Taste { codecs, ptime_ms: milliseconds(medium, "ptime"), noise: noise(medium).is_some() }
}

/// How much sound is taken in a packet at most.
pub(super) fn maxptime_ms(medium: &Medium) -> Option<u8> {
    milliseconds(medium, "maxptime")
}

/// `a=ptime` and `a=maxptime`: times that nobody can keep do not count.
fn milliseconds(medium: &Medium, name: &str) -> Option<u8> {
    // Some phones write fractions.
    let value: f32 = medium.attribute(name)?.value.as_deref()?.trim().parse().ok()?;
    (10.0..=200.0).contains(&value).then_some(value as u8)
}

/// What is asked of Opus.
pub(super) fn opus(medium: &Medium, payload_type: u8) -> OpusWish {
    let text = medium.parameters(payload_type).unwrap_or_default();
    let value = |name: &str| {
        text.split(';').filter_map(|p| p.split_once('=')).find(|(n, _)| n.trim() == name).map(|(_, v)| v.trim())
    };
    let most_bits = value("maxaveragebitrate").and_then(|v| v.parse().ok()).filter(|b| (6000..=510_000).contains(b));
    OpusWish { fec: value("useinbandfec") == Some("1"), most_bits }
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
pub(super) fn rtp(session: &Session, medium: &Medium) -> Option<SocketAddr> {
    let ip = session.host(medium)?.ip().filter(|ip| !ip.is_unspecified())?;
    Some(SocketAddr::new(ip, medium.port))
}

/// Where RTCP goes: `a=rtcp` (RFC 3605), else the port after that of RTP.
pub(super) fn rtcp(session: &Session, medium: &Medium) -> Option<SocketAddr> {
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
