//! SIP statuses and Q.850 causes in our own words, and back.

use model::Cause;

/// Our word for a final status.
pub fn cause_of(status: u16) -> Cause {
    match status {
        200..=299 => Cause::Normal,
        603 => Cause::Declined,
        401 | 403 | 407 => Cause::Forbidden,
        404 | 410 | 604 => Cause::NotFound,
        408 => Cause::Unreachable,
        480 => Cause::NoAnswer,
        484 | 416 => Cause::InvalidNumber,
        486 | 600 => Cause::Busy,
        487 => Cause::Cancelled,
        415 | 488 | 606 => Cause::Incompatible,
        503 => Cause::Overload,
        504 => Cause::Unreachable,
        500..=599 => Cause::Unavailable,
        _ => Cause::Failed,
    }
}

/// The status and phrase to refuse an INVITE with.
pub fn status_of(cause: Cause) -> (u16, &'static str) {
    match cause {
        Cause::Busy => (486, "Busy Here"),
        Cause::NoAnswer | Cause::NotRegistered => (480, "Temporarily Unavailable"),
        Cause::Declined => (603, "Decline"),
        Cause::Cancelled | Cause::AnsweredElsewhere => (487, "Request Terminated"),
        Cause::Unreachable => (408, "Request Timeout"),
        Cause::NotFound | Cause::NoRoute => (404, "Not Found"),
        Cause::InvalidNumber => (484, "Address Incomplete"),
        Cause::Forbidden => (403, "Forbidden"),
        Cause::Incompatible | Cause::NotProtected => (488, "Not Acceptable Here"),
        Cause::Overload | Cause::ServerStopping | Cause::ServerRestart => (503, "Service Unavailable"),
        Cause::Unavailable => (502, "Bad Gateway"),
        Cause::Normal | Cause::MediaTimeout | Cause::SessionExpired | Cause::Transferred | Cause::FlowEnded => {
            (480, "Temporarily Unavailable")
        }
        Cause::Failed => (500, "Server Internal Error"),
    }
}

/// The Q.850 number of a cause, for a Reason header.
pub(crate) const fn q850_of(cause: Cause) -> u8 {
    match cause {
        Cause::Normal | Cause::FlowEnded | Cause::Cancelled | Cause::Transferred => 16,
        Cause::Busy => 17,
        Cause::NoAnswer => 19,
        Cause::Declined => 21,
        Cause::AnsweredElsewhere => 26,
        Cause::NotRegistered => 20,
        Cause::Unreachable => 18,
        Cause::NotFound => 1,
        Cause::InvalidNumber => 28,
        Cause::Forbidden => 57,
        Cause::Incompatible | Cause::NotProtected => 88,
        Cause::Unavailable => 38,
        Cause::Overload => 42,
        Cause::MediaTimeout | Cause::SessionExpired => 102,
        Cause::NoRoute => 3,
        Cause::ServerStopping | Cause::ServerRestart | Cause::Failed => 41,
    }
}

/// Our word for a Reason header; none when it says nothing we know.
pub(crate) fn cause_of_reason(reason: &str) -> Option<Cause> {
    let (protocol, params) = reason.split_once(';').unwrap_or((reason, ""));
    let number = params.split(';').find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("cause").then(|| value.trim().parse::<u16>().ok())?
    })?;
    let protocol = protocol.trim();
    if protocol.eq_ignore_ascii_case("SIP") {
        return Some(if number == 200 { Cause::AnsweredElsewhere } else { cause_of(number) });
    }
    if !protocol.eq_ignore_ascii_case("Q.850") {
        return None;
    }
    Some(match number {
        16 | 31 => Cause::Normal,
        17 => Cause::Busy,
        18 => Cause::Unreachable,
        19 => Cause::NoAnswer,
        20 => Cause::NotRegistered,
        21 => Cause::Declined,
        26 => Cause::AnsweredElsewhere,
        1 | 2 | 22 => Cause::NotFound,
        3 => Cause::NoRoute,
        28 => Cause::InvalidNumber,
        50 | 55 | 57 => Cause::Forbidden,
        65 | 79 | 88 => Cause::Incompatible,
        34 | 42 | 44 | 47 => Cause::Overload,
        102 => Cause::MediaTimeout,
        27 | 38 | 41 | 58 | 63 => Cause::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_come_back_as_the_cause_they_were_made_of() {
        for cause in [
            Cause::Busy,
            Cause::NoAnswer,
            Cause::Declined,
            Cause::Cancelled,
            Cause::NotFound,
            Cause::InvalidNumber,
            Cause::Forbidden,
            Cause::Incompatible,
            Cause::Overload,
            Cause::Unreachable,
            Cause::Unavailable,
        ] {
            assert_eq!(cause_of(status_of(cause).0), cause, "{cause:?}");
        }
    }

    #[test]
    fn every_cause_has_a_final_status_and_a_q850_number() {
        for cause in Cause::ALL {
            assert!((400..700).contains(&status_of(cause).0), "{cause:?}");
            assert!((1..128).contains(&q850_of(cause)), "{cause:?}");
        }
    }

    #[test]
    fn reasons_are_read_in_both_protocols() {
        assert_eq!(cause_of_reason("Q.850;cause=17;text=\"busy\""), Some(Cause::Busy));
        assert_eq!(
            cause_of_reason("SIP ; cause=200 ;text=\"Call completed elsewhere\""),
            Some(Cause::AnsweredElsewhere)
        );
        assert_eq!(cause_of_reason("SIP;cause=486"), Some(Cause::Busy));
        assert_eq!(cause_of_reason("X;cause=1"), None);
        assert_eq!(cause_of_reason("Q.850"), None);
    }
}
