use super::run;
use crate::calls::{CallRecord, Decision, Fact, record};
use crate::fixture::{a_group, company, fields};
use crate::flow::{self, NewFlow};
use crate::target::Target;
use ::flow::Graph;
use call::Direction;
use model::{Actor, Cause, EndedBy, FlowId, Problem};
use serde_json::{Value, json};
use store::testing::{TestDb, on_both};
use store::{Db, mint, now};

fn told(step: &str, facts: &[(&str, &str)]) -> Decision {
    let fact = |(name, value): &(&str, &str)| Fact { name: (*name).into(), value: (*value).into() };
    Decision { at: 0, step: step.into(), reason: String::new(), facts: facts.iter().map(fact).collect() }
}

/// A call that pressed this key in version 1 of the flow.
async fn a_call(actor: &Actor, db: &Db, flow: FlowId, key: &str, days_ago: i64) {
    let id = flow.to_string();
    let at = now().as_millis() - days_ago * super::DAY_MS;
    let past = CallRecord {
        id: mint(),
        tenant: actor.tenant,
        direction: Direction::Inbound,
        hotline: None,
        trunk: None,
        extension: None,
        caller_number: "+84901234567".into(),
        caller_name: String::new(),
        callee_number: "+842873000001".into(),
        started_at: at,
        ringing_at: None,
        answered_at: None,
        ended_at: at + 9_000,
        cause: Cause::Normal,
        ended_by: EndedBy::Caller,
        queue: None,
        queue_wait_ms: None,
        legs: vec![],
        trail: vec![
            told("flow", &[("flow", &id)]),
            told("flow_version", &[("flow", &id), ("version", "1")]),
            told("flow_node", &[("node", "ask"), ("type", "menu")]),
            told("flow_key", &[("node", "ask"), ("key", key)]),
            told("flow_node", &[("node", "x"), ("type", "ring_group")]),
        ],
    };
    let mut tx = db.write(actor.tenant).await.expect("a transaction");
    assert!(record(&mut tx, &past).await.expect("recorded"));
    tx.commit().await.expect("committed");
}

fn graph(one: &Value, two: &Value) -> Graph {
    serde_json::from_value(json!({ "start": "ask", "nodes": {
        "ask": { "type": "menu", "timeout_ms": 5000, "options": { "1": "one", "2": "two" } },
        "one": one,
        "two": two,
    } }))
    .expect("a graph")
}

#[tokio::test]
async fn those_who_would_end_elsewhere_are_told_and_no_others() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let (sales, care) = (a_group(&ours, db, vec![]).await.id, a_group(&ours, db, vec![]).await.id);
        let ring = |group: model::GroupId| json!({ "type": "ring_group", "group": group.to_string() });
        let new = NewFlow { name: "Main".into(), graph: graph(&ring(sales), &ring(care)) };
        let flow = flow::create(&ours, db, new).await.expect("a flow").id;
        for (key, days_ago) in [("1", 0), ("1", 2), ("2", 3), ("2", 20)] {
            a_call(&ours, db, flow, key, days_ago).await;
        }
        let same = run(&ours, db, flow, None, 7).await.expect("replayed");
        assert_eq!((same.calls, same.same, same.items.len()), (3, 3, 0), "the draft is what calls walked");

        let moved = graph(&ring(care), &ring(care));
        let told = run(&ours, db, flow, Some(moved), 7).await.expect("replayed");
        assert_eq!((told.same, told.elsewhere, told.undecided), (1, 2, 0));
        assert!(told.items[0].started_at > told.items[1].started_at, "the newest first");
        let (was, would) = (&told.items[0].was, &told.items[0].would);
        assert_eq!((was.target, would.target), (Some(Target::Group(sales)), Some(Target::Group(care))));
        assert_eq!(told.items[0].digits, "1");

        let asks = json!({ "type": "menu", "timeout_ms": 5000, "options": {}, "on_timeout": "one" });
        let told = run(&ours, db, flow, Some(graph(&ring(sales), &asks)), 31).await.expect("replayed");
        assert_eq!((told.calls, told.same, told.undecided), (4, 2, 2), "they were never asked twice");
        assert_eq!(fields(&run(&ours, db, flow, None, 32).await.expect_err("too far back")), ["days"]);
        assert_eq!(run(&theirs, db, flow, None, 7).await, Err(Problem::not_found("flow")));
    })
    .await;
}
