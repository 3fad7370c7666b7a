//! Offer and answer (RFC 3264) of one leg, pure: texts in, texts and an [`Agreed`] out. Opens nothing.
//!
//! One audio stream is accepted, in plain RTP, SRTP or WebRTC; every other medium is answered with port 0 and stays in
//! its place.
//! The rules are listed in `docs/specs/sdp.md`.

mod lines;
mod numbers;
mod remote;
mod security;
mod video;

use crate::codec::Codecs;
use crate::sdp::{Attribute, Host, Medium, Origin, ParseError, Session};
use crate::{Codec, Direction};
use lines::Lines;
use numbers::{Name, Numbers};
pub(crate) use security::Protection;
use security::Security;
pub use security::{Identity, Policy, Profile};
use std::net::SocketAddr;
pub(crate) use video::Route;
pub use video::Video;
use video::Videos;

/// The packet time that we state when nobody wished for another, in milliseconds.
pub(crate) const PTIME_MS: u8 = 20;

/// What to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    /// What to name first: what the leg on the other side of the call can do, so that nothing needs transcoding.
    /// Without it the agreed codec comes first, else our own order.
    pub prefer: Taste,
    /// Who may talk.
    pub direction: Direction,
    /// How packets are to be protected; none keeps what is agreed on, or plain RTP.
    pub profile: Option<Profile>,
}

/// What a far side would like, for the offer to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taste {
    /// Its codecs, best first.
    pub codecs: Codecs,
    /// How much sound it wants in a packet, in milliseconds (`a=ptime`).
    pub ptime_ms: Option<u8>,
    /// It sends comfort noise in place of silence (RFC 3389).
    pub noise: bool,
}

impl From<Option<Codec>> for Taste {
    fn from(codec: Option<Codec>) -> Taste {
        Taste { codecs: codec.into(), ..Taste::default() }
    }
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
    /// Protection is demanded, and the far side offered or took none.
    #[error("the far side does not protect its sound")]
    NotProtected,
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

/// Telephone events under a payload type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events {
    /// The payload type.
    pub payload_type: u8,
    /// The clock of the durations, in Hz.
    pub clock: u32,
}

/// What the far side asks of the Opus that it gets (RFC 7587 section 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpusWish {
    /// It can use what a packet says of the one before it.
    pub fec: bool,
    /// The bit rate that it can take at most.
    pub most_bits: Option<u32>,
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
    /// What may arrive: the codecs of both descriptions under our payload types, then under theirs.
    pub receive: [Option<Mapping>; 2 * Codec::ALL.len()],
    /// The telephone events that we send; none when the far side takes none.
    pub events_out: Option<Events>,
    /// As what telephone events arrive: one for each clock.
    pub events_in: [Option<Events>; 2],
    /// The payload type of comfort noise (RFC 3389), both ways; none when the far side takes none.
    pub noise: Option<u8>,
    /// How much sound the far side wants in a packet, in milliseconds.
    pub ptime_ms: Option<u8>,
    /// How much sound it takes in a packet at most, in milliseconds.
    pub maxptime_ms: Option<u8>,
    /// What it asks of Opus.
    pub opus: OpusWish,
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
    /// What may be offered and answered, in our order.
    codecs: Codecs,
    numbers: Numbers,
    /// What the far side last offered or answered.
    taste: Taste,
    version: u64,
    /// Our last description, to see whether the next one differs.
    last: Option<Session>,
    /// All media of the session in their order; ours is `audio`.
    layout: Vec<Medium>,
    audio: usize,
    agreed: Option<Agreed>,
    offered: Option<Offered>,
    security: Security,
    video: Videos,
}

/// What our last offer said.
#[derive(Debug, Clone, Copy)]
struct Offered {
    direction: Direction,
    numbers: Numbers,
    codecs: Codecs,
    mux: bool,
}

impl Negotiation {
    /// Nothing is agreed yet. `local` is the address that our descriptions show, `session` any number, `codecs` what
    /// may be used, best first.
    pub fn new(local: SocketAddr, session: u64, codecs: Codecs) -> Negotiation {
        Negotiation {
            local,
            session,
            codecs,
            numbers: Numbers::default(),
            taste: Taste::default(),
            version: 0,
            last: None,
            layout: Vec::new(),
            audio: 0,
            agreed: None,
            offered: None,
            security: Security::default(),
            video: Videos::default(),
        }
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

    /// What the far side said it would like, best first.
    pub fn taste(&self) -> Taste {
        self.taste
    }

    /// The far side's video, while it has one on.
    pub fn video(&self) -> Option<&Video> {
        self.video.theirs.as_ref().map(|(video, _)| video)
    }

    /// Shows a video under this port in our next descriptions; none shows no video any more.
    pub fn show(&mut self, video: Option<(Video, u16)>) {
        self.video.shown = video;
    }

    /// Where to send video, while both sides have it on.
    pub(crate) fn route(&self) -> Option<Route> {
        self.video.route()
    }

    /// Writes an offer. The version grows only when the text differs from our last one.
    pub fn offer(&mut self, want: Offer) -> String {
        let current = self.agreed.map(|a| a.send.codec);
        let wished: Codecs = want.prefer.codecs.iter().filter(|c| self.codecs.contains(*c)).collect();
        // What can only be passed through is offered to whom it may come from, and nothing else to who has nothing else on
        // the other side: better no call than a silent one.
        let only_passed = wished.iter().next().is_some() && !wished.iter().any(Codec::is_spoken);
        let ours = self.codecs.iter().filter(|c| c.is_spoken() && !only_passed);
        let codecs: Codecs = wished.iter().chain(current).chain(ours).collect();
        let noise = want.prefer.noise || self.agreed.is_some_and(|a| a.noise.is_some());
        let taste = Taste { codecs, ptime_ms: want.prefer.ptime_ms, noise };
        let profile = self.security.offer(want.profile);
        let mut audio = self.audio_medium(profile.protocol(), taste, want.direction);
        let mux = profile == Profile::WebRtc || self.agreed.is_some_and(|a| a.mux);
        share_port(&mut audio, mux);
        self.security.describe_offer(&mut audio, self.local);
        self.offered = Some(Offered { direction: want.direction, numbers: self.numbers, codecs, mux });
        let video = self.video.medium(None).filter(|_| profile == Profile::Plain);
        self.describe(audio, video, self.security.describe_session(true))
    }

    /// Reads an offer and writes the answer. On an error nothing has changed.
    pub fn accept_offer(&mut self, text: &[u8], prefer: Option<Codec>) -> Result<String, NegotiationError> {
        let session = Session::parse(text)?;
        let (place, choice) = self.security.find(&session)?;
        let medium = &session.media[place];
        let mut known = remote::codecs(medium);
        known.retain(|m| self.codecs.contains(m.codec));
        let wish = |wanted: Option<Codec>| known.iter().find(|m| Some(m.codec) == wanted);
        let current = self.agreed.map(|a| a.send.codec);
        let spoken = known.iter().find(|m| m.codec.is_spoken());
        let send = wish(prefer).or_else(|| wish(current)).or(spoken).or(known.first());
        let send = *send.ok_or(NegotiationError::NoCommonCodec)?;
        let events = remote::events(medium, send.codec);
        let noise = remote::noise(medium).filter(|_| send.codec.clock() == 8000);
        let (has_ice, tag) = (security::uses_ice(&choice), security::tag(&choice));
        let remote_direction = remote::direction(&session, medium, has_ice);
        let local_direction = remote_direction.mirrored();
        let mux = security::multiplexes(medium);

        self.taste = remote::taste(medium, &known);
        self.layout = session.media.iter().map(remote::refused).collect();
        self.video.read(&session);
        let video = video::place(&session).and_then(|place| self.video.medium(session.media.get(place)));
        self.audio = place;
        self.offered = None;
        self.numbers = Numbers::of(medium, &known);
        self.security.accept(choice, medium);
        let mut receive = [None; 2 * Codec::ALL.len()];
        receive[0] = Some(send);
        let (remote, remote_rtcp) = remote::addresses(&session, medium, has_ice, mux);
        let agreed = Agreed {
            remote,
            remote_rtcp,
            send,
            receive,
            events_out: events,
            events_in: [events, None],
            noise,
            ptime_ms: self.taste.ptime_ms,
            maxptime_ms: remote::maxptime_ms(medium),
            opus: remote::opus(medium, send.payload_type),
            local_direction,
            remote_direction,
            mux,
        };
        self.agreed = Some(agreed);
        let mut audio = self.answer_medium(&medium.protocol, &agreed);
        share_port(&mut audio, mux);
        self.security.describe_answer(&mut audio, self.local, tag);
        Ok(self.describe(audio, video, self.security.describe_session(false)))
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
        let mut known = remote::codecs(medium);
        known.retain(|m| offered.codecs.contains(m.codec));
        let send = *known.first().ok_or(NegotiationError::NoCommonCodec)?;
        let events_out = remote::events(medium, send.codec);
        // Events come under our numbers; whoever takes none sends none either.
        let events_in = [8000, 48_000].map(|clock| {
            let payload_type = offered.numbers.get(Name::Events(clock))?;
            events_out.map(|_| Events { payload_type, clock })
        });
        self.taste = remote::taste(medium, &known);
        let mux = offered.mux && security::multiplexes(medium);
        let (remote, remote_rtcp) = remote::addresses(&session, medium, has_ice, mux);
        self.agreed = Some(Agreed {
            remote,
            remote_rtcp,
            send,
            receive: receivable(&offered.numbers, &known),
            events_out,
            events_in,
            noise: remote::noise(medium).filter(|_| send.codec.clock() == 8000),
            ptime_ms: self.taste.ptime_ms,
            maxptime_ms: remote::maxptime_ms(medium),
            opus: remote::opus(medium, send.payload_type),
            local_direction: offered.direction,
            remote_direction: remote::direction(&session, medium, has_ice),
            mux,
        });
        self.security.settle(choice);
        self.video.read(&session);
        Ok(())
    }

    fn audio_medium(&mut self, protocol: &str, taste: Taste, direction: Direction) -> Medium {
        let mut lines = Lines::default();
        for codec in taste.codecs.iter() {
            lines.codec(self.numbers.number(Name::Codec(codec)), codec);
        }
        for clock in [8000, 48_000] {
            if taste.codecs.iter().any(|codec| codec.clock() == clock) {
                lines.events(Events { payload_type: self.numbers.number(Name::Events(clock)), clock });
            }
        }
        if taste.noise {
            lines.noise(self.numbers.number(Name::Noise));
        }
        lines.medium(protocol, self.local.port(), taste.ptime_ms.unwrap_or(PTIME_MS), direction)
    }

    fn answer_medium(&self, protocol: &str, agreed: &Agreed) -> Medium {
        let mut lines = Lines::default();
        lines.codec(agreed.send.payload_type, agreed.send.codec);
        if let Some(events) = agreed.events_out {
            lines.events(events);
        }
        if let Some(noise) = agreed.noise {
            lines.noise(noise);
        }
        lines.medium(protocol, self.local.port(), PTIME_MS, agreed.local_direction)
    }

    fn describe(&mut self, audio: Medium, video: Option<Medium>, attributes: Vec<Attribute>) -> String {
        let mut media = self.layout.clone();
        match media.get_mut(self.audio) {
            Some(slot) => *slot = audio,
            None => media.push(audio),
        }
        if let Some(video) = video {
            match media.iter_mut().find(|medium| medium.kind == "video") {
                Some(slot) => *slot = video,
                None => media.push(video),
            }
        }
        // A medium that was named once keeps its place.
        self.layout = media.iter().map(remote::refused).collect();
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

/// The codecs of an answer under the payload types of our offer; under the answer's own too where these mean nothing
/// else, since some phones send as they receive.
fn receivable(offered: &Numbers, known: &[Mapping]) -> [Option<Mapping>; 2 * Codec::ALL.len()] {
    let ours = known
        .iter()
        .filter_map(|m| offered.get(Name::Codec(m.codec)).map(|payload_type| Mapping { payload_type, codec: m.codec }));
    let theirs = known.iter().copied().filter(|m| !offered.uses(m.payload_type));
    let mut receive = [None; 2 * Codec::ALL.len()];
    for (place, mapping) in receive.iter_mut().zip(ours.chain(theirs)) {
        *place = Some(mapping);
    }
    receive
}

#[cfg(test)]
mod tests;
