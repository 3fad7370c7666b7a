use super::{Outcome, Plan, range, run};
use crate::Snapshot;
use crate::fixture::{company, fields};
use ::flow::Node;
use model::Actor;
use store::testing::{TestDb, on_both};

fn plan(extensions: &str) -> Plan {
    Plan {
        extensions: range(extensions).expect("a range"),
        password_pattern: Some("pw{ext}".into()),
        hotline: "02873000001".into(),
        trunk_address: "127.0.0.30".into(),
        greeting: None,
    }
}

async fn again(actor: &Actor, db: &TestDb, extensions: &str) -> Outcome {
    run(db, actor.tenant, plan(extensions)).await.expect("made")
}

#[tokio::test]
async fn a_company_can_take_calls_after_one_run() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let made = again(&acme, db, "101-103").await;
        let pairs = [("101", "pw101"), ("102", "pw102"), ("103", "pw103")];
        assert_eq!(made.extensions, pairs.map(|(number, password)| (number.to_owned(), password.to_owned())));
        assert_eq!((made.hotline.number.as_str(), made.trunk.addresses[0].as_str()), ("+842873000001", "127.0.0.30"));
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let (tenant, _, hotline) =
            snapshot.inbound("127.0.0.30".parse().expect("an address"), "02873000001").expect("a way in");
        assert_eq!((tenant.id, hotline), (acme.tenant, made.hotline.id));
        let graph = tenant.flows.get(&made.flow.expect("a flow")).expect("its graph");
        assert_eq!(graph.validate(), Ok(()));
        let Some(Node::Menu(menu)) = graph.nodes.get(&graph.start) else { panic!("it begins with a menu") };
        let members = |name: Option<&String>| match name.and_then(|name| graph.nodes.get(name)) {
            Some(Node::RingGroup { group, .. }) => tenant.ring_plan(*group).expect("a plan").members.len(),
            other => panic!("a ring group, not {other:?}"),
        };
        assert_eq!((members(menu.options.values().next()), members(menu.on_timeout.as_ref())), (1, 3));
    })
    .await;
}

#[tokio::test]
async fn a_second_run_makes_nothing_new_and_a_wider_one_adds() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let first = again(&acme, db, "101-102").await;
        assert_eq!(again(&acme, db, "101-102").await, first);
        let wider = again(&acme, db, "101-104").await;
        assert_eq!((wider.extensions.len(), wider.hotline, wider.trunk), (4, first.hotline, first.trunk));
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let tenant = snapshot.tenant(&acme.tenant).expect("the company");
        assert_eq!((tenant.extensions.len(), tenant.groups.len(), tenant.flows.len()), (4, 2, 1));
    })
    .await;
}

#[tokio::test]
async fn a_thousand_extensions_take_a_moment() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let began = std::time::Instant::now();
        let made = again(&acme, db, "1000-1999").await;
        // Two seconds are promised for a release build on a quiet machine.
        assert!(began.elapsed().as_secs() < 8, "{:?}", began.elapsed());
        assert_eq!(made.extensions.len(), 1000);
    })
    .await;
}

#[tokio::test]
async fn wrong_plans_change_nothing() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        for (wrong, field) in [
            (Plan { extensions: vec!["1".into()], ..plan("101") }, "extensions"),
            (Plan { password_pattern: Some("same".into()), ..plan("101") }, "password_pattern"),
            (Plan { hotline: "x".into(), ..plan("101") }, "hotline"),
            (Plan { trunk_address: "carrier.vn".into(), ..plan("101") }, "trunk_ip"),
        ] {
            assert_eq!(fields(&run(db, acme.tenant, wrong).await.expect_err("wrong")), [field]);
        }
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        assert_eq!(snapshot.tenant(&acme.tenant).map(|tenant| tenant.extensions.len()), Some(0));
    })
    .await;
}

#[test]
fn ranges_are_read() {
    assert_eq!(range("101-103, 200").expect("a range"), ["101", "102", "103", "200"]);
    assert_eq!(range("0098-0101").expect("a range"), ["0098", "0099", "0100", "0101"]);
    for bad in ["1", "101-", "103-101", "101-1000", "abc", "10000000-99999999"] {
        assert!(range(bad).is_err(), "{bad}");
    }
}
