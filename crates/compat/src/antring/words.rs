//! The vendor's words for what Alo knows.

use call::Direction;
use model::{CallId, Cause, Id, TenantId};
use pbx::calls::{Call, Status};

/// What stands before a call's id in the name of its recording.
const RECORDING: &str = "call_recording_";

/// A company as an account: 32 hex digits.
pub(super) fn account(tenant: TenantId) -> String {
    format!("{:032x}", tenant.bits())
}

/// The name of a call's recording.
pub(super) fn recording(call: CallId) -> String {
    format!("{RECORDING}{call}.wav")
}

/// The call of a recording with this name.
pub(super) fn parse_recording(name: &str) -> Option<CallId> {
    let rest = name.strip_prefix(RECORDING)?;
    rest.strip_suffix(".wav").or_else(|| rest.strip_suffix(".mp3"))?.parse().ok()
}

/// Whether a call stayed inside.
pub(super) fn class(direction: Direction) -> &'static str {
    match direction {
        Direction::Internal => "one_one",
        Direction::Inbound | Direction::Outbound => "trunking",
    }
}

/// Which way a call went: to the vendor or from it. Calls inside count as from it.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "to_ab",
        Direction::Outbound | Direction::Internal => "from_ab",
    }
}

/// What became of a call. `IVR` is one that came through and that nobody picked up; `CANCELLED` and `BUSY` are of calls
/// that went out.
pub(super) fn status(call: &Call) -> &'static str {
    let out = call.direction != Direction::Inbound;
    match call.status {
        Status::Answered => "SUCCESS",
        Status::Cancelled if out => "CANCELLED",
        Status::Busy | Status::Declined if out => "BUSY",
        Status::NoAnswer | Status::Cancelled => "IVR",
        Status::Busy | Status::Declined | Status::Failed => "UNSUCCESS",
    }
}

/// Why a call ended, in the words of the vendor's switch.
pub(super) fn hangup(cause: Cause) -> &'static str {
    match cause {
        Cause::Normal | Cause::Transferred | Cause::FlowEnded => "NORMAL_CLEARING",
        Cause::Busy => "USER_BUSY",
        Cause::NoAnswer => "NO_ANSWER",
        Cause::Declined => "CALL_REJECTED",
        Cause::Cancelled => "ORIGINATOR_CANCEL",
        Cause::AnsweredElsewhere => "LOSE_RACE",
        Cause::NotRegistered => "USER_NOT_REGISTERED",
        Cause::Unreachable => "DESTINATION_OUT_OF_ORDER",
        Cause::NotFound => "UNALLOCATED_NUMBER",
        Cause::InvalidNumber => "INVALID_NUMBER_FORMAT",
        Cause::Forbidden => "OUTGOING_CALL_BARRED",
        Cause::Incompatible | Cause::NotProtected => "INCOMPATIBLE_DESTINATION",
        Cause::Unavailable => "NORMAL_TEMPORARY_FAILURE",
        Cause::Overload => "SWITCH_CONGESTION",
        Cause::MediaTimeout => "MEDIA_TIMEOUT",
        Cause::SessionExpired => "RECOVERY_ON_TIMER_EXPIRE",
        Cause::NoRoute => "NO_ROUTE_DESTINATION",
        Cause::ServerStopping | Cause::ServerRestart => "MANAGER_REQUEST",
        Cause::Failed => "NORMAL_UNSPECIFIED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recordings_name_leads_back_to_its_call() {
        let call = CallId::from_parts(1_519_639_917_000, 7);
        assert_eq!(parse_recording(&recording(call)), Some(call));
        assert_eq!(parse_recording(&recording(call).replace(".wav", ".mp3")), Some(call), "as clients know it");
        for name in ["", "call_recording_", "call_recording_x.wav", "../call_recording_1.wav", "x.wav"] {
            assert_eq!(parse_recording(name), None, "{name}");
        }
    }

    #[test]
    fn an_account_has_32_hex_digits() {
        assert_eq!(account(TenantId::from_bits(255)), format!("{}ff", "0".repeat(30)));
    }
}
