use crate::{Action, apply, export, plan};
use account::bootstrap;
use model::{Actor, Kind, Problem, Role};
use pbx::trunk::{self, NewTrunk};
use store::Db;
use store::testing::{TestDb, on_both};

const SHOP: &str = "
version: 1
departments:
  - name: Care
users:
  - login: lan@shop.test
    name: Lan
    role: agent
    department: department/Care
extensions:
  - number: 101
    name: Lan
    user: user/lan@shop.test
    hotline: hotline/02873000001
  - number: '102'
schedules:
  - name: Office
    weekly:
      - { days: [mon, tue, wed, thu, fri], from: '08:00', to: '17:30' }
ring_groups:
  - name: Sales
    members: [extension/101, extension/102]
    on_no_answer: flow/Night
queues:
  - name: Help
    members:
      - extension: extension/102
    overflow: group/Sales
flows:
  - name: Main
    graph:
      start: hours
      nodes:
        hours: { type: schedule, schedule: schedule/Office, open: ask, closed: night }
        ask: { type: menu, timeout_ms: 5000, options: { 1: sales, 2: help }, on_timeout: sales }
        sales: { type: ring_group, group: group/Sales }
        help: { type: queue, queue: queue/Help }
        night: { type: flow, flow: flow/Night }
    tests:
      - name: 1 reaches sales by day
        at: 2026-11-23T10:00
        digits: '1'
        expect: { target: group/Sales }
      - name: nobody is there on Sunday
        at: 2026-11-22T10:00
        expect: { target: flow/Night }
  - name: Night
    graph:
      start: back
      nodes:
        back: { type: flow, flow: flow/Main }
hotlines:
  - number: 028 7300 0001
    name: Shop
    target: flow/Main
";

async fn shop(db: &Db) -> Actor {
    let made = bootstrap::run(db, "Shop").await.expect("a company");
    let actor = Actor::system(made.tenant.id);
    trunk::create(&actor, db, NewTrunk::by_address("Carrier", "203.0.113.9")).await.expect("a trunk");
    actor
}

fn told(problem: &Problem) -> (&'static str, &str) {
    (problem.code, problem.fields.first().map_or("", |field| field.name.as_str()))
}

#[tokio::test]
async fn a_text_is_planned_then_applied_and_then_changes_nothing() {
    on_both(async |db: &TestDb| {
        let actor = shop(db).await;
        let planned = plan(&actor, db, SHOP).await.expect("a plan");
        let made = planned.changes.iter().filter(|change| change.action == Action::Create).count();
        assert_eq!((made, planned.changes.len(), planned.tests.len(), planned.applied), (10, 10, 2, false));
        let empty = export(&actor, db).await.expect("exported");
        assert!(!empty.contains("ring_groups"), "a plan changes nothing: {empty}");

        let done = apply(&actor, db, SHOP).await.expect("applied");
        assert_eq!((done.applied, &done.changes), (true, &planned.changes));
        let again = apply(&actor, db, SHOP).await.expect("applied again");
        assert_eq!(again.changes, []);
        let text = export(&actor, db).await.expect("exported");
        let same = plan(&actor, db, &text).await.unwrap_or_else(|problem| panic!("{problem:?} in {text}"));
        assert_eq!((same.changes.as_slice(), same.unnamed.len()), (&[][..], 0), "{text}");
        assert!(text.contains("hotline: hotline/+842873000001"), "{text}");
        assert!(!text.contains("password"), "{text}");

        let other = SHOP.replace("2: help }", "2: night }").replace("name: Lan\n    user", "name: Hoa\n    user");
        let changed = plan(&actor, db, &other).await.expect("a plan");
        let lines: Vec<String> = changed
            .changes
            .iter()
            .flat_map(|change| change.fields.iter().map(move |field| (change, field)))
            .map(|(change, f)| {
                let (before, after) = (f.before.as_deref().unwrap_or("-"), f.after.as_deref().unwrap_or("-"));
                format!("{} {}: {} {before} → {after}", change.thing.section, change.thing.name, f.field)
            })
            .collect();
        assert_eq!(lines, ["extensions 101: name Lan → Hoa", "flows Main: graph.nodes.ask.options.2 help → night"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_nothing_is_done() {
    on_both(async |db: &TestDb| {
        let actor = shop(db).await;
        let cases = [
            ("ring_groups:\n  - name: [", "text"),
            ("hello", "text"),
            ("version: 2\n", "version"),
            ("gruops: []\n", "gruops"),
            ("ring_groups: 7\n", "ring_groups"),
            ("ring_groups:\n  - members: []\n", "ring_groups[0].name"),
            ("ring_groups:\n  - { name: A, members: [extension/999] }\n", "ring_groups.A.members[0]"),
            ("ring_groups:\n  - { name: A, members: [], colour: red }\n", "ring_groups.A.colour"),
            ("ring_groups:\n  - { name: A, members: [], ring_ms: 1 }\n", "ring_groups.A.ring_ms"),
            ("ring_groups:\n  - { name: A, members: [] }\n  - { name: A, members: [] }\n", "ring_groups[1].name"),
            ("users:\n  - { login: eve@shop.test, role: boss }\n", "users.eve@shop.test.role"),
            ("users:\n  - { login: eve@shop.test, role: agent, colour: red }\n", "users.eve@shop.test.colour"),
            ("extensions:\n  - { number: 7 }\n", "extensions.7.number"),
        ];
        for (text, field) in cases {
            let problem = apply(&actor, db, text).await.expect_err(text);
            assert_eq!((problem.kind, told(&problem).1), (Kind::Invalid, field), "{text}: {problem:?}");
        }
        let half = format!("{SHOP}\n  - number: 028 7300 0002\n    target: flow/Gone\n");
        assert_eq!(told(&apply(&actor, db, &half).await.expect_err("no such flow")).1, "hotlines.+842873000002.target");
        let failing = SHOP.replace("expect: { target: group/Sales }", "expect: { target: queue/Help }");
        let failed = apply(&actor, db, &failing).await.expect_err("a test fails");
        assert_eq!(failed.code, "test_failed", "{failed:?}");
        let text = export(&actor, db).await.expect("exported");
        assert!(!text.contains("ring_groups") && !text.contains("eve@"), "all or nothing: {text}");
    })
    .await;
}

#[tokio::test]
async fn a_text_gives_nobody_more_than_they_may() {
    on_both(async |db: &TestDb| {
        let actor = shop(db).await;
        let manager = Actor { role: Role::Manager, ..actor.clone() };
        let owner = "users:\n  - { login: eve@shop.test, role: owner }\n";
        assert_eq!(apply(&manager, db, owner).await.expect_err("above their own").kind, Kind::Forbidden);
        let agent = Actor { role: Role::Agent, ..actor.clone() };
        for outcome in [plan(&agent, db, SHOP).await.map(|_| ()), export(&agent, db).await.map(|_| ())] {
            assert_eq!(outcome.expect_err("no right").kind, Kind::Forbidden);
        }
        apply(&actor, db, SHOP).await.expect("applied");
        let other = bootstrap::run(db, "Other").await.expect("a company");
        let text = export(&Actor::system(other.tenant.id), db).await.expect("exported");
        assert!(!text.contains("Sales") && !text.contains("101"), "another company sees nothing: {text}");
    })
    .await;
}
