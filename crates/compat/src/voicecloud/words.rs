//! The vendor's words for what Alo knows.

use call::Direction;
use model::Id;
use pbx::calls::Status;

/// What became of a call.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Answered => "ANSWERED",
        Status::NoAnswer | Status::Cancelled => "NO ANSWER",
        Status::Busy | Status::Declined => "BUSY",
        Status::Failed => "FAILED",
    }
}

/// What an agent does, by our word for it.
pub(super) fn agent(state: &str) -> String {
    state.to_ascii_uppercase().replace('_', "")
}

/// Which way a call went; the vendor has no word for calls inside and counts them as outbound.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound | Direction::Internal => "Outbound",
    }
}

/// A call's id in the form of a UUID: the same 128 bits.
pub(super) fn call_id(id: impl Id) -> String {
    let bits = id.bits();
    let part = |shift: u32, bits_wide: u32| (bits >> shift) & ((1 << bits_wide) - 1);
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::CallId;

    #[test]
    fn ids_take_the_vendors_form() {
        let id = CallId::from_bits(0x5e012a75_121b_4c10_bdb4_c4b235b6a677);
        assert_eq!(call_id(id), "5e012a75-121b-4c10-bdb4-c4b235b6a677");
    }
}
