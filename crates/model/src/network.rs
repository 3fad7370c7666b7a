//! A block of addresses: which sources count as a carrier, may use a key, or may be reached by a webhook.

use core::net::IpAddr;
use std::fmt;
use std::str::FromStr;

/// An address, or a block of them in the form `address/prefix`. IPv4 inside IPv6 counts as IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The block around `address` whose first `prefix` bits are the same; a prefix that is too long means the address alone.
    pub const fn of(address: IpAddr, prefix: u8) -> Network {
        let most = bits(address);
        let prefix = if prefix > most { most } else { prefix };
        Network { address: mask(address, prefix), prefix }
    }

    /// Whether the address is inside.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && mask(address, self.prefix) == self.address
    }

    /// The only address, when it is one.
    pub fn single(&self) -> Option<IpAddr> {
        (self.prefix == bits(self.address)).then_some(self.address)
    }

    /// Whether an address can be in both.
    pub fn overlaps(&self, other: &Network) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }

    /// The first address of the block.
    pub fn first(&self) -> IpAddr {
        self.address
    }

    /// How many bits of an address are free: 0 for a single one, 8 for an IPv4 `/24`.
    pub fn free_bits(&self) -> u8 {
        bits(self.address) - self.prefix
    }
}

const fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

const fn mask(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let keep = match u32::MAX.checked_shl(32 - prefix as u32) {
                Some(keep) => keep,
                None => 0,
            };
            IpAddr::V4(core::net::Ipv4Addr::from_bits(v4.to_bits() & keep))
        }
        IpAddr::V6(v6) => {
            let keep = match u128::MAX.checked_shl(128 - prefix as u32) {
                Some(keep) => keep,
                None => 0,
            };
            IpAddr::V6(core::net::Ipv6Addr::from_bits(v6.to_bits() & keep))
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

/// The text is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadNetwork(String);

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not an address or a block such as 10.1.0.0/16", self.0)
    }
}

impl std::error::Error for BadNetwork {}

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Network, BadNetwork> {
        let bad = || BadNetwork(text.chars().take(64).collect());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.trim().parse::<u8>().map_err(|_| bad())?)),
            None => (text.trim(), None),
        };
        let address = address.trim().parse::<IpAddr>().map_err(|_| bad())?.to_canonical();
        let prefix = prefix.unwrap_or(bits(address));
        if prefix > bits(address) { Err(bad()) } else { Ok(Network::of(address, prefix)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().expect("a network")
    }

    #[test]
    fn networks_have_one_written_form() {
        for (text, form) in [
            ("127.0.0.30", "127.0.0.30"),
            ("203.0.113.9/28", "203.0.113.0/28"),
            ("203.0.113.9/32", "203.0.113.9"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
            ("2001:db8::1/124", "2001:db8::/124"),
            (" 10.1.2.3/8 ", "10.0.0.0/8"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(network(text).to_string(), form);
        }
        for text in ["", "carrier.example", "1.2.3.4/33", "1.2.3.4/x", "10.0.0.0/-1", "x/8", "::/129"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_network_contains_its_addresses_only() {
        let block = network("203.0.113.16/28");
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(block.contains(address("203.0.113.16")) && block.contains(address("203.0.113.31")));
        assert!(block.contains(address("::ffff:203.0.113.20")));
        assert!(!block.contains(address("203.0.113.32")) && !block.contains(address("::1")));
        assert!(block.overlaps(&network("203.0.113.17")) && !block.overlaps(&network("203.0.113.1")));
        assert!(network("::/0").contains(address("::1")) && !network("::/0").contains(address("1.2.3.4")));
        assert_eq!((block.free_bits(), block.single()), (4, None));
    }
}
