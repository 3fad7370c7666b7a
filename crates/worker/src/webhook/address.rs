//! Which addresses we send to: the public Internet, and what the operator allows by name. A webhook must never be a
//! way to reach the machine itself or the network behind it.

use model::{Network, Problem};
use reqwest::Url;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::Host;

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Network {
    Network::of(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix)
}

const fn v6(first: u16, second: u16, third: u16, prefix: u8) -> Network {
    Network::of(IpAddr::V6(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0)), prefix)
}

/// Everything that is not the public Internet (IANA special-purpose registries).
const CLOSED: [Network; 33] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 52, 193, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(192, 175, 48, 0, 24),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
    // Addresses of the old world in the new one's clothes (::/96, mapped, translated, 6to4, Teredo) are unwrapped
    // first; whatever is left of these blocks is closed as a whole.
    v6(0, 0, 0, 8),
    v6(0x0064, 0xff9b, 0, 32),
    v6(0x0100, 0, 0, 8),
    v6(0x2001, 0, 0, 23),
    v6(0x2001, 0x0db8, 0, 32),
    v6(0x2002, 0, 0, 16),
    v6(0x2620, 0x004f, 0x8000, 48),
    v6(0x3fff, 0, 0, 20),
    v6(0x5f00, 0, 0, 16),
    v6(0xfc00, 0, 0, 7),
    v6(0xfe00, 0, 0, 9),
    v6(0xfe80, 0, 0, 10),
    v6(0xfec0, 0, 0, 10),
    v6(0xff00, 0, 0, 8),
    v6(0x3ffe, 0, 0, 16),
];

/// Which addresses may be reached.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Vec<Network>,
}

impl Guard {
    /// The public Internet and, besides, these blocks. Only the operator of the installation sets them.
    pub fn new(allowed: Vec<Network>) -> Guard {
        Guard { allowed }
    }

    /// Whether we may connect to the address.
    pub fn permits(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|n| n.contains(address)) || !CLOSED.iter().any(|n| n.contains(address))
    }

    /// The addresses of the URL's host, all of them permitted; one that is not spoils the whole name.
    pub async fn resolve(&self, url: &Url) -> Result<Vec<SocketAddr>, Refused> {
        let port = url.port_or_known_default().ok_or(Refused::Url("the port is missing"))?;
        let found: Vec<SocketAddr> = match url.host().ok_or(Refused::Url("the host is missing"))? {
            Host::Ipv4(address) => vec![(address, port).into()],
            Host::Ipv6(address) => vec![(address, port).into()],
            Host::Domain(name) => {
                tokio::net::lookup_host((name, port)).await.map_err(|_| Refused::NoAddress)?.collect()
            }
        };
        if found.is_empty() {
            return Err(Refused::NoAddress);
        }
        match found.iter().find(|a| !self.permits(a.ip())) {
            Some(_) => Err(Refused::Closed),
            None => Ok(found),
        }
    }

    /// Checks a URL that somebody wants to save.
    pub async fn check(&self, text: &str) -> Result<Url, Problem> {
        let url = parse(text).map_err(|refused| refused.problem())?;
        self.resolve(&url).await.map_err(|refused| refused.problem())?;
        Ok(url)
    }
}

/// Why a URL is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The text is not a URL we take.
    Url(&'static str),
    /// The name has no address.
    NoAddress,
    /// An address of it is not public.
    Closed,
}

impl Refused {
    /// One sentence for people.
    pub fn sentence(self) -> String {
        match self {
            Refused::Url(why) => format!("Use a URL like https://example.com/hook: {why}."),
            Refused::NoAddress => "The name in the URL has no address.".to_owned(),
            Refused::Closed => "The URL leads to an address that is not public.".to_owned(),
        }
    }

    fn problem(self) -> Problem {
        Problem::invalid("url", self.sentence())
    }
}

/// Reads a URL and refuses what a webhook has no use for.
pub fn parse(text: &str) -> Result<Url, Refused> {
    if text.len() > 2_000 {
        return Err(Refused::Url("it is longer than 2000 characters"));
    }
    let url = Url::parse(text).map_err(|_| Refused::Url("this is not one"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Url("only https and http are possible"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Url("a name and password in it are not possible"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ways to write an inner address that have opened doors elsewhere.
    const INNER: [&str; 46] = [
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/x",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://127.255.255.254/",
        "http://0.0.0.0/",
        "http://0/",
        "http://localhost/",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://[::1]/",
        "http://[::]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001::1]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[ff02::1]/",
        "http://10.0.0.1/",
        "http://10.255.255.255/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0xa9fea9fe/",
        "http://2852039166/",
        "http://100.64.0.1/",
        "http://198.18.0.1/",
        "http://192.0.0.192/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
    ];

    #[tokio::test]
    async fn no_way_to_write_an_inner_address_is_taken() {
        let guard = Guard::default();
        for text in INNER {
            assert!(guard.check(text).await.is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn other_schemes_and_passwords_are_refused() {
        let guard = Guard::default();
        for text in [
            "file:///etc/passwd",
            "gopher://8.8.8.8/",
            "ftp://8.8.8.8/",
            "http://a:b@8.8.8.8/",
            "//8.8.8.8",
            "",
            "http://",
        ] {
            let problem = guard.check(text).await.unwrap_err();
            assert_eq!(problem.fields[0].name, "url", "{text}");
        }
    }

    #[tokio::test]
    async fn public_addresses_and_allowed_blocks_pass() {
        assert!(Guard::default().check("https://8.8.8.8/hook").await.is_ok());
        assert!(Guard::default().check("https://[2606:4700::1111]/hook").await.is_ok());
        let guard = Guard::new(vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(guard.check("http://127.0.0.1:9/").await.is_ok());
        assert!(guard.check("http://10.0.0.1/").await.is_err());
    }
}
