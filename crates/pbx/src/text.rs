//! Ids and words of `model` and `call` as text in JSON; those crates know no serde.

pub(crate) mod id {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(value)
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = std::borrow::Cow::<str>::deserialize(input)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

pub(crate) mod some_id {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &Option<T>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => out.collect_str(value),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = Option::<String>::deserialize(input)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

/// For patches: missing stays, `null` clears, a value sets.
pub(crate) mod patch_id {
    use serde::{Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &Option<Option<T>>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::some_id::serialize(value, out),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<Option<Option<T>>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        super::some_id::deserialize(input).map(Some)
    }
}

/// For patches: missing stays, `null` clears, a value sets. Goes with `#[serde(default)]`.
pub(crate) fn patch<'de, T, D>(input: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(input).map(Some)
}

pub(crate) mod ids {
    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(values: &[T], out: S) -> Result<S::Ok, S::Error> {
        let mut list = out.serialize_seq(Some(values.len()))?;
        for value in values {
            list.serialize_element(&value.to_string())?;
        }
        list.end()
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<Vec<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let texts = Vec::<String>::deserialize(input)?;
        texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
    }
}

/// Makes a serde module for a type with `as_str` and `parse`.
macro_rules! words {
    ($($module:ident: $type:ty, $what:literal;)*) => {$(
        pub(crate) mod $module {
            use serde::{Deserialize, Deserializer, Serializer};

            pub(crate) fn serialize<S: Serializer>(value: &$type, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(value.as_str())
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<$type, D::Error> {
                let word = std::borrow::Cow::<str>::deserialize(input)?;
                <$type>::parse(&word).ok_or_else(|| serde::de::Error::custom(concat!("no such ", $what)))
            }
        }
    )*};
}

words! {
    cause: model::Cause, "cause";
    queue_outcome: model::QueueOutcome, "outcome";
    direction: call::Direction, "direction: inbound, outbound or internal";
}

pub(crate) mod recording {
    use call::Recording;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Recording, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(value.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Recording, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(input)?;
        Recording::parse(&word).ok_or_else(|| serde::de::Error::custom("use always, never or on_demand"))
    }
}

pub(crate) mod ended_by {
    use model::EndedBy;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn parse(word: &str) -> Option<EndedBy> {
        [EndedBy::Caller, EndedBy::Callee, EndedBy::System].into_iter().find(|known| known.as_str() == word)
    }

    pub(crate) fn serialize<S: Serializer>(value: &EndedBy, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(value.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<EndedBy, D::Error> {
        let word = std::borrow::Cow::<str>::deserialize(input)?;
        parse(&word).ok_or_else(|| serde::de::Error::custom("ended_by is caller, callee or system"))
    }
}
