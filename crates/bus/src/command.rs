//! What the faces can ask of the engine.

use crate::{Presence, Queues};
use bytes::Bytes;
use call::Supervision;
use flow::Graph;
use model::{CallId, CaptureId, ExtensionId, GreetingId, HotlineId, LegId, Problem, TenantId};
use tokio::sync::oneshot;

use crate::capture::{Capture, Watch};

/// A click-to-call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Originate {
    /// The company.
    pub tenant: TenantId,
    /// The number of the extension that rings first.
    pub extension: String,
    /// The number to dial once it answers.
    pub to: String,
}

/// A call that the house places itself, and speaks in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The company.
    pub tenant: TenantId,
    /// The hotline that is shown; the company's oldest when missing.
    pub hotline: Option<HotlineId>,
    /// The number or extension to call.
    pub to: String,
    /// What whoever answers is led through.
    pub script: Graph,
    /// Sounds of this call alone that the script plays, WAV or MP3, by the ids under which it names them.
    pub sounds: Vec<(GreetingId, Bytes)>,
}

/// A supervisor wants to take part in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervise {
    /// The call.
    pub call: CallId,
    /// The number of the supervisor's own extension, which is rung.
    pub extension: String,
    /// In which way.
    pub mode: Supervision,
}

/// Somebody who talks brings in a third.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddParty {
    /// The call.
    pub call: CallId,
    /// The number of the extension that brings them in; it is one of those who talk.
    pub by_extension: String,
    /// The number to call, as the extension would dial it.
    pub to: String,
}

/// What is wanted of the talk of a call, in the words of people: extensions by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Ring this extension and let it supervise, or do so in another way.
    Supervise(String, Supervision),
    /// Let the supervisor at this extension go.
    Unsupervise(String),
    /// Let the supervisor at this extension have the agent's place.
    TakeOver(String),
    /// Let this extension bring in the number.
    AddParty(String, String),
    /// Record the talk from now on, or no more.
    Record(bool),
    /// Leave what is said out of the recording, or no more.
    PauseRecording(bool),
    /// Let go of who joined with this leg.
    RemoveParty(LegId),
}

/// An order to the engine, with the way to answer it.
#[derive(Debug)]
pub enum Command {
    /// Start a click-to-call.
    Originate(Originate, oneshot::Sender<Result<CallId, Problem>>),
    /// Call somebody and speak.
    Place(Box<Place>, oneshot::Sender<Result<CallId, Problem>>),
    /// End a live call.
    Hangup {
        /// The company that asks; a call of another one counts as unknown.
        tenant: TenantId,
        /// The call.
        call: CallId,
        /// Where the outcome goes.
        reply: oneshot::Sender<Result<(), Problem>>,
    },
    /// Somebody wants something of the talk of a call.
    Want {
        /// The company that asks; a call of another one counts as unknown.
        tenant: TenantId,
        /// The call.
        call: CallId,
        /// Who asks, for the trail.
        by: String,
        /// What.
        want: Want,
        /// Where the outcome goes, as soon as it is known whether it can be.
        reply: oneshot::Sender<Result<(), Problem>>,
    },
    /// Tell which phones and trunks can be reached.
    Presence {
        /// The company that asks.
        tenant: TenantId,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Presence, Problem>>,
    },
    /// Tell who waits in queues, and what agents do.
    Queues {
        /// The company that asks.
        tenant: TenantId,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Queues, Problem>>,
    },
    /// What agents want has changed in the database.
    AgentsChanged,
    /// Messages of an extension were read or deleted.
    MessagesChanged(ExtensionId),
    /// How a call was signalled.
    Capture {
        /// The company that asks; a call of another one counts as unknown.
        tenant: TenantId,
        /// The call, live or ended.
        call: CallId,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Capture, Problem>>,
    },
    /// The same as a libpcap file.
    Pcap {
        /// The company that asks; a call of another one counts as unknown.
        tenant: TenantId,
        /// The call, live or ended.
        call: CallId,
        /// Whether the sound that was kept of it belongs in.
        media: bool,
        /// Where the file's content goes.
        reply: oneshot::Sender<Result<Vec<u8>, Problem>>,
    },
    /// Look at the next calls of a kind.
    Watch(Watch, oneshot::Sender<Result<(), Problem>>),
    /// Look no more.
    Unwatch {
        /// The company that asks; an order of another one counts as unknown.
        tenant: TenantId,
        /// The order.
        watch: CaptureId,
        /// Where the outcome goes.
        reply: oneshot::Sender<Result<(), Problem>>,
    },
    /// The orders of a company, oldest first.
    Watches(TenantId, oneshot::Sender<Result<Vec<Watch>, Problem>>),
}
