//! What a supervisor hears and who hears the supervisor.

/// How somebody who supervises a talk takes part in it. In each way both sides are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Supervision {
    /// Heard by nobody.
    Listen,
    /// Heard by the agent: our extension, on the called side when both are.
    Whisper,
    /// Heard by the calling side.
    WhisperCaller,
    /// Heard by the called side.
    WhisperCallee,
    /// Heard by all.
    Barge,
}

impl Supervision {
    /// All ways.
    pub const ALL: [Supervision; 5] = [
        Supervision::Listen,
        Supervision::Whisper,
        Supervision::WhisperCaller,
        Supervision::WhisperCallee,
        Supervision::Barge,
    ];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Supervision::Listen => "listen",
            Supervision::Whisper => "whisper",
            Supervision::WhisperCaller => "whisper_caller",
            Supervision::WhisperCallee => "whisper_callee",
            Supervision::Barge => "barge",
        }
    }

    /// The way with this word.
    pub fn parse(word: &str) -> Option<Supervision> {
        Supervision::ALL.into_iter().find(|way| way.as_str() == word)
    }
}
