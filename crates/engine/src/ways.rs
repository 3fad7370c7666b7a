//! What stands between a phone and us, as far as its REGISTER tells: it writes where it believes to be into Via and Contact,
//! and we see where it comes from. Pure.

use std::net::{IpAddr, SocketAddr};

use bus::Obstacle;
use sip::{Contact, Transport};

pub(crate) fn obstacle(contact: &Contact) -> Obstacle {
    judge(contact.transport, contact.source, host(&contact.uri), host_of(&contact.sent_by))
}

fn judge(transport: Transport, source: SocketAddr, contact: Option<IpAddr>, sent_by: Option<IpAddr>) -> Obstacle {
    match transport {
        Transport::Ws | Transport::Wss => return Obstacle::Browser,
        Transport::Tls => return Obstacle::Hidden,
        Transport::Udp | Transport::Tcp => {}
    }
    let source = source.ip().to_canonical();
    match (contact, sent_by) {
        // A phone writes one address into both, unless it learned the other by STUN.
        (Some(contact), Some(sent_by)) if contact != sent_by => Obstacle::Rewritten,
        (Some(contact), _) if contact == source => Obstacle::Nothing,
        (Some(contact), _) if is_private(contact) => Obstacle::Nat,
        (Some(_), _) => Obstacle::WrongAddress,
        // A name, which we do not look up for this.
        (None, _) => Obstacle::Nothing,
    }
}

fn host(uri: &str) -> Option<IpAddr> {
    sip::uri::Uri::parse(uri).ok().and_then(|uri| host_of(uri.host))
}

fn host_of(text: &str) -> Option<IpAddr> {
    text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.octets()[0] == 100,
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_register_tells_of_the_way_is_named() {
        let ip = |text: &str| text.parse::<IpAddr>().ok();
        let from = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let public = from("203.0.113.9:40000");
        for (transport, source, contact, sent_by, found) in [
            (Transport::Udp, from("10.0.0.7:5060"), "10.0.0.7", "10.0.0.7", Obstacle::Nothing),
            (Transport::Udp, public, "192.168.1.7", "192.168.1.7", Obstacle::Nat),
            (Transport::Udp, public, "203.0.113.9", "192.168.1.7", Obstacle::Rewritten),
            (Transport::Tcp, public, "192.168.1.7", "203.0.113.9", Obstacle::Rewritten),
            (Transport::Udp, public, "198.51.100.1", "198.51.100.1", Obstacle::WrongAddress),
            (Transport::Udp, public, "phone.example", "phone.example", Obstacle::Nothing),
            (Transport::Tls, public, "203.0.113.9", "192.168.1.7", Obstacle::Hidden),
            (Transport::Wss, public, "x7.invalid", "x7.invalid", Obstacle::Browser),
        ] {
            assert_eq!(judge(transport, source, ip(contact), ip(sent_by)), found, "{contact} {sent_by} from {source}");
        }
        assert_eq!(host("sip:101@192.168.1.7:5062;ob"), ip("192.168.1.7"));
        assert_eq!(host("sip:101@[2001:db8::7]:5062"), ip("2001:db8::7"));
    }
}
