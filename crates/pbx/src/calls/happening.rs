//! What can happen on a call that is up, as the outside is told.

use serde::{Deserialize, Serialize};

/// The kind of an event before the end of a call; the end is `call.ended`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It began.
    Started,
    /// A phone rings.
    Ringing,
    /// Somebody picked up.
    Answered,
    /// One side put the other on hold.
    Held,
    /// One side took the other off hold.
    Resumed,
    /// One side handed the other over to somebody new.
    Transferred,
    /// Somebody takes part beside the two who talk.
    Joined,
    /// Somebody who was called to take part did not come.
    NotJoined,
    /// Somebody takes part no more.
    Left,
    /// A supervisor takes part in another way.
    Supervised,
    /// A key was pressed.
    Digit,
    /// The caller wants to wait in a queue.
    QueueJoined,
    /// The caller waits there no more.
    QueueLeft,
}

impl Happening {
    /// The kind in the outbox, on live sockets and in webhooks.
    pub const fn as_str(self) -> &'static str {
        match self {
            Happening::Started => "call.started",
            Happening::Ringing => "call.ringing",
            Happening::Answered => "call.answered",
            Happening::Held => "call.held",
            Happening::Resumed => "call.resumed",
            Happening::Transferred => "call.transferred",
            Happening::Joined => "call.joined",
            Happening::NotJoined => "call.not_joined",
            Happening::Left => "call.left",
            Happening::Supervised => "call.supervised",
            Happening::Digit => "call.digit",
            Happening::QueueJoined => "queue.joined",
            Happening::QueueLeft => "queue.left",
        }
    }
}
