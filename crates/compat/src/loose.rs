//! Reading what loosely written clients send.

use serde::{Deserialize, Deserializer};

/// A text that may come as a number or as null.
pub(crate) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Loose {
        Text(String),
        Number(i64),
        Nothing(()),
    }
    Ok(match Loose::deserialize(input)? {
        Loose::Text(text) => text.trim().to_owned(),
        Loose::Number(number) => number.to_string(),
        Loose::Nothing(()) => String::new(),
    })
}
