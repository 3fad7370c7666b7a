//! What the faces can ask of the engine.

use crate::Presence;
use model::{CallId, Problem, TenantId};
use tokio::sync::oneshot;

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

/// An order to the engine, with the way to answer it.
#[derive(Debug)]
pub enum Command {
    /// Start a click-to-call.
    Originate(Originate, oneshot::Sender<Result<CallId, Problem>>),
    /// End a live call.
    Hangup {
        /// The company that asks; a call of another one counts as unknown.
        tenant: TenantId,
        /// The call.
        call: CallId,
        /// Where the outcome goes.
        reply: oneshot::Sender<Result<(), Problem>>,
    },
    /// Tell which phones and trunks can be reached.
    Presence {
        /// The company that asks.
        tenant: TenantId,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Presence, Problem>>,
    },
}
