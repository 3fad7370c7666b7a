//! What a description of the far side says about protection.

use crate::dtls::Fingerprint;
use crate::sdes::Line;
use crate::sdp::{Medium, Session};

/// Lines of one medium that are looked at; more tell nothing new.
const LINES: usize = 16;

/// What we take of it.
#[derive(Debug, Clone)]
pub(in crate::negotiation) enum Choice {
    Plain,
    Sdes(Line),
    Dtls(RemoteDtls),
}

/// All of it.
#[derive(Debug)]
pub(super) struct Remote {
    /// The profile is one without protection.
    pub(super) is_plain: bool,
    /// The profile is one of protected RTP: true when it names DTLS.
    pub(super) needs_dtls: Option<bool>,
    /// The crypto lines that we can do, in the far side's order.
    pub(super) lines: Vec<Line>,
    pub(super) dtls: Option<RemoteDtls>,
}

/// What the far side says about DTLS and ICE.
#[derive(Debug, Clone)]
pub(in crate::negotiation) struct RemoteDtls {
    pub(super) fingerprints: Vec<Fingerprint>,
    setup: Setup,
    /// Its ICE name fragment; none when it does no ICE.
    pub(super) fragment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setup {
    Active,
    Passive,
    Either,
}

impl Remote {
    pub(super) fn of(session: &Session, medium: &Medium) -> Remote {
        let protocol = medium.protocol.to_ascii_uppercase();
        let needs_dtls = match protocol.as_str() {
            "RTP/SAVP" | "RTP/SAVPF" => Some(false),
            "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF" => Some(true),
            _ => None,
        };
        let crypto = medium.attributes.iter().filter(|a| a.name == "crypto").take(LINES);
        Remote {
            is_plain: is_plain(&protocol),
            needs_dtls,
            lines: crypto.filter_map(|a| Line::parse(a.value.as_deref()?)).collect(),
            dtls: RemoteDtls::of(session, medium),
        }
    }
}

/// RTP without protection.
pub(super) fn is_plain(protocol: &str) -> bool {
    ["RTP/AVP", "RTP/AVPF"].iter().any(|plain| plain.eq_ignore_ascii_case(protocol))
}

impl RemoteDtls {
    fn of(session: &Session, medium: &Medium) -> Option<RemoteDtls> {
        // What the medium says counts, else what the session says.
        let own = medium.attributes.iter().any(|a| a.name == "fingerprint");
        let level = if own { &medium.attributes } else { &session.attributes };
        let prints = level.iter().filter(|a| a.name == "fingerprint").take(LINES);
        let fingerprints: Vec<Fingerprint> = prints.filter_map(|a| Fingerprint::parse(a.value.as_deref()?)).collect();
        let value = |name: &str| {
            let found = medium.attribute(name).or_else(|| session.attribute(name))?;
            found.value.as_deref().map(str::trim).filter(|value| !value.is_empty())
        };
        let setup = match value("setup").map(str::to_ascii_lowercase).as_deref() {
            Some("active") => Setup::Active,
            Some("passive") => Setup::Passive,
            _ => Setup::Either,
        };
        // Both are needed, though only the name is used: we send no checks.
        let fragment = value("ice-pwd").and(value("ice-ufrag")).map(str::to_owned);
        (!fingerprints.is_empty()).then_some(RemoteDtls { fingerprints, setup, fragment })
    }

    /// Whether we begin the handshake when this is an offer: only when the far side will not. A handshake that was
    /// made keeps its roles.
    pub(super) fn active_for_answer(&self, was_active: Option<bool>) -> bool {
        match self.setup {
            Setup::Active => false,
            Setup::Passive => true,
            Setup::Either => was_active.unwrap_or(false),
        }
    }

    /// Whether we begin it when this is the answer to our offer of either.
    pub(super) fn active_after_offer(&self) -> bool {
        self.setup == Setup::Passive
    }
}
