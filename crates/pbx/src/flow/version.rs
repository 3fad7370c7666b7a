//! What a flow has been: each published graph stays with its number, its author and its time, so that a trail can be read
//! years later and a bad change taken back at once.

pub(crate) mod repo;

use super::compare::{Comparison, compare};
use super::{Flow, draft, service, trial};
use crate::config;
use ::flow::Graph;
use model::{Actor, FlowId, Page, PageRequest, Permission, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Db, Tx};

/// How many versions of one flow are kept.
pub(crate) const KEPT: i64 = 500;

/// A version without its graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowVersion))]
pub struct Version {
    /// Its number.
    pub version: i64,
    /// What its author said of it; may be empty.
    pub note: String,
    /// Who published it; empty when that is not known.
    pub author: String,
    /// When, milliseconds since 1970.
    pub created_at: i64,
}

/// A version with its graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowVersionGraph))]
pub struct VersionGraph {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// The graph.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub graph: Graph,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The draft, or what calls walk when nobody draws one.
    Draft,
    /// What calls walk.
    Published,
    /// A version.
    Version(i64),
}

impl Side {
    /// `draft`, `published`, or a number.
    pub fn parse(field: &str, text: &str) -> Result<Side, Problem> {
        match text {
            "draft" => Ok(Side::Draft),
            "published" => Ok(Side::Published),
            number => number
                .parse()
                .map(Side::Version)
                .map_err(|_| Problem::invalid(field, "Use the number of a version, published or draft.")),
        }
    }
}

/// The versions of a flow, newest first.
pub async fn list(actor: &Actor, db: &Db, flow: FlowId, page: PageRequest) -> Result<Page<Version>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    exists(&mut tx, flow).await?;
    let after = page.after.as_deref().map(str::parse::<i64>).transpose();
    let after = after.map_err(|_| Problem::invalid("after", "Send the `next` of the page before, or leave it out."))?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, flow, after.unwrap_or(i64::MAX), limit).await?;
    Ok(Page::from_rows(rows, limit, |version| version.version.to_string()))
}

/// One version.
pub async fn get(actor: &Actor, db: &Db, flow: FlowId, version: i64) -> Result<VersionGraph, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    exists(&mut tx, flow).await?;
    find(&mut tx, flow, version).await
}

/// What changed from one side to the other.
pub async fn difference(
    actor: &Actor,
    db: &Db,
    flow: FlowId,
    before: Side,
    after: Side,
) -> Result<Comparison, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let stored = exists(&mut tx, flow).await?;
    let before = side(&mut tx, &stored, before).await?;
    Ok(compare(&before, &side(&mut tx, &stored, after).await?))
}

/// Publishes an old version anew, under the next number. Its tests must hold, as for any other. A draft stays as it is.
pub async fn roll_back(actor: &Actor, db: &Db, flow: FlowId, version: i64, note: &str) -> Result<Flow, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let mut stored = exists(&mut tx, flow).await?;
    let old = find(&mut tx, flow, version).await?.graph;
    trial::all_hold(&mut tx, flow, &old).await?;
    if note.chars().count() > 500 || note.contains('\0') {
        return Err(Problem::invalid("note", "Use at most 500 characters."));
    }
    let note = if note.trim().is_empty() { format!("Version {version} again.") } else { note.trim().to_owned() };
    let author = config::author(&mut tx, actor).await?;
    service::put(&mut tx, &mut stored, old, &author, &note).await?;
    tx.commit().await?;
    Ok(stored)
}

async fn exists(tx: &mut Tx, flow: FlowId) -> Result<Flow, Problem> {
    super::repo::find(tx, flow).await?.ok_or_else(|| Problem::not_found("flow"))
}

async fn find(tx: &mut Tx, flow: FlowId, version: i64) -> Result<VersionGraph, Problem> {
    repo::find(tx, flow, version).await?.ok_or_else(|| Problem::not_found("version of the flow"))
}

async fn side(tx: &mut Tx, flow: &Flow, side: Side) -> Result<Value, Problem> {
    let graph = match side {
        Side::Published => flow.graph.clone(),
        Side::Draft => return Ok(draft::of(tx, flow).await?.graph),
        Side::Version(version) => find(tx, flow.id, version).await?.graph,
    };
    serde_json::to_value(graph).map_err(|error| Problem::internal(format!("a graph is no JSON: {error}")))
}
