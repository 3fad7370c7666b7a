//! Text without accents, as people search it; and ids as text in JSON, since `model` knows no serde.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents: `Nguyễn Đình` → `nguyen dinh`.
pub(crate) fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' | 'Đ' => 'd',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The folded words of a text: what stands between anything that is no letter and no digit.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Hexadecimal digits: every collation sorts them alike, so that a range over them is a search by beginning anywhere.
pub(crate) fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// What [`hex`] made of a text; `None` when it made nothing like it.
pub(crate) fn unhex(text: &str) -> Option<String> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let bytes = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

/// The first characters, so that no more than so many bytes stay.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

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

/// For patches of plain values: missing stays, `null` clears, a value sets.
pub(crate) fn present<'de, T, D>(input: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    <Option<T> as serde::Deserialize>::deserialize(input).map(Some)
}

/// For patches: missing stays, `null` clears, a value sets.
pub(crate) mod patch_id {
    use serde::{Deserializer, Serializer};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &Option<Option<T>>, out: S) -> Result<S::Ok, S::Error> {
        super::some_id::serialize(&value.as_ref().and_then(Option::as_ref).map(ToString::to_string), out)
    }

    pub(crate) fn deserialize<'de, T, D>(input: D) -> Result<Option<Option<T>>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        super::some_id::deserialize(input).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_fall_away() {
        assert_eq!(fold("Nguyễn ĐÌNH Ưu"), "nguyen dinh uu");
        assert_eq!(words("Cty TNHH «Ánh-Dương» 24/7"), ["cty", "tnhh", "anh", "duong", "24", "7"]);
    }

    #[test]
    fn hexadecimal_text_reads_back() {
        assert_eq!(unhex(&hex("nguyen ư")).as_deref(), Some("nguyen ư"));
        for wrong in ["6", "zz", "ff", "đđ"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_letter() {
        assert_eq!(cut("aưb", 2), "a");
        assert_eq!(cut("ab", 9), "ab");
    }
}
