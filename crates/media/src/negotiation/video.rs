//! Video between two phones: one side's description of it is shown to the other as it is, with another address. Nothing
//! here is decoded, recorded or understood.

use crate::sdp::{Attribute, Medium, Session};
use std::net::SocketAddr;

/// What one side says of its video: formats, feedback (`a=rtcp-fb`) and direction, but not where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    protocol: String,
    formats: Vec<String>,
    attributes: Vec<Attribute>,
}

/// Where a far side wants its video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) rtp: SocketAddr,
    pub(crate) rtcp: SocketAddr,
}

/// The lines that mean the same wherever the packets come by.
const KEPT: [&str; 9] =
    ["rtpmap", "fmtp", "rtcp-fb", "framerate", "imageattr", "sendrecv", "sendonly", "recvonly", "inactive"];

/// The video of a leg.
#[derive(Debug, Default)]
pub(super) struct Videos {
    /// What is shown to the far side, under this port.
    pub(super) shown: Option<(Video, u16)>,
    /// What the far side has on, and where.
    pub(super) theirs: Option<(Video, Route)>,
}

impl Videos {
    /// Reads the far side's description; a video that is off, or not plain RTP, is none.
    pub(super) fn read(&mut self, session: &Session) {
        self.theirs = place(session).and_then(|place| {
            let medium = &session.media[place];
            let rtp = super::remote::rtp(session, medium)?;
            let rtcp = super::remote::rtcp(session, medium)?;
            let formats = medium.formats.iter().filter(|f| f.parse::<u8>().is_ok_and(|pt| pt < 128)).cloned();
            let attributes = medium.attributes.iter().filter(|a| KEPT.contains(&a.name.as_str())).cloned();
            let video = Video {
                protocol: medium.protocol.clone(),
                formats: formats.collect(),
                attributes: attributes.collect(),
            };
            (!video.formats.is_empty()).then_some((video, Route { rtp, rtcp }))
        });
    }

    /// The medium to show, in the form of an answer to `offered`, or of an offer.
    pub(super) fn medium(&self, offered: Option<&Medium>) -> Option<Medium> {
        let (video, port) = self.shown.as_ref()?;
        let protocol = offered.map_or(&video.protocol, |medium| &medium.protocol).clone();
        let (kind, formats, attributes) = ("video".to_owned(), video.formats.clone(), video.attributes.clone());
        Some(Medium { kind, port: *port, protocol, formats, connection: None, attributes })
    }

    /// Where to send, while both sides have video on.
    pub(super) fn route(&self) -> Option<Route> {
        self.shown.as_ref()?;
        self.theirs.as_ref().map(|(_, route)| *route)
    }
}

/// The place of the first video that can be passed on.
pub(super) fn place(session: &Session) -> Option<usize> {
    let plain = |p: &str| ["RTP/AVP", "RTP/AVPF"].iter().any(|known| known.eq_ignore_ascii_case(p));
    session.media.iter().position(|m| m.kind == "video" && m.port != 0 && plain(&m.protocol))
}
