//! An address, or a small network of them.

use std::fmt;
use std::net::IpAddr;

/// An address or a network in the form `address/prefix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `203.0.113.7`, `203.0.113.0/28` or an IPv6 form. At most 256 addresses: a wider one is a slip, and would let
    /// strangers call as the carrier.
    pub fn parse(text: &str) -> Option<Network> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let address = address.parse::<IpAddr>().ok()?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(most);
        if prefix > most || prefix + 8 < most || address.is_unspecified() || address.is_multicast() {
            return None;
        }
        Some(Network { address: mask(address, prefix), prefix })
    }

    /// Whether the address is inside.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && mask(address, self.prefix) == self.address
    }

    /// The only address, when it is one.
    pub fn single(&self) -> Option<IpAddr> {
        let most = if self.address.is_ipv4() { 32 } else { 128 };
        (self.prefix == most).then_some(self.address)
    }

    /// Whether an address can be in both.
    pub fn overlaps(&self, other: &Network) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }
}

fn mask(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let keep = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & keep).into())
        }
        IpAddr::V6(v6) => {
            let keep = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & keep).into())
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.single() {
            Some(address) => write!(f, "{address}"),
            None => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_one_written_form() {
        for (text, form) in [
            ("127.0.0.30", "127.0.0.30"),
            ("203.0.113.9/28", "203.0.113.0/28"),
            ("203.0.113.9/32", "203.0.113.9"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
            ("2001:db8::1/124", "2001:db8::/124"),
        ] {
            assert_eq!(Network::parse(text).map(|n| n.to_string()).as_deref(), Some(form));
        }
        for text in [
            "",
            "carrier.example",
            "10.0.0.0/8",
            "0.0.0.0",
            "0.0.0.0/0",
            "1.2.3.4/33",
            "::/0",
            "224.0.0.1",
            "1.2.3.4/x",
        ] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_network_contains_its_addresses_only() {
        let network = Network::parse("203.0.113.16/28").expect("a network");
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(network.contains(address("203.0.113.16")) && network.contains(address("203.0.113.31")));
        assert!(network.contains(address("::ffff:203.0.113.20")));
        assert!(!network.contains(address("203.0.113.32")) && !network.contains(address("::1")));
        assert!(network.overlaps(&Network::parse("203.0.113.17").expect("an address")));
        assert!(!network.overlaps(&Network::parse("203.0.113.1").expect("an address")));
    }
}
