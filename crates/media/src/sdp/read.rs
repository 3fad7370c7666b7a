//! The reader.

use super::{Attribute, Host, Limit, Medium, Origin, ParseError, Session};

pub(super) fn session(text: &[u8]) -> Result<Session, ParseError> {
    if text.len() > Limit::BYTES {
        return Err(ParseError::TooMany("bytes"));
    }
    let text = String::from_utf8_lossy(text);
    let mut session = Session::default();
    let mut seen = false;
    for line in text.split(['\n', '\r']) {
        let Some((kind, value)) = line.trim_start().split_once('=') else { continue };
        let value = value.trim();
        seen |= matches!(kind, "v" | "o" | "s" | "c" | "t" | "m");
        match kind {
            "o" => session.origin = origin(value),
            "s" => session.name = value.to_owned(),
            "c" => match session.media.last_mut() {
                Some(medium) => medium.connection = medium.connection.take().or_else(|| connection(value)),
                None => session.connection = connection(value),
            },
            "m" => {
                if session.media.len() == Limit::MEDIA {
                    return Err(ParseError::TooMany("media"));
                }
                session.media.push(medium(value)?);
            }
            "a" => {
                let attributes = match session.media.last_mut() {
                    Some(medium) => &mut medium.attributes,
                    None => &mut session.attributes,
                };
                if attributes.len() == Limit::ATTRIBUTES {
                    return Err(ParseError::TooMany("attributes"));
                }
                attributes.push(attribute(value));
            }
            // v=, t= and the rest say nothing that a call needs.
            _ => {}
        }
    }
    if seen { Ok(session) } else { Err(ParseError::NotSdp) }
}

fn origin(value: &str) -> Origin {
    let mut words = value.split_whitespace();
    Origin {
        user: words.next().unwrap_or("-").to_owned(),
        session: words.next().and_then(|w| w.parse().ok()).unwrap_or(0),
        version: words.next().and_then(|w| w.parse().ok()).unwrap_or(0),
        host: words.nth(2).map(host),
    }
}

/// `IN IP4 203.0.113.7/127`: the last word counts, without time to live and number of addresses.
fn connection(value: &str) -> Option<Host> {
    let word = value.split_whitespace().nth(2)?;
    Some(host(word.split('/').next().unwrap_or(word)))
}

fn host(word: &str) -> Host {
    word.parse().map_or_else(|_| Host::Name(word.to_owned()), Host::Ip)
}

fn medium(value: &str) -> Result<Medium, ParseError> {
    let mut words = value.split_whitespace();
    let kind = words.next().ok_or(ParseError::Medium)?.to_ascii_lowercase();
    // `49170/2` names two ports; only the first matters.
    let port = words.next().and_then(|w| w.split('/').next()?.parse().ok()).ok_or(ParseError::Medium)?;
    let protocol = words.next().ok_or(ParseError::Medium)?.to_owned();
    let formats: Vec<String> = words.by_ref().take(Limit::FORMATS).map(str::to_owned).collect();
    if words.next().is_some() {
        return Err(ParseError::TooMany("formats"));
    }
    Ok(Medium { kind, port, protocol, formats, connection: None, attributes: Vec::new() })
}

fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute::new(name.trim(), value.trim()),
        None => Attribute::flag(value),
    }
}
