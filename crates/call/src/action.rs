//! What a call asks of the driver.

use crate::{Event, Given, Origin, QueueNews, Summary, Talk};
use model::flow::FlowEvent;
use model::leg::Sound;
use model::{Cause, ExtensionId, FlowId, GroupId, LegCommand, LegId};

/// One thing to do. A list of actions is performed in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Find this out and send an [`Input::Reply`](crate::Input::Reply) with the same ticket.
    Ask(Ticket, Question),
    /// A command for one leg. A `Dial` makes the leg of that id; ids are given in rising order.
    Leg(LegId, LegCommand),
    /// Connect the sound of two legs; the first is the caller's. When the caller's leg is not answered yet, this is
    /// early media: tell the caller's leg 183 with a session description so that it hears the other side. The bridge
    /// then stays when `Answer` follows; it is not asked for again.
    Bridge(LegId, LegId),
    /// Disconnect them again.
    Unbridge(LegId, LegId),
    /// Let several hear each other, in place of a bridge and of what was said before.
    Mix {
        /// Who hears whom.
        hearings: Vec<(LegId, LegId)>,
        /// Who belongs in the recording: what is recorded has one of them on the left and all others on the right.
        voices: Vec<LegId>,
    },
    /// Nobody of them hears anybody any more.
    Unmix,
    /// Record both sides. Goes on through hold until `StopRecord`.
    Record {
        /// The left channel: the caller.
        left: LegId,
        /// The right channel: the callee.
        right: LegId,
    },
    /// One side of the recording has changed: another leg takes the place beside the one that stays, which keeps its
    /// channel. Comes before the leg that goes is hung up.
    RecordBeside {
        /// The side that stays.
        stays: LegId,
        /// The one that takes the other channel.
        comes: LegId,
    },
    /// Leave out of the recording what is said from now on, or no more.
    PauseRecord(bool),
    /// End the recording.
    StopRecord,
    /// Make a machine for this script in place of one before it, feed it `FlowEvent::Started`, and carry its words to
    /// and fro. When there is no such flow, answer with `Input::Flow(FlowCommand::Hangup(Cause::NoRoute))`.
    StartFlow(Script),
    /// A word for the flow.
    Flow(FlowEvent),
    /// The flow is no longer needed.
    StopFlow,
    /// A word for the queue that the caller waits in.
    Queue(QueueNews),
    /// The leg that came with this reply is this one from now on.
    Adopt(Ticket, LegId),
    /// The answer to [`Input::Release`](crate::Input::Release). A leg given away is no longer this call's: nothing it says
    /// is awaited.
    Release(Released<(LegId, Given)>),
    /// Tell live sockets and webhooks.
    Publish(Event),
    /// The outcome is known: write the record. Emitted once; legs may still be on their way out.
    Finish(Box<Summary>),
}

/// What steers a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// A flow of the company.
    Flow(FlowId),
    /// One sound, played to its end; then the call ends with the cause.
    Announcement(Sound, Cause),
    /// What the house placed the call for; the driver has it.
    Placed,
    /// The caller leaves a message for the extension; then the call ends with the cause.
    Voicemail(ExtensionId, Cause),
    /// The extension listens to its messages.
    Mailbox(ExtensionId),
}

/// Joins a question with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// Something a call needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Where does a call to this number go?
    Route {
        /// Who calls.
        origin: Origin,
        /// The number, as it came.
        dialled: String,
    },
    /// On which phones is the extension registered?
    Locate {
        /// Whose phones.
        extension: ExtensionId,
        /// As what it is to ring.
        rings_as: RingsAs,
    },
    /// Where does a call go that failed at this extension, which said that it forwards?
    Forward {
        /// Whose forwards.
        extension: ExtensionId,
        /// Why the call failed there.
        cause: Cause,
    },
    /// How does this group ring?
    Group(GroupId),
    /// Is this talk recorded?
    Recording(Talk),
    /// Let another call of this extension give away whom it talks with there.
    Adopt {
        /// The extension's leg in the other call, by its number at the edge.
        edge: u64,
        /// The extension: a leg of anybody else gives nothing away.
        extension: ExtensionId,
        /// The number the leg will have here.
        leg: LegId,
    },
}

/// As what an extension is to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RingsAs {
    /// It asked for the call itself: nothing keeps its phones from ringing.
    Own,
    /// Somebody calls it: its forwards count.
    Direct,
    /// One of several who ring for the same caller: its forwards do not count.
    Member,
    /// The same, and it is passed over while it is on a call.
    IdleMember,
}

/// What a call gives away when another takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Released<Leg> {
    /// The one the extension talks with.
    Leg(Leg),
    /// Nobody has answered yet; this number was dialled.
    Number(String),
    /// Nobody: there is no such talk, or it is somebody else's.
    Nobody,
}
