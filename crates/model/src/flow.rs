//! The words between a call and the flow that steers it: the flow says what to do ([`FlowCommand`]), the call says
//! what came of it ([`FlowEvent`]). The driver carries them, so neither machine knows the other.

use crate::{Cause, Digit, ExtensionId, FlowId, GroupId, leg::Sound};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlowTarget {
    /// A ring group.
    Group(GroupId),
    /// One extension.
    Extension(ExtensionId),
    /// Another flow, which takes the place of this one.
    Flow(FlowId),
}
