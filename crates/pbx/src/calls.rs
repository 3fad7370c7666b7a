//! Records of finished calls: written once, found again by who took part, and never lost on the way (see [`Journal`]).

mod comment;
mod finding;
mod foreign;
mod happening;
mod journal;
mod names;
mod note;
mod own;
pub(crate) mod repo;
mod service;
mod summary;
mod talked;
#[cfg(test)]
mod tests;

pub use comment::{Comment, NewComment, comment, comments, uncomment};
pub use finding::{Filter, Outcome, Party, Status, Tally, Walk};
pub use foreign::{Foreign, take_over};
pub use happening::Happening;
pub use journal::{Journal, Notes};
pub use names::{Names, names};
pub use note::{Note, NotePatch, annotate, notes};
pub use service::{
    get, list, piece, record, record_many, record_recording, recording, slice, tally, trail, walk, with_numbers,
};
pub use talked::{Talked, talked_outside};

use call::Direction;
use model::{CallId, Cause, EndedBy, ExtensionId, HotlineId, QueueId, TenantId, TrunkId};
use serde::{Deserialize, Serialize};

/// Everything kept of one finished call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Which call.
    #[serde(with = "crate::text::id")]
    pub id: CallId,
    /// Whose.
    #[serde(with = "crate::text::id")]
    pub tenant: TenantId,
    /// Which way it went.
    #[serde(with = "crate::text::direction")]
    pub direction: Direction,
    /// The hotline that was called or shown.
    #[serde(with = "crate::text::some_id")]
    pub hotline: Option<HotlineId>,
    /// The carrier.
    #[serde(with = "crate::text::some_id")]
    pub trunk: Option<TrunkId>,
    /// Our person: who answered an inbound call, or who called.
    #[serde(with = "crate::text::some_id")]
    pub extension: Option<ExtensionId>,
    /// Who called: E.164, or an extension's number.
    pub caller_number: String,
    /// The caller's name, may be empty.
    pub caller_name: String,
    /// Who was called: E.164, or an extension's number, or what was dialled.
    pub callee_number: String,
    /// When it began, milliseconds since 1970.
    pub started_at: i64,
    /// When the called side first rang.
    pub ringing_at: Option<i64>,
    /// When a person on the called side answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
    /// Why it ended.
    #[serde(with = "crate::text::cause")]
    pub cause: Cause,
    /// Who ended it.
    #[serde(with = "crate::text::ended_by")]
    pub ended_by: EndedBy,
    /// The queue it waited in last.
    #[serde(default, with = "crate::text::some_id")]
    pub queue: Option<QueueId>,
    /// How long it waited there.
    #[serde(default)]
    pub queue_wait_ms: Option<i64>,
    /// Its legs in order of appearance.
    pub legs: Vec<Leg>,
    /// Every decision, in order.
    pub trail: Vec<Decision>,
}

/// One leg of a finished call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallLeg))]
pub struct Leg {
    /// Its number in the call.
    pub leg: u16,
    /// `in` when the far side placed it, `out` when we did.
    pub kind: String,
    /// The extension at its far end.
    #[serde(default, with = "crate::text::some_id", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub extension: Option<ExtensionId>,
    /// The carrier at its far end.
    #[serde(default, with = "crate::text::some_id", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trunk: Option<TrunkId>,
    /// The number at its far end.
    pub number: String,
    /// When it began, milliseconds since 1970.
    pub started_at: i64,
    /// When its far end first rang.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ringing_at: Option<i64>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
    /// Why it ended.
    #[serde(with = "crate::text::cause")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cause: Cause,
    /// How it sounded; missing for legs that carried no sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
}

/// How a leg sounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallQuality))]
pub struct Quality {
    /// The codec agreed on.
    pub codec: Option<String>,
    /// Packets heard from the far side.
    pub rx_packets: u64,
    /// Packets sent to the far side.
    pub tx_packets: u64,
    /// Packets the far side sent and we never saw.
    pub lost: u64,
    /// Interarrival jitter.
    pub jitter_ms: f64,
    /// The round trip, when the far side reports it.
    pub rtt_ms: Option<f64>,
    /// The mean opinion score, 1–4.5.
    pub mos: Option<f64>,
    /// Packets from strangers, dropped.
    pub foreign_packets: u64,
    /// Packets whose authentication failed, dropped.
    #[serde(default)]
    pub forged_packets: u64,
    /// How packets were protected: `plain`, `sdes` or `dtls`; missing in records of earlier versions.
    #[serde(default)]
    pub security: Option<String>,
}

/// One decision on the way of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallDecision))]
pub struct Decision {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// The step: `route`, `menu`, `ring`, `answer`, `end`…
    pub step: String,
    /// What was decided and why.
    pub reason: String,
    /// The facts it rests on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
}

/// A fact behind a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallFact))]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A finished call as lists and events show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Call))]
pub struct Call {
    /// Which call.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "call_01hv3k0000000000000000000"))]
    pub id: CallId,
    /// Which way it went: `inbound`, `outbound`, `internal`.
    #[serde(with = "crate::text::direction")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub direction: Direction,
    /// What became of it.
    pub status: Status,
    /// The hotline that was called or shown.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub hotline: Option<HotlineId>,
    /// The carrier.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub trunk: Option<TrunkId>,
    /// Our person: who answered an inbound call, or who called.
    #[serde(with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub extension: Option<ExtensionId>,
    /// Who called.
    pub caller_number: String,
    /// The caller's name, may be empty.
    pub caller_name: String,
    /// Who was called.
    pub callee_number: String,
    /// When it began, milliseconds since 1970.
    pub started_at: i64,
    /// When the called side first rang.
    pub ringing_at: Option<i64>,
    /// When a person on the called side answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
    /// From its beginning to its end.
    pub duration_ms: i64,
    /// From the answer to its end; 0 when nobody answered.
    pub talk_ms: i64,
    /// Why it ended.
    #[serde(with = "crate::text::cause")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cause: Cause,
    /// Who ended it: `caller`, `callee`, `system`.
    #[serde(with = "crate::text::ended_by")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub ended_by: EndedBy,
    /// The queue it waited in last.
    #[serde(default, with = "crate::text::some_id", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub queue: Option<QueueId>,
    /// How long it waited there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_wait_ms: Option<i64>,
    /// The recording, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingView>,
    /// When its recording was deleted because its time was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_deleted_at: Option<i64>,
    /// The mark that the caller gave, 1 for the worst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
}

/// A finished call with its legs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallDetail))]
pub struct CallDetail {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// Its legs in order of appearance.
    pub legs: Vec<Leg>,
}

/// A recording as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = CallRecording))]
pub struct RecordingView {
    /// How long it plays.
    pub duration_ms: i64,
    /// How long its file is.
    pub size_bytes: i64,
    /// False when the disk was full or the process died in the middle.
    pub complete: bool,
    /// Why it is held, so that it is not deleted however old it is; missing when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
}

/// A recording as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Of which call.
    #[serde(with = "crate::text::id")]
    pub call: CallId,
    /// Whose.
    #[serde(with = "crate::text::id")]
    pub tenant: TenantId,
    /// Where it lies, from the data directory on.
    pub file: String,
    /// How long its file is.
    pub size_bytes: i64,
    /// How long it plays.
    pub duration_ms: i64,
    /// False when the disk was full or the process died in the middle.
    pub complete: bool,
    /// When it was finished, milliseconds since 1970.
    pub created_at: i64,
    /// The SHA-256 of the file, hexadecimal; none of files of earlier versions.
    #[serde(default)]
    pub sha256: Option<String>,
}

impl CallRecord {
    /// What became of it.
    pub fn status(&self) -> Status {
        Status::of(self.answered_at.is_some(), self.cause)
    }

    /// As lists show it.
    pub fn view(&self) -> Call {
        Call {
            id: self.id,
            direction: self.direction,
            status: self.status(),
            hotline: self.hotline,
            trunk: self.trunk,
            extension: self.extension,
            caller_number: self.caller_number.clone(),
            caller_name: self.caller_name.clone(),
            callee_number: self.callee_number.clone(),
            started_at: self.started_at,
            ringing_at: self.ringing_at,
            answered_at: self.answered_at,
            ended_at: self.ended_at,
            duration_ms: (self.ended_at - self.started_at).max(0),
            talk_ms: self.answered_at.map_or(0, |at| (self.ended_at - at).max(0)),
            cause: self.cause,
            ended_by: self.ended_by,
            queue: self.queue,
            queue_wait_ms: self.queue_wait_ms,
            recording: None,
            recording_deleted_at: None,
            rating: None,
        }
    }
}
