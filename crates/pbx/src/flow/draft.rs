//! What is being drawn: kept with the flow, met by no call until it is published. A draft need not be finished, so its graph
//! is any object; what is wrong with it is told with it.

pub(crate) mod repo;

use super::{Flow, service, trial};
use crate::config;
use ::flow::Graph;
use model::{Actor, Faults, FlowId, Permission, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Db, Tx, now};

/// The most bytes a draft may have.
const LARGEST: usize = 512 * 1024;

/// A draft, or what calls walk when nobody draws one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowDraft))]
pub struct Draft {
    /// The graph, as it was sent.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub graph: Value,
    /// Rises by one each time the draft is kept; 0 when there is none and the graph is the published one.
    pub revision: i64,
    /// The version it was drawn from.
    pub made_from: i64,
    /// Who kept it last.
    pub author: String,
    /// When, milliseconds since 1970.
    pub updated_at: i64,
    /// What keeps it from being published; empty when nothing does.
    pub faults: Vec<DraftFault>,
}

/// Something that keeps a draft from being published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowDraftFault))]
pub struct DraftFault {
    /// The field: `graph.nodes.sales.group`.
    pub name: String,
    /// What is wrong, and how to mend it.
    pub message: String,
}

/// A draft to keep.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowDraftChange))]
pub struct DraftChange {
    /// The graph; it need not be finished.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub graph: Value,
    /// The revision the change was made from; when another one came first, this one is refused.
    pub revision: Option<i64>,
}

/// What is to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = FlowPublication))]
pub struct Publication {
    /// What changed and why, for those who read the versions; at most 500 characters.
    pub note: String,
    /// The revision that was looked at; when another one came since, nothing is published.
    pub revision: Option<i64>,
}

/// The draft, or the published graph when there is none.
pub async fn get(actor: &Actor, db: &Db, id: FlowId) -> Result<Draft, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let flow = find(&mut tx, id).await?;
    of(&mut tx, &flow).await
}

/// Keeps a draft.
pub async fn save(actor: &Actor, db: &Db, id: FlowId, change: DraftChange) -> Result<Draft, Problem> {
    actor.require(Permission::EditConfig)?;
    let text = change.graph.to_string();
    if !change.graph.is_object() || text.len() > LARGEST {
        let mend = format!("Send an object of `start` and `nodes`, at most {} kB long.", LARGEST / 1024);
        return Err(Problem::invalid("graph", mend));
    }
    let mut tx = config::change(db, actor.tenant).await?;
    let flow = find(&mut tx, id).await?;
    let kept = repo::find(&mut tx, id).await?;
    same_revision(change.revision, kept.as_ref())?;
    let draft = Draft {
        graph: change.graph,
        revision: kept.as_ref().map_or(0, |kept| kept.revision) + 1,
        made_from: kept.map_or(flow.version, |kept| kept.made_from),
        author: config::author(&mut tx, actor).await?,
        updated_at: now().as_millis(),
        faults: Vec::new(),
    };
    repo::put(&mut tx, id, &draft, &text).await?;
    let draft = Draft { faults: faults(&mut tx, &draft.graph).await?, ..draft };
    tx.commit().await?;
    Ok(draft)
}

/// Throws the draft away; nothing happens when there is none.
pub async fn discard(actor: &Actor, db: &Db, id: FlowId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    find(&mut tx, id).await?;
    repo::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes the draft what calls walk from now on: it is checked, its tests must hold, and it gets the next number.
pub async fn publish(actor: &Actor, db: &Db, id: FlowId, wanted: Publication) -> Result<Flow, Problem> {
    actor.require(Permission::EditConfig)?;
    if wanted.note.chars().count() > 500 || wanted.note.contains('\0') {
        return Err(Problem::invalid("note", "Use at most 500 characters."));
    }
    let mut tx = config::change(db, actor.tenant).await?;
    let mut flow = find(&mut tx, id).await?;
    let draft = repo::find(&mut tx, id).await?;
    same_revision(wanted.revision, draft.as_ref())?;
    let Some(draft) = draft else {
        return Err(Problem::conflict(
            "nothing_to_publish",
            "There is no draft; what calls walk is published already.",
        ));
    };
    if draft.made_from != flow.version {
        let message = format!(
            "Version {} was published after this draft was begun from version {}; compare them, then keep the draft anew.",
            flow.version, draft.made_from
        );
        return Err(Problem::conflict("version_changed", message));
    }
    let graph = graph(draft.graph)?;
    service::check(&mut tx, &flow.name, &graph).await?;
    trial::all_hold(&mut tx, id, &graph).await?;
    let author = config::author(&mut tx, actor).await?;
    service::put(&mut tx, &mut flow, graph, &author, wanted.note.trim()).await?;
    repo::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Flow { drafted: false, ..flow })
}

/// Draws the draft anew upon the version that calls walk now: it was compared with it.
pub async fn rebase(actor: &Actor, db: &Db, id: FlowId) -> Result<Draft, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let flow = find(&mut tx, id).await?;
    let Some(kept) = repo::find(&mut tx, id).await? else { return of(&mut tx, &flow).await };
    let text = kept.graph.to_string();
    let draft = Draft { made_from: flow.version, revision: kept.revision + 1, ..kept };
    repo::put(&mut tx, id, &draft, &text).await?;
    let draft = Draft { faults: faults(&mut tx, &draft.graph).await?, ..draft };
    tx.commit().await?;
    Ok(draft)
}

/// The graph that a replay or a test is to walk: this one, or the draft's.
pub(crate) async fn graph_of(tx: &mut Tx, flow: &Flow, sent: Option<Graph>) -> Result<Graph, Problem> {
    let graph = match sent {
        Some(graph) => graph,
        None => graph(of(tx, flow).await?.graph)?,
    };
    service::check(tx, &flow.name, &graph).await?;
    Ok(graph)
}

/// The draft of this flow, or its published graph.
pub(crate) async fn of(tx: &mut Tx, flow: &Flow) -> Result<Draft, Problem> {
    if let Some(draft) = repo::find(tx, flow.id).await? {
        let faults = faults(tx, &draft.graph).await?;
        return Ok(Draft { faults, ..draft });
    }
    let graph = serde_json::to_value(&flow.graph);
    Ok(Draft {
        graph: graph.map_err(|error| Problem::internal(format!("a graph is no JSON: {error}")))?,
        revision: 0,
        made_from: flow.version,
        author: flow.author.clone(),
        updated_at: flow.updated_at,
        faults: Vec::new(),
    })
}

async fn find(tx: &mut Tx, id: FlowId) -> Result<Flow, Problem> {
    super::repo::find(tx, id).await?.ok_or_else(|| Problem::not_found("flow"))
}

fn same_revision(wanted: Option<i64>, kept: Option<&Draft>) -> Result<(), Problem> {
    let found = kept.map_or(0, |kept| kept.revision);
    match wanted {
        Some(wanted) if wanted != found => {
            let who = kept.map(|kept| kept.author.as_str()).filter(|name| !name.is_empty()).unwrap_or("Somebody");
            let message = format!("{who} changed the draft meanwhile; read it again and repeat the change.");
            Err(Problem::conflict("draft_changed", message.clone()).with_field("revision", message))
        }
        Some(_) | None => Ok(()),
    }
}

/// The graph that this text is, or the field that keeps it from being one.
fn graph(value: Value) -> Result<Graph, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::invalid("graph", format!("{error}.")))
}

async fn faults(tx: &mut Tx, value: &Value) -> Result<Vec<DraftFault>, Problem> {
    let mut found = Faults::default();
    // Each node by itself, so that one that is not finished does not hide the others.
    let nodes = value.get("nodes").and_then(Value::as_object);
    for (name, node) in nodes.into_iter().flatten() {
        if let Err(error) = serde_json::from_value::<::flow::Node>(node.clone()) {
            let text = error.to_string();
            let field = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            match field {
                Some(field) => found.add(format!("graph.nodes.{name}.{field}"), "This field is needed."),
                None => found.add(format!("graph.nodes.{name}"), format!("{text}.")),
            }
        }
    }
    let told = match found.done() {
        Err(problem) => Err(problem),
        Ok(()) => match graph(value.clone()) {
            Ok(graph) => service::check(tx, "draft", &graph).await,
            Err(problem) => Err(problem),
        },
    };
    match told {
        Ok(()) => Ok(Vec::new()),
        Err(problem) if !problem.fields.is_empty() => {
            let fault = |field: model::problem::Field| DraftFault { name: field.name, message: field.message };
            Ok(problem.fields.into_iter().map(fault).collect())
        }
        Err(problem) => Err(problem),
    }
}

#[cfg(test)]
mod tests;
