//! `Replaces` (RFC 3891 section 6.1): which dialog an INVITE is to take the place of. Its tags are seen from the side
//! that receives it: `to-tag` is its own.

use super::{HeaderError, Params};

/// A dialog by its three parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaces<'a> {
    /// Call-ID.
    pub call_id: &'a str,
    /// The receiver's tag.
    pub to_tag: &'a str,
    /// The other side's tag.
    pub from_tag: &'a str,
    /// Only a dialog that is not answered yet is meant.
    pub early_only: bool,
}

impl<'a> Replaces<'a> {
    /// Reads the header's value; of a URI, escapes undone.
    pub fn parse(text: &'a str) -> Result<Replaces<'a>, HeaderError> {
        let (call_id, params) = text.split_at(text.find(';').ok_or(HeaderError::Malformed)?);
        let params = Params::new(params);
        let tag = |name| params.get(name).filter(|tag| !tag.is_empty()).ok_or(HeaderError::Malformed);
        let call_id = call_id.trim();
        if call_id.is_empty() || call_id.contains([' ', '\t', ',', '<', '>', '"']) {
            return Err(HeaderError::Malformed);
        }
        Ok(Replaces {
            call_id,
            to_tag: tag("to-tag")?,
            from_tag: tag("from-tag")?,
            early_only: params.has("early-only"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_named_by_call_id_and_both_tags() {
        let read = Replaces::parse("98asjd8@bob.example ;to-tag=1; from-tag=2;early-only").expect("well formed");
        assert_eq!((read.call_id, read.to_tag, read.from_tag), ("98asjd8@bob.example", "1", "2"));
        assert!(read.early_only);
    }

    #[test]
    fn half_a_name_is_none() {
        for bad in [
            "",
            "c",
            "c;to-tag=1",
            "c;from-tag=1",
            ";to-tag=1;from-tag=2",
            "c;to-tag;from-tag=2",
            "a b;to-tag=1;from-tag=2",
        ] {
            assert_eq!(Replaces::parse(bad), Err(HeaderError::Malformed), "{bad}");
        }
    }
}
