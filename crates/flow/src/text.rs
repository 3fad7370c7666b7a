//! Ids, keys and causes in JSON are their own text; `model` itself knows no serde.

use model::{Cause, Digit};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// A value that is its text.
pub(crate) mod one {
    use super::*;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<T, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        String::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

/// The same, or null.
pub(crate) mod option {
    use super::*;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &Option<T>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => out.collect_str(value),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr,
        T::Err: Display,
        D: Deserializer<'de>,
    {
        Option::<String>::deserialize(input)?.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

/// A cause by its word.
pub(crate) mod cause {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Cause, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(value.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Cause, D::Error> {
        let word = String::deserialize(input)?;
        Cause::parse(&word).ok_or_else(|| D::Error::custom(format!("`{word}` is no cause")))
    }
}

/// A telephone key, or null.
pub(crate) mod key {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(key: &Option<Digit>, out: S) -> Result<S::Ok, S::Error> {
        match key {
            Some(key) => out.serialize_char(key.as_char()),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Digit>, D::Error> {
        let Some(text) = Option::<String>::deserialize(input)? else { return Ok(None) };
        let mut chars = text.chars();
        match (chars.next().and_then(Digit::new), chars.next()) {
            (Some(key), None) => Ok(Some(key)),
            (Some(_) | None, _) => Err(D::Error::custom(format!("`{text}` is no key: use one of 0-9, *, #, A-D"))),
        }
    }
}

/// A language by its code.
pub(crate) mod language {
    use super::*;
    use model::say::Language;

    pub(crate) fn serialize<S: Serializer>(language: &Language, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(language.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Language, D::Error> {
        let code = String::deserialize(input)?;
        Language::parse(&code).ok_or_else(|| D::Error::custom(format!("`{code}` is not spoken here: use vi or en")))
    }
}

/// A map whose keys are telephone keys.
pub(crate) mod keys {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(map: &BTreeMap<Digit, String>, out: S) -> Result<S::Ok, S::Error> {
        map.iter().map(|(key, to)| (key.as_char(), to)).collect::<BTreeMap<_, _>>().serialize(out)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<Digit, String>, D::Error> {
        let mut keys = BTreeMap::new();
        for (text, to) in BTreeMap::<String, String>::deserialize(input)? {
            let mut chars = text.chars();
            let key = match (chars.next().and_then(Digit::new), chars.next()) {
                (Some(key), None) => key,
                (Some(_) | None, _) => {
                    return Err(D::Error::custom(format!("`{text}` is no key: use one of 0-9, *, #, A-D")));
                }
            };
            if keys.insert(key, to).is_some() {
                return Err(D::Error::custom(format!("the key `{}` stands twice", key.as_char())));
            }
        }
        Ok(keys)
    }
}
