//! IVR flows as they are kept: a graph with a name and a version. What a graph means is the `flow` crate's.

pub mod compare;
pub mod draft;
pub mod ending;
pub mod replay;
pub(crate) mod repo;
mod service;
#[cfg(test)]
mod tests;
pub mod trial;
pub mod version;

pub(crate) use service::{change, insert};
pub use service::{create, delete, get, list, simulate, update};

pub use ::flow::Graph;
use model::FlowId;
use serde::{Deserialize, Serialize};

/// A stored flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Flow))]
pub struct Flow {
    /// The id.
    #[serde(with = "crate::text::id")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "flw_01hv3k0000000000000000000"))]
    pub id: FlowId,
    /// Its name.
    pub name: String,
    /// Rises by one with each change of the graph.
    pub version: i64,
    /// Who published this version; empty when that is not known.
    pub author: String,
    /// Whether a draft waits to be published.
    pub drafted: bool,
    /// The graph.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub graph: Graph,
    /// When it was created, milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A flow to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = NewFlow))]
pub struct NewFlow {
    /// Its name.
    pub name: String,
    /// The graph.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub graph: Graph,
}

/// Changes to a flow; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowPatch))]
pub struct FlowPatch {
    /// Its name.
    pub name: Option<String>,
    /// The graph.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub graph: Option<Graph>,
    /// The version the change was made from; when another change came first, this one is refused.
    pub version: Option<i64>,
}
