//! The writer. Lines come in the order of RFC 8866 section 5, each ended by CRLF.

use super::{Attribute, Host, Medium, Session};
use std::fmt;
use std::net::IpAddr;

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        let user = if origin.user.is_empty() { "-" } else { &origin.user };
        write!(f, "v=0\r\no={user} {} {} ", origin.session, origin.version)?;
        match &origin.host {
            Some(host) => write!(f, "{host}\r\n")?,
            None => f.write_str("IN IP4 0.0.0.0\r\n")?,
        }
        write!(f, "s={}\r\n", if self.name.is_empty() { "-" } else { &self.name })?;
        if let Some(host) = &self.connection {
            write!(f, "c={host}\r\n")?;
        }
        f.write_str("t=0 0\r\n")?;
        attributes(f, &self.attributes)?;
        self.media.iter().try_for_each(|medium| write!(f, "{medium}"))
    }
}

impl fmt::Display for Medium {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        for format in &self.formats {
            write!(f, " {format}")?;
        }
        f.write_str("\r\n")?;
        if let Some(host) = &self.connection {
            write!(f, "c={host}\r\n")?;
        }
        attributes(f, &self.attributes)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Ip(ip @ IpAddr::V4(_)) => write!(f, "IN IP4 {ip}"),
            Host::Ip(ip @ IpAddr::V6(_)) => write!(f, "IN IP6 {ip}"),
            Host::Name(name) => write!(f, "IN IP4 {name}"),
        }
    }
}

fn attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    for attribute in attributes {
        match &attribute.value {
            Some(value) => write!(f, "a={}:{value}\r\n", attribute.name)?,
            None => write!(f, "a={}\r\n", attribute.name)?,
        }
    }
    Ok(())
}
