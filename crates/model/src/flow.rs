//! The words between a call and the flow that steers it: the flow says what to do ([`FlowCommand`]), the call says
//! what came of it ([`FlowEvent`]). The driver carries them, so neither machine knows the other.

use crate::{Cause, Digit, Enqueue, ExtensionId, FlowId, GroupId, ScheduleId, leg::Sound};

/// What the call tells the flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowEvent {
    /// The leg is answered; begin.
    Started,
    /// A key was pressed.
    Digit(Digit),
    /// The sound came to its end.
    PlayDone,
    /// A transfer did not reach anybody; the flow goes on.
    Returned(Cause),
    /// The answer to a question.
    Answer(FlowAnswer),
    /// The caller, whose words are being kept, has said nothing for a while.
    Quiet,
}

/// What a flow needs to know to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowQuestion {
    /// What does this schedule say of this moment?
    Schedule(ScheduleId),
    /// What does the company know of the caller?
    Caller,
    /// Who has this internal number?
    Extension(String),
    /// Is the caller one of the company's contacts?
    Contact,
    /// Who looks after the contact that calls?
    Owner,
    /// What does the company's service at this address say?
    Lookup {
        /// The address.
        url: String,
        /// What the flow remembers, for the service.
        variables: Vec<(String, String)>,
    },
}

/// The answer to a [`FlowQuestion`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowAnswer {
    /// The schedule is open.
    Open,
    /// The schedule is closed, on a day like others.
    Closed,
    /// The schedule is closed for a holiday.
    Holiday,
    /// The caller is one to be treated with care.
    Vip,
    /// The caller shows no number.
    Anonymous,
    /// The caller is a contact.
    Known,
    /// This extension is meant.
    Extension(ExtensionId),
    /// The service picked a branch, and gave values to variables.
    Branch(String, Vec<(String, String)>),
    /// Nothing is known: an ordinary caller, a schedule that is gone, a number that nobody has, a service that is silent.
    Nothing,
}

impl FlowAnswer {
    /// The stable word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            FlowAnswer::Open => "open",
            FlowAnswer::Closed => "closed",
            FlowAnswer::Holiday => "holiday",
            FlowAnswer::Vip => "vip",
            FlowAnswer::Anonymous => "anonymous",
            FlowAnswer::Known => "known",
            FlowAnswer::Extension(_) => "extension",
            FlowAnswer::Branch(..) => "branch",
            FlowAnswer::Nothing => "nothing",
        }
    }
}

/// What the flow asks of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowCommand {
    /// Play a sound to the caller; replaces one that plays.
    Play(Sound),
    /// Stop the sound.
    StopPlay,
    /// Hand the caller on. Answered by `Returned`, or never when somebody talks.
    Transfer(FlowTarget),
    /// End the call.
    Hangup(Cause),
}

/// Where a flow can hand a caller.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowTarget {
    /// A ring group.
    Group(GroupId),
    /// One extension.
    Extension(ExtensionId),
    /// Another flow, which takes the place of this one.
    Flow(FlowId),
    /// A queue.
    Queue(Enqueue),
    /// The mailbox of an extension, where the caller leaves a message; there is no way back.
    Voicemail(ExtensionId),
}
