//! What one can do with flows.

use super::{Flow, FlowPatch, NewFlow, repo, trial, version};
use crate::{Snapshot, config, extension, greeting, group, queue, schedule, simulate, target};
use ::flow::{Graph, Reference};
use model::{Actor, Faults, FlowId, Page, PageRequest, Permission, Problem};
use store::{Db, NewEvent, Tx, mint, now};

/// Creates a flow.
pub async fn create(actor: &Actor, db: &Db, new: NewFlow) -> Result<Flow, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let author = config::author(&mut tx, actor).await?;
    let flow = insert(&mut tx, new, author).await?;
    tx.commit().await?;
    Ok(flow)
}

/// Checks and writes one inside a transaction.
pub(crate) async fn insert(tx: &mut Tx, new: NewFlow, author: String) -> Result<Flow, Problem> {
    let now = now().as_millis();
    let flow = Flow {
        id: mint(),
        name: new.name.trim().to_owned(),
        version: 1,
        author,
        drafted: false,
        graph: new.graph,
        created_at: now,
        updated_at: now,
    };
    check(tx, &flow.name, &flow.graph).await?;
    repo::insert(tx, &flow).await?;
    version::repo::insert(tx, &flow, "").await?;
    tx.emit(config::event("flow.created", flow.id, &flow.name));
    Ok(flow)
}

/// The graph can be walked, and what it names belongs to the company.
pub(super) async fn check(tx: &mut Tx, name: &str, graph: &Graph) -> Result<(), Problem> {
    let mut faults = Faults::default();
    if !config::good_name(name) {
        faults.add("name", "Use 1 to 200 characters.");
    }
    for fault in graph.validate().err().unwrap_or_default() {
        faults.add(format!("graph.{}", fault.path()), fault.wrong.to_string());
    }
    let references = graph.references();
    let (mut groups, mut extensions, mut greetings) = (Vec::new(), Vec::new(), Vec::new());
    let mut flows = Vec::new();
    let mut schedules = Vec::new();
    let mut queues = Vec::new();
    for (_, reference) in &references {
        match reference {
            Reference::Group(id) => groups.push(*id),
            Reference::Extension(id) => extensions.push(*id),
            Reference::Greeting(id) => greetings.push(*id),
            Reference::Flow(id) => flows.push(*id),
            Reference::Schedule(id) => schedules.push(*id),
            Reference::Queue(id) => queues.push(*id),
        }
    }
    let groups = group::repo::existing(tx, &groups).await?;
    let extensions = extension::repo::existing(tx, &extensions).await?;
    let greetings = greeting::repo::existing(tx, &greetings).await?;
    let flows = repo::existing(tx, &flows).await?;
    let schedules = schedule::repo::existing(tx, &schedules).await?;
    let queues = queue::repo::existing(tx, &queues).await?;
    for (path, reference) in references {
        let (there, what) = match reference {
            Reference::Group(id) => (groups.contains(&id), "ring group"),
            Reference::Extension(id) => (extensions.contains(&id), "extension"),
            Reference::Greeting(id) => (greetings.contains(&id), "greeting"),
            Reference::Flow(id) => (flows.contains(&id), "flow"),
            Reference::Schedule(id) => (schedules.contains(&id), "schedule"),
            Reference::Queue(id) => (queues.contains(&id), "queue"),
        };
        if !there {
            faults.add(format!("graph.{path}"), format!("There is no such {what}."));
        }
    }
    faults.done()
}

/// What a caller would live through in a graph that need not be stored; the scene as in
/// [`simulate::Scene`].
pub async fn simulate(
    actor: &Actor,
    db: &Db,
    graph: Graph,
    from: &str,
    digits: &str,
    at: Option<&str>,
) -> Result<Vec<simulate::Line>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    check(&mut tx, "draft", &graph).await?;
    drop(tx);
    let tenant = Snapshot::company(db, actor.tenant).await?.ok_or_else(|| Problem::not_found("company"))?;
    let at = simulate::moment(&tenant.time_zone, at)?;
    simulate::graph(&tenant, &graph, &simulate::Scene { from, digits, at })
}

/// One flow.
pub async fn get(actor: &Actor, db: &Db, id: FlowId) -> Result<Flow, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("flow"))
}

/// The flows in the order of their creation.
pub async fn list(actor: &Actor, db: &Db, page: PageRequest) -> Result<Page<Flow>, Problem> {
    actor.require(Permission::ViewConfig)?;
    let mut tx = db.read(actor.tenant).await?;
    let limit = page.limit.clamp(1, PageRequest::MAX);
    let rows = repo::list(&mut tx, page.after.as_deref(), limit).await?;
    Ok(Page::from_rows(rows, limit, |flow| flow.id.to_string()))
}

/// Changes a flow. Calls that walk the former version walk it to their end.
pub async fn update(actor: &Actor, db: &Db, id: FlowId, patch: FlowPatch) -> Result<Flow, Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let mut flow = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("flow"))?;
    if patch.version.is_some_and(|version| version != flow.version) {
        let message = format!("The flow is at version {} by now; read it again and repeat the change.", flow.version);
        return Err(Problem::conflict("version_changed", message.clone()).with_field("version", message));
    }
    let author = config::author(&mut tx, actor).await?;
    change(&mut tx, &mut flow, patch.name, patch.graph, &author).await?;
    tx.commit().await?;
    Ok(flow)
}

/// Gives a flow another name or graph inside a transaction. A graph that changes must pass the flow's tests.
pub(crate) async fn change(
    tx: &mut Tx,
    flow: &mut Flow,
    name: Option<String>,
    graph: Option<Graph>,
    author: &str,
) -> Result<(), Problem> {
    if let Some(name) = name {
        flow.name = name.trim().to_owned();
    }
    match graph {
        Some(graph) if graph != flow.graph => {
            check(tx, &flow.name, &graph).await?;
            trial::all_hold(tx, flow.id, &graph).await?;
            put(tx, flow, graph, author, "").await
        }
        Some(_) | None => {
            check(tx, &flow.name, &flow.graph).await?;
            flow.updated_at = now().as_millis();
            repo::save(tx, flow).await?;
            tx.emit(config::event("flow.updated", flow.id, &flow.name));
            Ok(())
        }
    }
}

/// Makes a graph that was checked what calls walk from now on, under the next number.
pub(super) async fn put(tx: &mut Tx, flow: &mut Flow, graph: Graph, author: &str, note: &str) -> Result<(), Problem> {
    flow.graph = graph;
    flow.version += 1;
    author.clone_into(&mut flow.author);
    flow.updated_at = now().as_millis();
    repo::save(tx, flow).await?;
    version::repo::insert(tx, flow, note).await?;
    let data = serde_json::json!({
        "id": flow.id.to_string(), "name": flow.name, "version": flow.version, "author": author, "note": note,
    });
    tx.emit(NewEvent { kind: "flow.updated", call: None, data: data.to_string() });
    Ok(())
}

/// Deletes a flow that nothing leads to.
pub async fn delete(actor: &Actor, db: &Db, id: FlowId) -> Result<(), Problem> {
    actor.require(Permission::EditConfig)?;
    let mut tx = config::change(db, actor.tenant).await?;
    let flow = repo::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("flow"))?;
    let mut users = target::leading_to(&mut tx, &id.to_string()).await?;
    users.extend(repo::flows_with(&mut tx, Reference::Flow(id)).await?);
    config::unused(&format!("The flow {}", flow.name), &users)?;
    repo::delete(&mut tx, id).await?;
    tx.emit(config::event("flow.deleted", id, &flow.name));
    tx.commit().await?;
    Ok(())
}
