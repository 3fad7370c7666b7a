//! Offer and answer (RFC 3264) of one leg, pure: texts in, texts and an [`Agreed`] out. Opens nothing.
//!
//! One audio stream in plain RTP is accepted; every other medium is answered with port 0 and stays in its place.
//! The rules are listed in `docs/specs/sdp.md`.

mod remote;

use crate::sdp::{Attribute, Host, Medium, Origin, ParseError, Session};
use crate::{Codec, Direction};
use std::net::SocketAddr;

/// The payload type that we offer for telephone events (RFC 4733).
const EVENTS: u8 = 101;

/// What to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    /// The codec to name first; none keeps the agreed one first, or our own order.
    pub prefer: Option<Codec>,
    /// Who may talk.
    pub direction: Direction,
}

/// Why no session came about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NegotiationError {
    /// The text cannot be read.
    #[error(transparent)]
    Malformed(#[from] ParseError),
    /// There is no audio, or the far side refused it.
    #[error("the session description has no audio that is on")]
    NoAudio,
    /// A transport that we do not speak.
    #[error("the transport {0} is not supported")]
    Unsupported(String),
    /// No codec in common.
    #[error("there is no codec in common")]
    NoCommonCodec,
    /// An answer came, but nothing had been offered.
    #[error("an answer came without an offer")]
    NoOffer,
}

/// A codec under a payload type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// The payload type.
    pub payload_type: u8,
    /// The codec.
    pub codec: Codec,
}

/// What both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreed {
    /// Where the far side wants RTP; none while it named no usable address.
    pub remote: Option<SocketAddr>,
    /// Where the far side wants RTCP.
    pub remote_rtcp: Option<SocketAddr>,
    /// What we send.
    pub send: Mapping,
    /// What may arrive: the codecs of both descriptions under our payload types.
    pub receive: [Option<Mapping>; Codec::ALL.len()],
    /// The payload type for telephone events that we send; none when the far side takes none.
    pub events_out: Option<u8>,
    /// The payload type under which telephone events arrive.
    pub events_in: Option<u8>,
    /// The direction that we stated.
    pub local_direction: Direction,
    /// The direction that the far side stated.
    pub remote_direction: Direction,
}

impl Agreed {
    /// Whether we may send.
    pub fn may_send(&self) -> bool {
        self.local_direction.sends() && self.remote_direction.receives()
    }

    /// Whether the far side may send.
    pub fn may_receive(&self) -> bool {
        self.local_direction.receives() && self.remote_direction.sends()
    }
}

/// The offer/answer state of one leg.
#[derive(Debug)]
pub struct Negotiation {
    local: SocketAddr,
    session: u64,
    version: u64,
    /// Our last description, to see whether the next one differs.
    last: Option<Session>,
    /// All media of the session in their order; ours is `audio`.
    layout: Vec<Medium>,
    audio: usize,
    agreed: Option<Agreed>,
    offered: Option<Offered>,
}

/// What our last offer said.
#[derive(Debug, Clone, Copy)]
struct Offered {
    direction: Direction,
    events: u8,
}

impl Negotiation {
    /// Nothing is agreed yet. `local` is the address that our descriptions show, `session` any number.
    pub fn new(local: SocketAddr, session: u64) -> Negotiation {
        let (layout, audio) = (Vec::new(), 0);
        Negotiation { local, session, version: 0, last: None, layout, audio, agreed: None, offered: None }
    }

    /// What is agreed, if anything.
    pub fn agreed(&self) -> Option<&Agreed> {
        self.agreed.as_ref()
    }

    /// Writes an offer. The version grows only when the text differs from our last one.
    pub fn offer(&mut self, want: Offer) -> String {
        let first = want.prefer.or(self.agreed.map(|a| a.send.codec));
        let mut codecs = Codec::ALL;
        codecs.sort_by_key(|c| Some(*c) != first);
        let events = self.agreed.and_then(|a| a.events_in).unwrap_or(EVENTS);
        let mappings = codecs.map(|codec| Mapping { payload_type: codec.payload_type(), codec });
        let audio = self.audio_medium("RTP/AVP", &mappings, Some(events), want.direction);
        self.offered = Some(Offered { direction: want.direction, events });
        self.describe(audio)
    }

    /// Reads an offer and writes the answer. On an error nothing has changed.
    pub fn accept_offer(&mut self, text: &[u8], prefer: Option<Codec>) -> Result<String, NegotiationError> {
        let session = Session::parse(text)?;
        let place = remote::find_audio(&session)?;
        let medium = &session.media[place];
        let codecs = remote::codecs(medium);
        let wish = |wanted: Option<Codec>| codecs.iter().find(|m| Some(m.codec) == wanted);
        let current = self.agreed.map(|a| a.send.codec);
        let send = *wish(prefer).or_else(|| wish(current)).or(codecs.first()).ok_or(NegotiationError::NoCommonCodec)?;
        let events = remote::events(medium, send.codec);
        let remote_direction = remote::direction(&session, medium);
        let local_direction = remote_direction.mirrored();

        self.layout = session.media.iter().map(remote::refused).collect();
        self.audio = place;
        self.offered = None;
        self.agreed = Some(Agreed {
            remote: remote::rtp(&session, medium),
            remote_rtcp: remote::rtcp(&session, medium),
            send,
            receive: [Some(send), None],
            events_out: events,
            events_in: events,
            local_direction,
            remote_direction,
        });
        let audio = self.audio_medium(&medium.protocol, &[send], events, local_direction);
        Ok(self.describe(audio))
    }

    /// Reads the answer to our offer. May be called again for a later answer to the same offer, as when an early
    /// description is followed by the final one. On an error nothing has changed.
    pub fn accept_answer(&mut self, text: &[u8]) -> Result<(), NegotiationError> {
        let offered = self.offered.ok_or(NegotiationError::NoOffer)?;
        let session = Session::parse(text)?;
        let medium = session
            .media
            .get(self.audio)
            .filter(|m| m.kind == "audio")
            .or_else(|| session.media.iter().find(|m| m.kind == "audio"))
            .filter(|m| m.port != 0)
            .ok_or(NegotiationError::NoAudio)?;
        if !remote::is_plain(&medium.protocol) {
            return Err(NegotiationError::Unsupported(medium.protocol.clone()));
        }
        let codecs = remote::codecs(medium);
        let send = *codecs.first().ok_or(NegotiationError::NoCommonCodec)?;
        // The far side may send any codec of its answer, under the payload types of our offer.
        let mut receive = [None; Codec::ALL.len()];
        for (slot, codec) in
            receive.iter_mut().zip(Codec::ALL.into_iter().filter(|c| codecs.iter().any(|m| m.codec == *c)))
        {
            *slot = Some(Mapping { payload_type: codec.payload_type(), codec });
        }
        let events_out = remote::events(medium, send.codec);
        self.agreed = Some(Agreed {
            remote: remote::rtp(&session, medium),
            remote_rtcp: remote::rtcp(&session, medium),
            send,
            receive,
            events_out,
            events_in: events_out.map(|_| offered.events),
            local_direction: offered.direction,
            remote_direction: remote::direction(&session, medium),
        });
        Ok(())
    }

    fn audio_medium(&self, protocol: &str, codecs: &[Mapping], events: Option<u8>, direction: Direction) -> Medium {
        let formats = codecs.iter().map(|m| m.payload_type).chain(events).map(|pt| pt.to_string()).collect();
        let mut attributes = Vec::with_capacity(codecs.len() + 4);
        for Mapping { payload_type, codec } in codecs {
            let value = format!("{payload_type} {}/{}", codec.name(), codec.clock());
            attributes.push(Attribute::new("rtpmap", value));
        }
        if let Some(events) = events {
            attributes.push(Attribute::new("rtpmap", format!("{events} telephone-event/8000")));
            attributes.push(Attribute::new("fmtp", format!("{events} 0-16")));
        }
        attributes.push(Attribute::new("ptime", "20"));
        attributes.push(Attribute::flag(direction.as_str()));
        let (kind, protocol) = ("audio".to_owned(), protocol.to_owned());
        Medium { kind, port: self.local.port(), protocol, formats, connection: None, attributes }
    }

    fn describe(&mut self, audio: Medium) -> String {
        let mut media = self.layout.clone();
        match media.get_mut(self.audio) {
            Some(slot) => *slot = audio,
            None => media.push(audio),
        }
        let host = Some(Host::Ip(self.local.ip()));
        let origin = Origin { user: "-".to_owned(), session: self.session, version: self.version, host: host.clone() };
        let mut session = Session { origin, name: "-".to_owned(), connection: host, attributes: Vec::new(), media };
        if self.last.as_ref() != Some(&session) {
            self.version += 1;
            session.origin.version = self.version;
        }
        let text = session.to_string();
        self.last = Some(session);
        text
    }
}

#[cfg(test)]
mod tests;
