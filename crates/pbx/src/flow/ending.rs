//! Where an imagined caller ends, in words that can be compared and shown.

use crate::target::{Target, TargetText};
use ::flow::{End, Fate};
use model::flow::FlowTarget;
use serde::Serialize;

/// The end of a way through a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowEnding))]
pub struct Ending {
    /// The node where it ends.
    pub node: String,
    /// Whom the caller is handed to.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TargetText>))]
    pub target: Option<Target>,
    /// Why the flow ended the call.
    pub cause: Option<String>,
}

impl Ending {
    /// Whether the flow waits for something the caller has not done.
    pub fn waits(&self) -> bool {
        self.target.is_none() && self.cause.is_none()
    }

    /// Whether a caller would notice no difference.
    pub fn same(&self, other: &Ending) -> bool {
        match (self.waits(), other.waits()) {
            (true, true) => self.node == other.node,
            _ => (self.target, &self.cause) == (other.target, &other.cause),
        }
    }
}

impl From<End> for Ending {
    fn from(end: End) -> Ending {
        let (target, cause) = match end.fate {
            Fate::Waiting => (None, None),
            Fate::Handed(target) => (Some(target_of(&target)), None),
            Fate::Ended(cause) => (None, Some(cause.as_str().to_owned())),
        };
        Ending { node: end.node, target, cause }
    }
}

fn target_of(target: &FlowTarget) -> Target {
    match target {
        FlowTarget::Group(id) => Target::Group(*id),
        FlowTarget::Extension(id) => Target::Extension(*id),
        FlowTarget::Flow(id) => Target::Flow(*id),
        FlowTarget::Queue(entry) => Target::Queue(entry.queue),
        FlowTarget::Voicemail(id) => Target::Voicemail(*id),
    }
}
