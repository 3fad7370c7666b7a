//! Where a caller goes: a hotline leads there, and a group or queue that nobody answered for.

use crate::{extension, flow, greeting, group, queue};
use call::RouteTarget;
use model::leg::Sound;
use model::{ExtensionId, FlowId, GreetingId, GroupId, QueueId};
use serde::{Deserialize, Serialize};
use std::fmt;
use store::{Error, Tx};

/// Where callers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "TargetText", into = "TargetText")]
pub enum Target {
    /// An IVR.
    Flow(FlowId),
    /// A ring group.
    Group(GroupId),
    /// One extension.
    Extension(ExtensionId),
    /// A sound that is played to its end; then the call is over.
    Greeting(GreetingId),
    /// A queue.
    Queue(QueueId),
    /// The mailbox of an extension, where callers leave messages.
    Voicemail(ExtensionId),
}

/// A target in JSON: `{"kind": "flow", "id": "flw_…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = HotlineTarget))]
pub struct TargetText {
    /// `flow`, `group`, `extension`, `greeting`, `queue` or `voicemail`.
    pub kind: String,
    /// The id of what is meant; of the extension for `voicemail`.
    pub id: String,
}

impl From<Target> for TargetText {
    fn from(target: Target) -> TargetText {
        TargetText { kind: target.kind().to_owned(), id: target.to_string() }
    }
}

impl TryFrom<TargetText> for Target {
    type Error = &'static str;

    fn try_from(text: TargetText) -> Result<Target, &'static str> {
        Target::parse(&text.kind, &text.id)
            .ok_or("a target is a kind (flow, group, extension, greeting, queue, voicemail) and an id of that kind")
    }
}

impl Target {
    /// The stored word of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Target::Flow(_) => "flow",
            Target::Group(_) => "group",
            Target::Extension(_) => "extension",
            Target::Greeting(_) => "greeting",
            Target::Queue(_) => "queue",
            Target::Voicemail(_) => "voicemail",
        }
    }

    pub(crate) fn parse(kind: &str, id: &str) -> Option<Target> {
        match kind {
            "flow" => id.parse().ok().map(Target::Flow),
            "group" => id.parse().ok().map(Target::Group),
            "extension" => id.parse().ok().map(Target::Extension),
            "greeting" => id.parse().ok().map(Target::Greeting),
            "queue" => id.parse().ok().map(Target::Queue),
            "voicemail" => id.parse().ok().map(Target::Voicemail),
            _ => None,
        }
    }

    /// A target that may be missing, as two columns have it.
    pub(crate) fn stored(kind: Option<&str>, id: Option<&str>) -> Result<Option<Target>, Error> {
        match (kind, id) {
            (Some(kind), Some(id)) => Target::parse(kind, id).map(Some).ok_or(Error::Corrupt("target")),
            _ => Ok(None),
        }
    }

    /// What a person would call it.
    pub(crate) const fn what(&self) -> &'static str {
        match self {
            Target::Flow(_) => "the flow",
            Target::Group(_) => "the ring group",
            Target::Extension(_) => "the extension",
            Target::Greeting(_) => "an announcement",
            Target::Queue(_) => "the queue",
            Target::Voicemail(_) => "the mailbox of an extension",
        }
    }
}

impl From<Target> for RouteTarget {
    fn from(target: Target) -> RouteTarget {
        match target {
            Target::Flow(id) => RouteTarget::Flow(id),
            Target::Group(id) => RouteTarget::Group(id),
            Target::Extension(id) => RouteTarget::Extension(id),
            Target::Greeting(id) => RouteTarget::Announcement(Sound::Greeting(id)),
            Target::Queue(id) => RouteTarget::Queue(id),
            Target::Voicemail(id) => RouteTarget::Voicemail(id),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Flow(id) => id.fmt(f),
            Target::Group(id) => id.fmt(f),
            Target::Extension(id) => id.fmt(f),
            Target::Greeting(id) => id.fmt(f),
            Target::Queue(id) => id.fmt(f),
            Target::Voicemail(id) => id.fmt(f),
        }
    }
}

/// Whether the company has what is meant.
pub(crate) async fn exists(tx: &mut Tx, target: Target) -> Result<bool, Error> {
    Ok(match target {
        Target::Flow(id) => flow::repo::find(tx, id).await?.is_some(),
        Target::Group(id) => group::repo::find(tx, id).await?.is_some(),
        Target::Extension(id) | Target::Voicemail(id) => extension::repo::existing(tx, &[id]).await?.contains(&id),
        Target::Greeting(id) => greeting::repo::existing(tx, &[id]).await?.contains(&id),
        Target::Queue(id) => queue::repo::existing(tx, &[id]).await?.contains(&id),
    })
}

/// What leads to this flow, group, extension, greeting or queue, for people.
pub(crate) async fn leading_to(tx: &mut Tx, id: &str) -> Result<Vec<String>, Error> {
    let mut users = crate::hotline::repo::hotlines_to(tx, id).await?;
    users.extend(group::repo::groups_to(tx, id).await?);
    users.extend(queue::repo::queues_to(tx, id).await?);
    Ok(users)
}
