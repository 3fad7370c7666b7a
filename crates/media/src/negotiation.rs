//! Offer and answer (RFC 3264) of one leg, pure: texts in, texts and an [`Agreed`] out. Opens nothing.
//!
//! One audio stream is accepted, in plain RTP, SRTP or WebRTC; every other medium is answered with port 0 and stays in
//! its place.
//! The rules are listed in `docs/specs/sdp.md`.

mod remote;
mod security;

use crate::sdp::{Attribute, Host, Medium, Origin, ParseError, Session};
use crate::{Codec, Direction};
pub(crate) use security::Protection;
use security::Security;
pub use security::{Identity, Policy, Profile};
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
    /// How packets are to be protected; none keeps what is agreed on, or plain RTP.
    pub profile: Option<Profile>,
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
    /// RTCP shares the port of RTP (RFC 5761).
    pub mux: bool,
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
    security: Security,
}

/// What our last offer said.
#[derive(Debug, Clone, Copy)]
struct Offered {
    direction: Direction,
    events: u8,
    mux: bool,
}

impl Negotiation {
    /// Nothing is agreed yet. `local` is the address that our descriptions show, `session` any number.
    pub fn new(local: SocketAddr, session: u64) -> Negotiation {
        let (layout, audio, security) = (Vec::new(), 0, Security::default());
        Negotiation { local, session, version: 0, last: None, layout, audio, agreed: None, offered: None, security }
    }

    /// Gives the leg what its secrets are made of. Without, it speaks plain RTP only.
    pub fn identified(mut self, identity: Identity) -> Negotiation {
        self.security.identify(identity);
        self
    }

    /// Says what is wanted of keys in the far side's offers.
    pub fn set_policy(&mut self, policy: Policy) {
        self.security.policy = policy;
    }

    /// How packets are to be protected.
    pub(crate) fn protection(&self) -> &Protection {
        &self.security.agreed
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
        let profile = self.security.offer(want.profile);
        let mut audio = self.audio_medium(profile.protocol(), &mappings, Some(events), want.direction);
        let mux = profile == Profile::WebRtc || self.agreed.is_some_and(|a| a.mux);
        share_port(&mut audio, mux);
        self.security.describe_offer(&mut audio, self.local);
        self.offered = Some(Offered { direction: want.direction, events, mux });
        self.describe(audio, self.security.describe_session(true))
    }

    /// Reads an offer and writes the answer. On an error nothing has changed.
    pub fn accept_offer(&mut self, text: &[u8], prefer: Option<Codec>) -> Result<String, NegotiationError> {
        let session = Session::parse(text)?;
        let (place, choice) = self.security.find(&session)?;
        let medium = &session.media[place];
        let codecs = remote::codecs(medium);
        let wish = |wanted: Option<Codec>| codecs.iter().find(|m| Some(m.codec) == wanted);
        let current = self.agreed.map(|a| a.send.codec);
        let send = *wish(prefer).or_else(|| wish(current)).or(codecs.first()).ok_or(NegotiationError::NoCommonCodec)?;
        let events = remote::events(medium, send.codec);
        let (has_ice, tag) = (security::uses_ice(&choice), security::tag(&choice));
        let remote_direction = remote::direction(&session, medium, has_ice);
        let local_direction = remote_direction.mirrored();
        let mux = security::multiplexes(medium);

        self.layout = session.media.iter().map(remote::refused).collect();
        self.audio = place;
        self.offered = None;
        self.security.accept(choice, medium);
        let (remote, remote_rtcp) = remote::addresses(&session, medium, has_ice, mux);
        self.agreed = Some(Agreed {
            remote,
            remote_rtcp,
            send,
            receive: [Some(send), None],
            events_out: events,
            events_in: events,
            local_direction,
            remote_direction,
            mux,
        });
        let mut audio = self.audio_medium(&medium.protocol, &[send], events, local_direction);
        share_port(&mut audio, mux);
        self.security.describe_answer(&mut audio, self.local, tag);
        Ok(self.describe(audio, self.security.describe_session(false)))
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
        let choice = self.security.answered(&session, medium)?;
        let has_ice = security::uses_ice(&choice);
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
        let mux = offered.mux && security::multiplexes(medium);
        let (remote, remote_rtcp) = remote::addresses(&session, medium, has_ice, mux);
        self.agreed = Some(Agreed {
            remote,
            remote_rtcp,
            send,
            receive,
            events_out,
            events_in: events_out.map(|_| offered.events),
            local_direction: offered.direction,
            remote_direction: remote::direction(&session, medium, has_ice),
            mux,
        });
        self.security.settle(choice);
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

    fn describe(&mut self, audio: Medium, attributes: Vec<Attribute>) -> String {
        let mut media = self.layout.clone();
        match media.get_mut(self.audio) {
            Some(slot) => *slot = audio,
            None => media.push(audio),
        }
        let host = Some(Host::Ip(self.local.ip()));
        let origin = Origin { user: "-".to_owned(), session: self.session, version: self.version, host: host.clone() };
        let mut session = Session { origin, name: "-".to_owned(), connection: host, attributes, media };
        if self.last.as_ref() != Some(&session) {
            self.version += 1;
            session.origin.version = self.version;
        }
        let text = session.to_string();
        self.last = Some(session);
        text
    }
}

fn share_port(audio: &mut Medium, mux: bool) {
    if mux {
        audio.attributes.push(Attribute::flag("rtcp-mux"));
    }
}

#[cfg(test)]
mod tests;
