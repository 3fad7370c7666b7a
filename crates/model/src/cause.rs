//! Why a leg or a call ended, in our own words; each edge maps its protocol's codes to these.

/// Why a leg was refused or ended. The order is of no meaning; [`Cause::as_str`] is what records and clients see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Talked, then hung up.
    Normal,
    /// The callee is on another call.
    Busy,
    /// It rang until the time was over.
    NoAnswer,
    /// The callee refused.
    Declined,
    /// The caller gave up before an answer.
    Cancelled,
    /// Another leg of the same offer was answered first.
    AnsweredElsewhere,
    /// The extension exists, but no phone is registered.
    NotRegistered,
    /// The phone or the carrier did not react in time.
    Unreachable,
    /// Nobody has this number.
    NotFound,
    /// The text dialled is no number.
    InvalidNumber,
    /// The caller has no right to make this call.
    Forbidden,
    /// No codec or transport in common.
    Incompatible,
    /// Protected sound is required on a leg, and the far side did not offer or take it.
    NotProtected,
    /// The carrier or the network refused for its own reasons.
    Unavailable,
    /// We, or the other side, have no room for the call.
    Overload,
    /// No sound arrived for too long.
    MediaTimeout,
    /// The far side no longer confirmed that the call is up (RFC 4028).
    SessionExpired,
    /// The leg handed its call over to somebody else.
    Transferred,
    /// The IVR ended the call by plan.
    FlowEnded,
    /// No flow, group or target could be found for the call.
    NoRoute,
    /// The server is being stopped.
    ServerStopping,
    /// The server died in the middle of the call.
    ServerRestart,
    /// Something of ours failed.
    Failed,
}

impl Cause {
    /// All causes, for tables of words and tests.
    pub const ALL: [Cause; 23] = [
        Cause::Normal,
        Cause::Busy,
        Cause::NoAnswer,
        Cause::Declined,
        Cause::Cancelled,
        Cause::AnsweredElsewhere,
        Cause::NotRegistered,
        Cause::Unreachable,
        Cause::NotFound,
        Cause::InvalidNumber,
        Cause::Forbidden,
        Cause::Incompatible,
        Cause::NotProtected,
        Cause::Unavailable,
        Cause::Overload,
        Cause::MediaTimeout,
        Cause::SessionExpired,
        Cause::Transferred,
        Cause::FlowEnded,
        Cause::NoRoute,
        Cause::ServerStopping,
        Cause::ServerRestart,
        Cause::Failed,
    ];

    /// The stable snake_case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Normal => "normal",
            Cause::Busy => "busy",
            Cause::NoAnswer => "no_answer",
            Cause::Declined => "declined",
            Cause::Cancelled => "cancelled",
            Cause::AnsweredElsewhere => "answered_elsewhere",
            Cause::NotRegistered => "not_registered",
            Cause::Unreachable => "unreachable",
            Cause::NotFound => "not_found",
            Cause::InvalidNumber => "invalid_number",
            Cause::Forbidden => "forbidden",
            Cause::Incompatible => "incompatible",
            Cause::NotProtected => "not_protected",
            Cause::Unavailable => "unavailable",
            Cause::Overload => "overload",
            Cause::MediaTimeout => "media_timeout",
            Cause::SessionExpired => "session_expired",
            Cause::Transferred => "transferred",
            Cause::FlowEnded => "flow_ended",
            Cause::NoRoute => "no_route",
            Cause::ServerStopping => "server_stopping",
            Cause::ServerRestart => "server_restart",
            Cause::Failed => "failed",
        }
    }

    /// The cause with this word.
    pub fn parse(word: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// Who ended the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// The side that dialled.
    Caller,
    /// The side that was dialled.
    Callee,
    /// We did: a timer, a plan, a fault or an order through the API.
    System,
}

impl EndedBy {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            EndedBy::Caller => "caller",
            EndedBy::Callee => "callee",
            EndedBy::System => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_own_word() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
        }
        assert_eq!(Cause::parse("whatever"), None);
    }
}
