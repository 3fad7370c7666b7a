//! Callers of queues who hung up and are called back. When that is done is the queue's to say, in memory; here it is kept, so
//! that no promise is lost with a process, and so that people see it and can take it back.

pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;

pub use service::{cancel, keep, list, open, told, version};

use model::{CallId, ExtensionId, HotlineId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallbackState))]
pub enum State {
    /// Its turn is still to come, perhaps once more.
    Waiting,
    /// The caller was reached.
    Done,
    /// The caller was called as often as may be, or not within a day.
    Failed,
    /// Somebody took it back, or its queue is gone.
    Cancelled,
}

impl State {
    pub(crate) const ALL: [(State, &'static str); 4] = [
        (State::Waiting, "waiting"),
        (State::Done, "done"),
        (State::Failed, "failed"),
        (State::Cancelled, "cancelled"),
    ];
}

/// Somebody who is called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Callback))]
pub struct Callback {
    /// The call in which it was promised.
    #[serde(rename = "call_id", with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub call: CallId,
    /// Of which queue.
    #[serde(rename = "queue_id", with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub queue: QueueId,
    /// The hotline that was called, whose number is shown.
    #[serde(rename = "hotline_id", with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<HotlineId>,
    /// Whom to call.
    pub number: String,
    /// Higher ones come first.
    pub priority: i64,
    /// What the agent must be able to do: skill and the least level.
    pub skills: BTreeMap<String, u8>,
    /// What has become of it.
    pub state: State,
    /// How often it was tried in vain.
    pub tries: i64,
    /// When it was asked for, milliseconds since 1970.
    pub asked_at: i64,
    /// It is not tried before.
    pub next_at: i64,
    /// The last call that tried.
    #[serde(rename = "last_call_id", with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub last_call: Option<CallId>,
    /// The agent of it.
    #[serde(rename = "extension_id", with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub agent: Option<ExtensionId>,
}

/// What the queue tells of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub call: CallId,
    /// What has become of it.
    pub state: State,
    /// How often it was tried in vain.
    pub tries: i64,
    /// It is not tried before.
    pub next_at: i64,
    /// The last call that tried.
    pub last_call: Option<CallId>,
    /// The agent of it.
    pub agent: Option<ExtensionId>,
}
