//! How the sound of a leg is protected: what we offer follows from how the far side is reached.

use media::Profile;
use model::Id;
use model::leg::Destination;
use sip::Transport;

use super::Driver;

impl Driver {
    /// What to offer there.
    pub(super) fn profile(&self, to: &Destination) -> Profile {
        match to {
            Destination::Contact { extension, contact } => {
                let contacts = self.shared.stack.contacts(extension.bits());
                let transport = contacts.iter().find(|known| known.key == *contact).map(|known| known.transport);
                of_phone(transport)
            }
            Destination::Trunk { .. } => Profile::Plain,
        }
    }
}

/// Keys in a description that anybody can read on its way protect nothing, so they are offered over TLS only.
fn of_phone(transport: Option<Transport>) -> Profile {
    match transport {
        // Who speaks SIP over a WebSocket is a browser.
        Some(Transport::Ws | Transport::Wss) => Profile::WebRtc,
        Some(Transport::Tls) => Profile::Offered,
        Some(Transport::Udp | Transport::Tcp) | None => Profile::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_webrtc_and_keys_go_over_tls_only() {
        assert_eq!(of_phone(Some(Transport::Wss)), Profile::WebRtc);
        assert_eq!(of_phone(Some(Transport::Ws)), Profile::WebRtc);
        assert_eq!(of_phone(Some(Transport::Tls)), Profile::Offered);
        for open in [Some(Transport::Udp), Some(Transport::Tcp), None] {
            assert_eq!(of_phone(open), Profile::Plain);
        }
    }
}
