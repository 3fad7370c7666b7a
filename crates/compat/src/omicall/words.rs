//! The vendor's words for what Alo knows.

use call::Direction;
use model::{Cause, Id};
use pbx::calls::{Call, Status};
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

/// How long the called side took to answer, in seconds; 0 when nobody did.
pub(super) fn answer_s(call: &Call) -> i64 {
    call.answered_at.map_or(0, |at| (at - call.started_at) / 1000)
}

/// Why a call ended, in the words of the vendor's switch.
pub(super) fn hangup(cause: Cause) -> &'static str {
    match q850(cause) {
        17 => "USER_BUSY",
        18 | 19 => "NO_ANSWER",
        21 => "CALL_REJECTED",
        1 => "UNALLOCATED_NUMBER",
        3 => "NO_ROUTE_DESTINATION",
        28 => "INVALID_NUMBER_FORMAT",
        52 => "OUTGOING_CALL_BARRED",
        88 => "INCOMPATIBLE_DESTINATION",
        42 => "SWITCH_CONGESTION",
        20 => "SUBSCRIBER_ABSENT",
        41 => "NORMAL_TEMPORARY_FAILURE",
        // A caller that gives up clears the call normally; the switch has a word of its own for it.
        16 if cause == Cause::Cancelled => "ORIGINATOR_CANCEL",
        _ => "NORMAL_CLEARING",
    }
}

/// The cause by ITU-T Q.850.
pub(super) fn q850(cause: Cause) -> u8 {
    match cause {
        Cause::Normal | Cause::Transferred | Cause::FlowEnded | Cause::Cancelled | Cause::AnsweredElsewhere => 16,
        Cause::Busy => 17,
        Cause::NoAnswer => 19,
        Cause::Declined => 21,
        Cause::NotRegistered => 20,
        Cause::NotFound => 1,
        Cause::NoRoute => 3,
        Cause::InvalidNumber => 28,
        Cause::Forbidden => 52,
        Cause::Incompatible | Cause::NotProtected => 88,
        Cause::Overload => 42,
        Cause::Unreachable
        | Cause::Unavailable
        | Cause::MediaTimeout
        | Cause::SessionExpired
        | Cause::ServerStopping
        | Cause::ServerRestart
        | Cause::Failed => 41,
    }
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
