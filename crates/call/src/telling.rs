//! Which of several failures tells the most.

use model::Cause;

/// The cause that tells the most when several phones or carriers failed. First comes what a person did or did not
/// do, then what the devices said, then what the network said, then what was never there; our own faults come last.
pub fn most_telling(one: Cause, other: Cause) -> Cause {
    if rank(other) < rank(one) { other } else { one }
}

const fn rank(cause: Cause) -> u8 {
    match cause {
        Cause::NoAnswer => 0,
        Cause::Declined => 1,
        Cause::Busy => 2,
        Cause::Forbidden => 3,
        Cause::NotFound => 4,
        Cause::InvalidNumber => 5,
        Cause::Incompatible => 6,
        Cause::NotProtected => 7,
        Cause::Overload => 8,
        Cause::Unavailable => 9,
        Cause::Unreachable => 10,
        Cause::NotRegistered => 11,
        Cause::MediaTimeout => 12,
        Cause::SessionExpired => 13,
        Cause::Cancelled => 14,
        Cause::Normal => 15,
        Cause::Transferred => 16,
        Cause::AnsweredElsewhere => 17,
        Cause::FlowEnded => 18,
        Cause::ServerStopping => 19,
        Cause::ServerRestart => 20,
        Cause::Failed => 21,
        Cause::NoRoute => 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_that_rang_tells_more_than_one_that_is_switched_off() {
        assert_eq!(most_telling(Cause::NotRegistered, Cause::NoAnswer), Cause::NoAnswer);
        assert_eq!(most_telling(Cause::NoAnswer, Cause::Busy), Cause::NoAnswer);
        assert_eq!(most_telling(Cause::Busy, Cause::Unreachable), Cause::Busy);
    }

    #[test]
    fn the_order_is_total_and_no_matter_who_comes_first() {
        for one in Cause::ALL {
            for other in Cause::ALL {
                assert_eq!(most_telling(one, other), most_telling(other, one));
            }
        }
    }
}
