use super::{FlowPatch, NewFlow, create, delete, get, list, update};
use crate::fixture::{a_group, a_hotline, a_trunk, company, fields, graph};
use crate::greeting::{self, NewGreeting};
use crate::hotline::Target;
use crate::queue;
use ::flow::{Graph, Node};
use model::{Actor, GreetingId, Kind, PageRequest, Problem};
use store::testing::{TestDb, on_both};
use store::{Db, mint};

async fn a_greeting(actor: &Actor, db: &Db) -> GreetingId {
    let new = NewGreeting { id: mint(), name: "Hello".into(), duration_ms: 2_000, size_bytes: 32_044, speech: None };
    greeting::create(actor, db, new).await.expect("a greeting").id
}

async fn a_graph(actor: &Actor, db: &Db) -> Graph {
    graph(a_greeting(actor, db).await, a_group(actor, db, vec![]).await.id)
}

fn named(name: &str, graph: Graph) -> NewFlow {
    NewFlow { name: name.into(), graph }
}

#[tokio::test]
async fn a_flow_reads_back_and_its_version_rises_with_its_graph() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let graph = a_graph(&ours, db).await;
        let made = create(&ours, db, named("Welcome", graph.clone())).await.expect("created");
        assert_eq!((made.version, &made.graph), (1, &graph));
        let renamed = FlowPatch { name: Some("Day".into()), graph: Some(graph.clone()), version: Some(1) };
        assert_eq!(update(&ours, db, made.id, renamed).await.expect("renamed").version, 1);
        let mut shorter = graph;
        shorter.start = "ring".into();
        let patch = FlowPatch { graph: Some(shorter.clone()), version: Some(1), name: None };
        assert_eq!(update(&ours, db, made.id, patch.clone()).await.expect("changed").version, 2);
        let late = update(&ours, db, made.id, patch).await.expect_err("made from an old version");
        assert_eq!((late.kind, late.code), (Kind::Conflict, "version_changed"));
        assert_eq!(get(&ours, db, made.id).await.expect("found").graph, shorter);
    })
    .await;
}

#[tokio::test]
async fn a_graph_that_leads_nowhere_or_names_strangers_is_refused_by_field() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let foreign = a_graph(&theirs, db).await;
        let wrong = create(&ours, db, named("", foreign)).await.expect_err("not ours");
        assert_eq!(fields(&wrong), ["name", "graph.nodes.hello.greeting", "graph.nodes.ring.group"]);
        let mut dangling = a_graph(&ours, db).await;
        dangling.nodes.insert("lost".into(), Node::RingGroup { group: mint(), on_no_answer: Some("gone".into()) });
        let wrong = create(&ours, db, named("x", dangling)).await.expect_err("dangling");
        assert_eq!(fields(&wrong), ["graph.nodes.lost.on_no_answer", "graph.nodes.lost.group"]);
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = create(&ours, db, named("Welcome", a_graph(&ours, db).await)).await.expect("created");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        let hidden = Problem::not_found("flow");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, FlowPatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, [made]);
    })
    .await;
}

#[tokio::test]
async fn parts_of_a_flow_and_flows_of_a_hotline_are_not_deleted() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let (hello, group) = (a_greeting(&ours, db).await, a_group(&ours, db, vec![]).await);
        let made = create(&ours, db, named("Welcome", graph(hello, group.id))).await.expect("created");
        a_trunk(&ours, db, "127.0.0.30").await;
        let hotline = a_hotline(&ours, db, "02873000001", Target::Flow(made.id)).await;
        let by_flow = greeting::delete(&ours, db, hello).await.expect_err("played");
        assert!(by_flow.message.contains("flow Welcome"), "{}", by_flow.message);
        assert_eq!(crate::group::delete(&ours, db, group.id).await.expect_err("rung").code, "in_use");
        let by_hotline = delete(&ours, db, made.id).await.expect_err("led to");
        assert!(by_hotline.message.contains("hotline +842873000001"), "{}", by_hotline.message);
        crate::hotline::delete(&ours, db, hotline.id).await.expect("deleted");
        let settings = queue::Settings { survey: Some(made.id), ..queue::Settings::default() };
        let asks = queue::NewQueue { settings, ..queue::NewQueue::named("Sales", vec![]) };
        let asks = queue::create(&ours, db, asks).await.expect("created");
        let by_queue = delete(&ours, db, made.id).await.expect_err("a survey");
        assert!(by_queue.message.contains("queue Sales"), "{}", by_queue.message);
        queue::delete(&ours, db, asks.id).await.expect("deleted");
        delete(&ours, db, made.id).await.expect("deleted");
        greeting::delete(&ours, db, hello).await.expect("deleted");
        crate::group::delete(&ours, db, group.id).await.expect("deleted");
    })
    .await;
}
