use super::{DraftChange, Publication, discard, get, publish, rebase, save};
use crate::fixture::{a_group, company, fields};
use crate::flow::trial::{self, Expected, Trial};
use crate::flow::version::{self, Side};
use crate::flow::{self, Flow, FlowPatch, NewFlow};
use crate::target::Target;
use ::flow::Graph;
use model::{Actor, Kind, PageRequest, Permission, Problem};
use serde_json::{Value, json};
use store::Db;
use store::testing::{TestDb, on_both};

fn ends() -> Value {
    json!({ "start": "bye", "nodes": { "bye": { "type": "hangup" } } })
}

fn graph(value: Value) -> Graph {
    serde_json::from_value(value).expect("a graph")
}

async fn a_flow(actor: &Actor, db: &Db) -> Flow {
    flow::create(actor, db, NewFlow { name: "Main".into(), graph: graph(ends()) }).await.expect("created")
}

fn drawn(graph: Value) -> DraftChange {
    DraftChange { graph, revision: None }
}

fn noted(note: &str) -> Publication {
    Publication { note: note.into(), revision: None }
}

#[tokio::test]
async fn a_draft_meets_no_call_until_it_is_published_and_then_has_a_number_and_an_author() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let (made, group) = (a_flow(&ours, db).await, a_group(&ours, db, vec![]).await.id);
        let before = get(&ours, db, made.id).await.expect("what calls walk");
        assert_eq!((before.revision, before.made_from, before.graph), (0, 1, ends()));
        let rings =
            json!({ "start": "ring", "nodes": { "ring": { "type": "ring_group", "group": group.to_string() } } });
        let kept = save(&ours, db, made.id, drawn(rings.clone())).await.expect("kept");
        assert_eq!((kept.revision, kept.made_from, kept.author.as_str(), kept.faults.len()), (1, 1, "system", 0));
        let read = flow::get(&ours, db, made.id).await.expect("found");
        assert_eq!((read.version, read.drafted, &read.graph), (1, true, &graph(ends())));

        let published = publish(&ours, db, made.id, noted("Rings sales")).await.expect("published");
        assert_eq!((published.version, published.drafted, &published.graph), (2, false, &graph(rings)));
        let nothing = publish(&ours, db, made.id, noted("")).await.expect_err("there is no draft any more");
        assert_eq!((nothing.kind, nothing.code), (Kind::Conflict, "nothing_to_publish"));
        let versions = version::list(&ours, db, made.id, PageRequest::first()).await.expect("versions").items;
        let told: Vec<_> = versions.iter().map(|one| (one.version, one.note.as_str(), one.author.as_str())).collect();
        assert_eq!(told, [(2, "Rings sales", "system"), (1, "", "system")]);

        let changed =
            version::difference(&ours, db, made.id, Side::Version(1), Side::Version(2)).await.expect("compared");
        let nodes: Vec<_> = changed.nodes.iter().map(|change| change.node.as_str()).collect();
        assert_eq!(nodes, ["bye", "ring"]);
        let back = version::roll_back(&ours, db, made.id, 1, "").await.expect("rolled back");
        assert_eq!((back.version, &back.graph), (3, &graph(ends())));
        let newest = version::get(&ours, db, made.id, 3).await.expect("kept");
        assert_eq!(newest.version.note, "Version 1 again.");
        flow::delete(&ours, db, made.id).await.expect("deleted with all it has been");
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_is_not_finished_is_kept_and_its_faults_are_told() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let made = a_flow(&ours, db).await;
        let half = json!({ "start": "ring", "nodes": {
            "ring": { "type": "ring_group" },
            "ask": { "type": "menu", "timeout_ms": 5000, "options": { "1": "gone" } },
        } });
        let kept = save(&ours, db, made.id, drawn(half)).await.expect("kept");
        let faults: Vec<_> = kept.faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(faults, ["graph.nodes.ring.group"]);
        let wrong = publish(&ours, db, made.id, noted("")).await.expect_err("not finished");
        assert_eq!(fields(&wrong), ["graph"]);
        for odd in [json!([]), json!("x"), json!({ "start": "x".repeat(600_000) })] {
            let wrong = save(&ours, db, made.id, drawn(odd)).await.expect_err("no graph");
            assert_eq!(fields(&wrong), ["graph"]);
        }
        discard(&ours, db, made.id).await.expect("thrown away");
        discard(&ours, db, made.id).await.expect("thrown away twice");
        assert_eq!(get(&ours, db, made.id).await.expect("what calls walk").revision, 0);
    })
    .await;
}

#[tokio::test]
async fn two_who_draw_at_once_do_not_write_over_each_other() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let made = a_flow(&ours, db).await;
        let change = |revision| DraftChange { graph: ends(), revision: Some(revision) };
        save(&ours, db, made.id, change(0)).await.expect("the first");
        let late = save(&ours, db, made.id, change(0)).await.expect_err("the second knows no revision 1");
        assert_eq!((late.kind, late.code), (Kind::Conflict, "draft_changed"));
        let other = Publication { revision: Some(7), ..Publication::default() };
        assert_eq!(publish(&ours, db, made.id, other).await.expect_err("unseen").code, "draft_changed");

        // Another version came meanwhile, from a program that publishes at once.
        let more = json!({ "start": "a", "nodes": { "a": { "type": "hangup" } } });
        let patch = FlowPatch { graph: Some(graph(more)), ..FlowPatch::default() };
        flow::update(&ours, db, made.id, patch).await.expect("published at once");
        let behind = publish(&ours, db, made.id, noted("")).await.expect_err("begun from version 1");
        assert_eq!(behind.code, "version_changed");
        assert_eq!(rebase(&ours, db, made.id).await.expect("compared").made_from, 2);
        assert_eq!(publish(&ours, db, made.id, noted("")).await.expect("published").version, 3);
    })
    .await;
}

#[tokio::test]
async fn a_test_that_fails_keeps_a_graph_from_being_published_by_any_way() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let group = a_group(&ours, db, vec![]).await.id;
        let rings = json!({ "start": "ask", "nodes": {
            "ask": { "type": "menu", "timeout_ms": 5000, "options": { "1": "ring" } },
            "ring": { "type": "ring_group", "group": group.to_string() },
        } });
        let new = NewFlow { name: "Main".into(), graph: graph(rings) };
        let made = flow::create(&ours, db, new).await.expect("created");
        let expect = Expected { node: None, target: Some(Target::Group(group)) };
        let test = Trial { name: "1 is sales".into(), from: None, at: None, digits: "1".into(), expect };
        trial::save(&ours, db, made.id, vec![test.clone()]).await.expect("kept");
        assert!(trial::run(&ours, db, made.id, None).await.expect("told")[0].passed);

        save(&ours, db, made.id, drawn(ends())).await.expect("kept");
        let told = &trial::run(&ours, db, made.id, None).await.expect("told")[0];
        assert_eq!((told.passed, told.found.node.as_str()), (false, "bye"));
        let failed = publish(&ours, db, made.id, noted("")).await.expect_err("a test fails");
        assert_eq!(
            (failed.kind, failed.code, fields(&failed)),
            (Kind::Conflict, "test_failed", vec!["tests.1 is sales"])
        );
        let patch = FlowPatch { graph: Some(graph(ends())), ..FlowPatch::default() };
        assert_eq!(flow::update(&ours, db, made.id, patch).await.expect_err("a test fails").code, "test_failed");

        let nowhere = Trial { name: String::new(), digits: "x".into(), expect: Expected::default(), ..test };
        let wrong = trial::save(&ours, db, made.id, vec![nowhere]).await.expect_err("three faults");
        assert_eq!(fields(&wrong), ["tests[0].name", "tests[0].digits", "tests[0].expect"]);
    })
    .await;
}

#[tokio::test]
async fn drafts_and_versions_of_others_are_hidden_and_agents_change_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = a_flow(&ours, db).await;
        let hidden = Problem::not_found("flow");
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(save(&theirs, db, made.id, drawn(ends())).await, Err(hidden.clone()));
        assert_eq!(publish(&theirs, db, made.id, noted("")).await, Err(hidden.clone()));
        assert_eq!(version::list(&theirs, db, made.id, PageRequest::first()).await, Err(hidden.clone()));
        assert_eq!(version::roll_back(&theirs, db, made.id, 1, "").await, Err(hidden.clone()));
        assert_eq!(trial::list(&theirs, db, made.id).await, Err(hidden));
        let agent = Actor { role: model::Role::Agent, ..ours };
        assert!(!agent.role.may(Permission::EditConfig));
        assert_eq!(save(&agent, db, made.id, drawn(ends())).await.expect_err("no right").kind, Kind::Forbidden);
        assert_eq!(publish(&agent, db, made.id, noted("")).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}
