//! The vendor's words for what Alo knows.

use call::Direction;
use model::Id;
use pbx::calls::Status;
use unicode_normalization::UnicodeNormalization;

/// An id in the vendor's form, 24 hex digits: the first 96 of our 128 bits, of which 48 are the time and 48 random.
pub(super) fn object_id(id: impl Id) -> String {
    format!("{:024x}", id.bits() >> 32)
}

/// What became of a call.
pub(super) fn disposition(status: Status) -> &'static str {
    match status {
        Status::Answered => "answered",
        Status::NoAnswer | Status::Busy | Status::Declined | Status::Cancelled | Status::Failed => "cancelled",
    }
}

/// Which way a call went.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "local",
    }
}

/// The direction with this word.
pub(crate) fn parse_direction(word: &str) -> Option<Direction> {
    Direction::ALL.into_iter().find(|known| direction(*known) == word)
}

/// A number as the vendor writes it: digits only, the country in front.
pub(super) fn number(number: &str) -> &str {
    number.trim_start_matches('+')
}

/// Vietnamese without its marks: what `*_unsigned` fields hold.
pub(super) fn unsigned(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| match c {
            'đ' => 'd',
            'Đ' => 'D',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::CallId;

    #[test]
    fn texts_and_ids_take_the_vendors_form() {
        assert_eq!(unsigned("Nhóm nhân viên mặc định Đỏ"), "Nhom nhan vien mac dinh Do");
        let id = CallId::from_parts(1_660_883_378_087, 7);
        assert_eq!((object_id(id).len(), &object_id(id)[..12]), (24, &format!("{:012x}", 1_660_883_378_087_u64)[..]));
        assert_eq!(number("+84901234567"), "84901234567");
        assert_eq!(parse_direction("local"), Some(Direction::Internal));
    }
}
