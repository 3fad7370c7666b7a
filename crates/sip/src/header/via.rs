//! Via: who has handled a request, and where its responses go.

use std::net::IpAddr;

use super::{HeaderError, Params, is_token, parse_number};
use crate::transport::Transport;
use crate::uri::{host_ip, split_host_port};

/// One Via value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Via<'a> {
    /// The transport; none when it is one we do not speak.
    pub transport: Option<Transport>,
    /// The host of sent-by, as written (an IPv6 address keeps its brackets).
    pub host: &'a str,
    /// The port of sent-by.
    pub port: Option<u16>,
    /// The parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one Via value; blanks may stand around each part, as RFC 4475 section 3.1.1.1 has them.
    pub fn parse(text: &'a str) -> Result<Via<'a>, HeaderError> {
        Via::read(text).ok_or(HeaderError::Malformed)
    }

    fn read(text: &'a str) -> Option<Via<'a>> {
        let (protocol, rest) = text.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        // Of whatever version: who speaks another one has to be told so (505).
        let (major, minor) = version.trim().split_once('.')?;
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !protocol.trim().eq_ignore_ascii_case("SIP") || !is_number(major) || !is_number(minor) {
            return None;
        }
        let rest = rest.trim_start();
        let end = rest.bytes().position(|b| !is_token(b))?;
        let (transport, rest) = rest.split_at(end);
        if transport.is_empty() || !rest.starts_with([' ', '\t']) {
            return None;
        }
        let params_at = rest.find(';').unwrap_or(rest.len());
        let (host, port) = split_host_port(rest[..params_at].trim())?;
        Some(Via { transport: Transport::parse(transport), host, port, params: Params::new(&rest[params_at..]) })
    }

    /// The branch; empty when missing.
    pub fn branch(&self) -> &'a str {
        self.params.get("branch").unwrap_or("")
    }

    /// The address the request was received from, as an earlier hop wrote it.
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received").and_then(host_ip)
    }

    /// Whether the sender asks for answers to the port it sent from (RFC 3581), and the port if it is filled in.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(|port| parse_number(port).and_then(|n| u16::try_from(n).ok()))
    }

    /// The address in sent-by, when it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_via_of_a_phone() {
        let via = Via::parse("SIP/2.0/UDP 192.168.1.9:5062;branch=z9hG4bKx;rport").expect("a Via");
        assert_eq!((via.transport, via.host, via.port), (Some(Transport::Udp), "192.168.1.9", Some(5062)));
        assert_eq!((via.branch(), via.rport(), via.received()), ("z9hG4bKx", Some(None), None));
    }

    #[test]
    fn who_speaks_another_version_can_be_answered() {
        assert_eq!(Via::parse("SIP/7.0/UDP a:5062").map(|via| (via.host, via.port)), Ok(("a", Some(5062))));
    }

    #[test]
    fn a_via_with_blanks_everywhere() {
        let via = Via::parse("SIP  / 2.0  / tcp     spindle.example.com : 5070  ;  branch  =   z9hG4bK9ikj8  ");
        let via = via.expect("a Via");
        assert_eq!((via.transport, via.host, via.port), (Some(Transport::Tcp), "spindle.example.com", Some(5070)));
        assert_eq!(via.branch(), "z9hG4bK9ikj8");
    }

    #[test]
    fn a_via_over_version_six_with_what_was_received() {
        let via =
            Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=x;rport=99").expect("a Via");
        assert_eq!(via.ip(), "2001:db8::9:1".parse().ok());
        assert_eq!((via.received(), via.rport()), ("2001:db8::9:255".parse().ok(), Some(Some(99))));
    }

    #[test]
    fn broken_vias_are_refused() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0 a",
            "HTTP/2.0/UDP a",
            "SIP/x/UDP a",
            "SIP/2./UDP a",
            "SIP/2.0/UDP ;branch=x",
            "SIP/2.0/UDP a:99999",
        ] {
            assert_eq!(Via::parse(text), Err(HeaderError::Malformed), "{text}");
        }
    }
}
