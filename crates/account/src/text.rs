//! Ids and roles as text in JSON; `model` itself knows no serde.

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
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
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

pub(crate) mod role {
    use model::Role;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Role, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(value.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Role, D::Error> {
        let word = String::deserialize(input)?;
        Role::parse(&word).ok_or_else(|| serde::de::Error::custom("a role is operator, owner, manager or agent"))
    }
}

pub(crate) mod dialect {
    use model::Dialect;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Dialect, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(value.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Dialect, D::Error> {
        let word = String::deserialize(input)?;
        Dialect::parse(&word)
            .ok_or_else(|| serde::de::Error::custom("a dialect is alo, omicall, antring, etelecom or voicecloud"))
    }
}

/// For patches: missing stays, `null` clears, a value sets.
pub(crate) mod patch {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<T: Serialize, S: Serializer>(value: &Option<Option<T>>, out: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(out)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(input).map(Some)
    }
}

pub(crate) mod some_role {
    use super::role;
    use model::Role;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Option<Role>, out: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => role::serialize(value, out),
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Role>, D::Error> {
        #[derive(Deserialize)]
        struct Word(#[serde(with = "role")] Role);
        Ok(Option::<Word>::deserialize(input)?.map(|word| word.0))
    }
}
