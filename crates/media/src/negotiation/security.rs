//! How packets are protected, as far as session descriptions tell: in the clear, with keys in the description (SDES), or
//! as WebRTC does it (ICE, DTLS). The profile of an `m=` line selects; a policy can forbid or demand.

mod identity;
mod terms;

use super::NegotiationError;
use crate::sdes::Line;
use crate::sdp::{Attribute, Medium, Session};
use crate::srtp::{MasterKey, Suite};
use crate::{dtls, ice};
pub use identity::Identity;
use std::net::SocketAddr;
pub(super) use terms::Choice;
use terms::Remote;

/// What an offer of ours says about protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// `RTP/AVP`.
    #[default]
    Plain,
    /// `RTP/AVP` with keys that the far side may take or leave.
    Offered,
    /// `RTP/SAVP` with keys.
    Sdes,
    /// `UDP/TLS/RTP/SAVPF` with ICE and a fingerprint, as browsers need it.
    WebRtc,
}

/// What is wanted of keys in session descriptions. WebRTC is protected anyhow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// They are not taken.
    Off,
    /// They are taken when the far side offers them.
    #[default]
    Offered,
    /// A session in the clear is refused.
    Required,
}

/// What the media thread needs to know to protect packets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Protection {
    #[default]
    None,
    Sdes {
        ours: MasterKey,
        theirs: MasterKey,
        mki: usize,
    },
    Dtls {
        ice: Option<ice::Terms>,
        dtls: dtls::Terms,
    },
}

/// The state of one leg.
#[derive(Debug, Default)]
pub(super) struct Security {
    identity: Option<Identity>,
    pub(super) policy: Policy,
    pub(super) agreed: Protection,
    offered: Offered,
    /// The far side's name fragment that our credentials go with; another one is an ICE restart.
    fragment: Option<String>,
    mid: Option<String>,
    /// The keys stand in a medium whose profile is one without protection.
    best_effort: bool,
}

/// What our last offer said.
#[derive(Debug, Clone, Default)]
struct Offered {
    profile: Profile,
    keys: Vec<MasterKey>,
}

impl Security {
    pub(super) fn identify(&mut self, identity: Identity) {
        self.identity = Some(identity);
    }

    /// The first audio medium that we can take, and what it asks for.
    pub(super) fn find(&self, session: &Session) -> Result<(usize, Choice), NegotiationError> {
        let mut refused = None;
        for (place, medium) in session.media.iter().enumerate() {
            if medium.kind != "audio" || medium.port == 0 {
                continue;
            }
            match self.choose(&Remote::of(session, medium)) {
                Some(choice) => return Ok((place, choice)),
                None => refused = refused.or(Some(medium.protocol.clone())),
            }
        }
        Err(match refused {
            Some(_) if self.policy == Policy::Required => NegotiationError::NotProtected,
            Some(protocol) => NegotiationError::Unsupported(protocol),
            None => NegotiationError::NoAudio,
        })
    }

    fn choose(&self, remote: &Remote) -> Option<Choice> {
        let can = self.identity.is_some();
        let sdes = || remote.lines.first().filter(|_| can && self.policy != Policy::Off).cloned().map(Choice::Sdes);
        let dtls = || remote.dtls.clone().filter(|_| can && dtls::Certificate::ours().is_some()).map(Choice::Dtls);
        if remote.is_plain {
            return sdes().or((self.policy != Policy::Required).then_some(Choice::Plain));
        }
        match remote.needs_dtls {
            Some(true) => dtls(),
            // Older browsers say RTP/SAVPF and mean DTLS.
            Some(false) => dtls().or_else(sdes),
            None => None,
        }
    }

    /// Applies what an offer asked for. Must be called once for each offer that is answered.
    pub(super) fn accept(&mut self, choice: Choice, medium: &Medium) {
        self.mid = medium.attribute("mid").and_then(|mid| mid.value.clone());
        self.best_effort = terms::is_plain(&medium.protocol);
        self.agreed = match choice {
            Choice::Plain => Protection::None,
            Choice::Sdes(line) => self.sdes(line),
            Choice::Dtls(remote) => {
                let active = remote.active_for_answer(self.was_active());
                self.dtls(remote, active)
            }
        };
    }

    fn sdes(&mut self, line: Line) -> Protection {
        match self.key(line.key.suite()) {
            Some(ours) => Protection::Sdes { ours, theirs: line.key, mki: line.mki },
            None => Protection::None,
        }
    }

    /// Our key: the one in use, else a new one. A key that was in use once is never taken up again.
    fn key(&mut self, suite: Suite) -> Option<MasterKey> {
        match &self.agreed {
            Protection::Sdes { ours, .. } if ours.suite() == suite => Some(ours.clone()),
            _ => self.identity.as_mut().map(|identity| identity.fresh_key(suite)),
        }
    }

    fn was_active(&self) -> Option<bool> {
        match &self.agreed {
            Protection::Dtls { dtls, .. } => Some(dtls.active),
            Protection::None | Protection::Sdes { .. } => None,
        }
    }

    fn dtls(&mut self, remote: terms::RemoteDtls, active: bool) -> Protection {
        let dtls = dtls::Terms { active, fingerprints: remote.fingerprints };
        let ice = remote.fragment.and_then(|remote| {
            let identity = self.identity.as_mut()?;
            if self.fragment.as_ref().is_some_and(|known| *known != remote) {
                identity.restart();
            }
            self.fragment = Some(remote.clone());
            Some(ice::Terms { local: identity.credentials(), remote })
        });
        Protection::Dtls { ice, dtls }
    }

    /// What our next offer says: what is wished for, else what is agreed on.
    pub(super) fn offer(&mut self, wish: Option<Profile>) -> Profile {
        let current = match &self.agreed {
            Protection::None => Profile::Plain,
            Protection::Sdes { .. } if self.best_effort => Profile::Offered,
            Protection::Sdes { .. } => Profile::Sdes,
            Protection::Dtls { .. } => Profile::WebRtc,
        };
        let profile = match wish {
            Some(_) if self.identity.is_none() => Profile::Plain,
            Some(Profile::WebRtc) if dtls::Certificate::ours().is_none() => Profile::Plain,
            Some(wish) => wish,
            None => current,
        };
        let keys = match (profile, &self.agreed) {
            (Profile::Plain | Profile::WebRtc, _) => Vec::new(),
            (Profile::Offered | Profile::Sdes, Protection::Sdes { ours, .. }) => vec![ours.clone()],
            (Profile::Offered | Profile::Sdes, _) => {
                let identity = self.identity.as_mut();
                identity.map(|identity| Suite::ALL.map(|suite| identity.fresh_key(suite)).to_vec()).unwrap_or_default()
            }
        };
        self.offered = Offered { profile, keys };
        self.best_effort = profile == Profile::Offered;
        profile
    }

    /// What the answer to our offer settles. Changes nothing yet.
    pub(super) fn answered(&self, session: &Session, medium: &Medium) -> Result<Choice, NegotiationError> {
        let remote = Remote::of(session, medium);
        let line = || {
            let ours = |line: &&Line| {
                let place = usize::try_from(line.tag).ok().and_then(|tag| tag.checked_sub(1));
                place.and_then(|at| self.offered.keys.get(at)).is_some_and(|key| key.suite() == line.key.suite())
            };
            remote.lines.iter().find(ours).cloned().map(Choice::Sdes)
        };
        let choice = match self.offered.profile {
            Profile::Plain => remote.is_plain.then_some(Choice::Plain),
            Profile::Offered => line().or(remote.is_plain.then_some(Choice::Plain)),
            Profile::Sdes => line(),
            Profile::WebRtc => remote.dtls.clone().filter(|dtls| dtls.fragment.is_some()).map(Choice::Dtls),
        };
        choice.ok_or_else(|| match self.offered.profile {
            Profile::Sdes => NegotiationError::NotProtected,
            Profile::Plain | Profile::Offered | Profile::WebRtc => {
                NegotiationError::Unsupported(medium.protocol.clone())
            }
        })
    }

    /// Applies it.
    pub(super) fn settle(&mut self, choice: Choice) {
        self.agreed = match choice {
            Choice::Plain => Protection::None,
            Choice::Sdes(line) => {
                let place = usize::try_from(line.tag).ok().and_then(|tag| tag.checked_sub(1));
                match place.and_then(|at| self.offered.keys.get(at)) {
                    Some(ours) => Protection::Sdes { ours: ours.clone(), theirs: line.key, mki: line.mki },
                    None => Protection::None,
                }
            }
            Choice::Dtls(remote) => {
                let active = remote.active_after_offer();
                self.dtls(remote, active)
            }
        };
    }

    /// The lines of our offer.
    pub(super) fn describe_offer(&self, audio: &mut Medium, local: SocketAddr) {
        for (place, key) in self.offered.keys.iter().enumerate() {
            audio.attributes.push(Attribute::new("crypto", Line::write(place as u32 + 1, key)));
        }
        if self.offered.profile == Profile::WebRtc {
            self.web(audio, local, "actpass");
        }
    }

    /// The lines of our answer. `tag` is that of the crypto line taken.
    pub(super) fn describe_answer(&self, audio: &mut Medium, local: SocketAddr, tag: Option<u32>) {
        match &self.agreed {
            Protection::None => {}
            Protection::Sdes { ours, .. } => {
                audio.attributes.push(Attribute::new("crypto", Line::write(tag.unwrap_or(1), ours)));
            }
            Protection::Dtls { ice, dtls } => {
                let setup = if dtls.active { "active" } else { "passive" };
                if ice.is_some() {
                    return self.web(audio, local, setup);
                }
                self.handshake(audio, setup);
            }
        }
    }

    /// What browsers want (RFC 8829, RFC 8839): all our candidates are one, the address that we advertise.
    fn web(&self, audio: &mut Medium, local: SocketAddr, setup: &str) {
        let Some(identity) = &self.identity else { return };
        let (ip, port) = (local.ip(), local.port());
        let credentials = identity.credentials();
        let ssrc = identity.ssrc;
        let mut add = |name: &str, value: String| audio.attributes.push(Attribute::new(name, value));
        add("mid", self.mid().to_owned());
        add("msid", "alo audio".to_owned());
        add("ssrc", format!("{ssrc} cname:{ssrc:08x}"));
        add("ice-ufrag", credentials.fragment);
        add("ice-pwd", credentials.password);
        add("candidate", format!("1 1 udp 2130706431 {ip} {port} typ host"));
        audio.attributes.push(Attribute::flag("end-of-candidates"));
        self.handshake(audio, setup);
    }

    fn handshake(&self, audio: &mut Medium, setup: &str) {
        let Some(certificate) = dtls::Certificate::ours() else { return };
        audio.attributes.push(Attribute::new("fingerprint", certificate.fingerprint.clone()));
        audio.attributes.push(Attribute::new("setup", setup));
    }

    /// What stands before the first medium: of our offer, or of our answer.
    pub(super) fn describe_session(&self, is_offer: bool) -> Vec<Attribute> {
        let web = match (&self.agreed, is_offer) {
            (_, true) => self.offered.profile == Profile::WebRtc,
            (Protection::Dtls { ice, .. }, false) => ice.is_some(),
            (Protection::None | Protection::Sdes { .. }, false) => false,
        };
        let bundle = || Attribute::new("group", format!("BUNDLE {}", self.mid()));
        if web { vec![Attribute::flag("ice-lite"), bundle()] } else { Vec::new() }
    }

    fn mid(&self) -> &str {
        self.mid.as_deref().unwrap_or("0")
    }
}

impl Profile {
    /// What stands in the `m=` line.
    pub(super) fn protocol(self) -> &'static str {
        match self {
            Profile::Plain | Profile::Offered => "RTP/AVP",
            Profile::Sdes => "RTP/SAVP",
            Profile::WebRtc => "UDP/TLS/RTP/SAVPF",
        }
    }
}

/// Whether the address of a description means anything: with ICE it does not.
pub(super) fn uses_ice(choice: &Choice) -> bool {
    matches!(choice, Choice::Dtls(remote) if remote.fragment.is_some())
}

/// The tag of the crypto line that is taken.
pub(super) fn tag(choice: &Choice) -> Option<u32> {
    match choice {
        Choice::Sdes(line) => Some(line.tag),
        Choice::Plain | Choice::Dtls(_) => None,
    }
}

/// Whether the far side wants RTCP on the port of RTP (RFC 5761).
pub(super) fn multiplexes(medium: &Medium) -> bool {
    medium.attribute("rtcp-mux").is_some()
}

#[cfg(test)]
mod tests;
