//! The addresses of a carrier.

use model::Network;

/// The widest block of a carrier: 256 addresses.
const FREE_BITS: u8 = 8;

/// Reads `203.0.113.7`, `203.0.113.0/28` or an IPv6 form. At most 256 addresses: a wider block is a slip, and would let
/// strangers call as the carrier.
pub fn parse_address(text: &str) -> Option<Network> {
    let network: Network = text.parse().ok()?;
    let first = network.first();
    (network.free_bits() <= FREE_BITS && !first.is_unspecified() && !first.is_multicast()).then_some(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_has_few_addresses() {
        for text in ["127.0.0.30", "203.0.113.9/28", "203.0.113.0/24", "::ffff:127.0.0.1", "2001:db8::1/124"] {
            assert!(parse_address(text).is_some(), "{text}");
        }
        for text in ["", "carrier.example", "10.0.0.0/8", "0.0.0.0", "0.0.0.0/0", "::/0", "224.0.0.1"] {
            assert_eq!(parse_address(text), None, "{text}");
        }
    }
}
