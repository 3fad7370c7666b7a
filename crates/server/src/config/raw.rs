//! A value as it was written, in TOML or in a variable, and the ways to read one. A failure is half a sentence that
//! says what would be right; [`super::load`] adds the key and its place.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

/// A value before it has a meaning.
#[derive(Debug, Clone)]
pub(super) enum Raw {
    /// From the file.
    Toml(toml::Value),
    /// From a variable.
    Text(String),
}

pub(super) type Read<T> = Result<T, String>;

impl Raw {
    /// The value as text; numbers and flags of the file count as their text.
    pub(super) fn text(&self) -> Read<String> {
        match self {
            Raw::Text(text) => Ok(text.trim().to_owned()),
            Raw::Toml(toml::Value::String(text)) => Ok(text.trim().to_owned()),
            Raw::Toml(toml::Value::Integer(number)) => Ok(number.to_string()),
            Raw::Toml(toml::Value::Boolean(flag)) => Ok(flag.to_string()),
            Raw::Toml(other) => Err(format!("must be one value in quotes, not {}", kind(other))),
        }
    }

    /// The text, or nothing when it is empty.
    pub(super) fn optional(&self) -> Read<Option<String>> {
        Ok(Some(self.text()?).filter(|t| !t.is_empty()))
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, bounds: RangeInclusive<u64>) -> Read<u64> {
        let text = self.text()?;
        text.parse()
            .ok()
            .filter(|n| bounds.contains(n))
            .ok_or_else(|| format!("must be a whole number from {} to {}, not {text:?}", bounds.start(), bounds.end()))
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Read<T> {
        let text = self.text()?;
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
            let all: Vec<_> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
            format!("must be one of {}, not {text:?}", all.join(", "))
        })
    }

    /// An address with a port.
    pub(super) fn socket(&self) -> Read<SocketAddr> {
        socket(&self.text()?)
    }

    /// Addresses with ports: a list in the file, commas in a variable, nothing for none.
    pub(super) fn sockets(&self) -> Read<Vec<SocketAddr>> {
        if let Raw::Toml(toml::Value::Array(items)) = self {
            return items.iter().map(|item| Raw::Toml(item.clone()).socket()).collect();
        }
        let text = self.text()?;
        if matches!(text.as_str(), "" | "off" | "none") {
            return Ok(Vec::new());
        }
        text.split(',').map(|part| socket(part.trim())).collect()
    }

    /// Words: a list in the file, commas in a variable, nothing for none.
    pub(super) fn words(&self) -> Read<Vec<String>> {
        if let Raw::Toml(toml::Value::Array(items)) = self {
            return items.iter().map(|item| Raw::Toml(item.clone()).text()).collect();
        }
        Ok(self.text()?.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// An address without a port, or nothing.
    pub(super) fn address(&self) -> Read<Option<IpAddr>> {
        match self.text()?.as_str() {
            "" | "auto" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| format!("must be an IP address such as \"203.0.113.7\" or \"auto\", not {text:?}")),
        }
    }

    /// Two ports with a dash.
    pub(super) fn ports(&self) -> Read<RangeInclusive<u16>> {
        let text = self.text()?;
        let bad = || format!("must be two ports with a dash such as \"20000-29999\", not {text:?}");
        let (first, last) = text.split_once('-').ok_or_else(bad)?;
        let (first, last): (u16, u16) =
            (first.trim().parse().map_err(|_| bad())?, last.trim().parse().map_err(|_| bad())?);
        if first < 1024 || last <= first {
            return Err(format!("must start at 1024 or above and end after its start, not {text:?}"));
        }
        Ok(first..=last)
    }
}

fn socket(text: &str) -> Read<SocketAddr> {
    text.parse().map_err(|_| format!("must be an address with a port such as \"127.0.0.1:5060\", not {text:?}"))
}

fn kind(value: &toml::Value) -> &'static str {
    match value {
        toml::Value::Array(_) => "a list",
        toml::Value::Table(_) => "a table",
        toml::Value::Float(_) => "a fraction",
        toml::Value::Datetime(_) => "a date",
        toml::Value::String(_) | toml::Value::Integer(_) | toml::Value::Boolean(_) => "this",
    }
}
