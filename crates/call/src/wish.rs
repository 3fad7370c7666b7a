//! What people ask of a talk from beside it: to supervise it, to take it over, to bring in a third.

use crate::Supervision;
use model::{ExtensionId, LegId};

/// A wish, by whoever may have it: that is for the asking side to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Ring the supervisor and let them take part; for one who does already, in another way from now on.
    Supervise {
        /// The supervisor's own extension.
        extension: ExtensionId,
        /// In which way.
        mode: Supervision,
    },
    /// Let the supervisor go.
    Unsupervise {
        /// The supervisor's own extension.
        extension: ExtensionId,
    },
    /// Let the supervisor have the agent's place; the agent is hung up.
    TakeOver {
        /// The supervisor's own extension.
        extension: ExtensionId,
    },
    /// Call somebody and let them join: a conference.
    AddParty {
        /// Who of the talk adds them: the number is routed as this extension's own call.
        by: ExtensionId,
        /// The number, as the extension would dial it.
        to: String,
    },
    /// Record the talk from now on, or no more; where the rule leaves it to them.
    Record {
        /// Whether it is to be recorded.
        on: bool,
    },
    /// Leave out of the recording what is said from now on, as while a card's number is told; or no more.
    PauseRecording {
        /// Whether it is to pause.
        paused: bool,
    },
    /// Let go of somebody who joined, or still rings.
    RemoveParty {
        /// Their leg.
        leg: LegId,
    },
}

/// Why a wish cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unfit {
    /// Nobody talks: nobody has answered yet, or a transfer is under way.
    NotTalking,
    /// The extension is one of those who talk.
    InTheCall,
    /// The extension is none of those who talk.
    NotInTheCall,
    /// The extension does not supervise this call, or has not picked up yet.
    NotSupervising,
    /// No extension takes part whose place could be taken, or who could be whispered to.
    NoAgent,
    /// As many take part as may.
    Full,
    /// The talk is not recorded.
    NotRecorded,
    /// The company does not want this talk to be recorded.
    RecordingForbidden,
    /// The company wants the whole talk to be recorded.
    RecordingRequired,
    /// There is no such party beside the two who talk.
    NoSuchParty,
}
