//! How the sound of a leg is protected, and what cannot be agreed on: what we offer and take follows from what its phone or carrier is to have, and from
//! how it is reached.

use media::{Policy, Profile};
use model::leg::Destination;
use model::{Cause, Id, LegId};
use pbx::srtp::Srtp;
use pbx::trunk;
use sip::Transport;

use super::Driver;
use super::leg::Far;

impl Driver {
    /// What to offer there, and what to take.
    pub(super) fn protection(&self, to: &Destination) -> (Profile, Policy) {
        match to {
            Destination::Contact { extension, contact } => {
                let contacts = self.shared.stack.contacts(extension.bits());
                let transport = contacts.iter().find(|known| known.key == *contact).map(|known| known.transport);
                let srtp = self.srtp(&Far::Extension(*extension));
                (of_phone(srtp, transport), policy(srtp))
            }
            Destination::Trunk { trunk, number } => {
                let srtp = self.srtp(&Far::Trunk(*trunk, number.clone()));
                let secret =
                    self.tenant.trunks.get(trunk).is_some_and(|trunk| trunk.transport == trunk::Transport::Tls);
                (with_keys(srtp, secret), policy(srtp))
            }
        }
    }

    /// Applies the far side's answer to our offer; or why there is nothing to agree on.
    pub(super) fn take_answer(&mut self, id: LegId, body: &[u8]) -> Result<(), Cause> {
        let media = self.legs.get_mut(&id).and_then(|leg| leg.media.as_mut()).ok_or(Cause::Incompatible)?;
        media.accept_answer(body).map_err(|error| {
            self.log_refused(&error);
            cause_of(&error)
        })
    }

    /// What is wanted of the protection of whom a leg leads to.
    pub(super) fn srtp(&self, far: &Far) -> Srtp {
        match far {
            Far::Extension(id) => self.tenant.extensions.get(id).map(|extension| extension.srtp),
            Far::Trunk(id, _) => self.tenant.trunks.get(id).map(|trunk| trunk.srtp),
            Far::Unknown => None,
        }
        .unwrap_or_default()
    }
}

pub(super) fn policy(srtp: Srtp) -> Policy {
    match srtp {
        Srtp::Off => Policy::Off,
        Srtp::Optional => Policy::Offered,
        Srtp::Required => Policy::Required,
    }
}

/// What to offer in the 200 to an INVITE that had no offer.
pub(super) fn late_profile(srtp: Srtp) -> Option<Profile> {
    match srtp {
        Srtp::Off | Srtp::Optional => None,
        Srtp::Required => Some(Profile::Sdes),
    }
}

fn of_phone(srtp: Srtp, transport: Option<Transport>) -> Profile {
    match transport {
        // Who speaks SIP over a WebSocket is a browser.
        Some(Transport::Ws | Transport::Wss) => Profile::WebRtc,
        Some(Transport::Tls) => with_keys(srtp, true),
        Some(Transport::Udp | Transport::Tcp) | None => with_keys(srtp, false),
    }
}

/// Keys in a description that anybody can read on its way protect nothing, so unless they are demanded they are offered
/// over TLS only.
fn with_keys(srtp: Srtp, secret: bool) -> Profile {
    match srtp {
        Srtp::Required => Profile::Sdes,
        Srtp::Optional if secret => Profile::Offered,
        Srtp::Optional | Srtp::Off => Profile::Plain,
    }
}

/// Why a session that could not be agreed on came to nothing.
pub(super) fn cause_of(error: &media::NegotiationError) -> Cause {
    use media::NegotiationError as E;
    match error {
        E::NotProtected => Cause::NotProtected,
        E::Malformed(_) | E::NoAudio | E::Unsupported(_) | E::NoCommonCodec | E::NoOffer => Cause::Incompatible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_webrtc_and_keys_go_over_tls_only_unless_they_are_demanded() {
        for srtp in [Srtp::Off, Srtp::Optional, Srtp::Required] {
            assert_eq!(of_phone(srtp, Some(Transport::Wss)), Profile::WebRtc);
            assert_eq!(of_phone(srtp, Some(Transport::Ws)), Profile::WebRtc);
        }
        assert_eq!(of_phone(Srtp::Optional, Some(Transport::Tls)), Profile::Offered);
        assert_eq!(of_phone(Srtp::Off, Some(Transport::Tls)), Profile::Plain);
        for open in [Some(Transport::Udp), Some(Transport::Tcp), None] {
            assert_eq!(of_phone(Srtp::Optional, open), Profile::Plain);
            assert_eq!(of_phone(Srtp::Required, open), Profile::Sdes);
        }
    }
}
