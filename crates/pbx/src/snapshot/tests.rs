use super::Snapshot;
use crate::extension::{self, ExtensionPatch};
use crate::fixture::{a_group, a_hotline, a_trunk, an_extension, company};
use crate::hotline::Target;
use crate::trunk::{self, TrunkPatch};
use md5::Md5;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;
use store::testing::{TestDb, on_both, sqlite};

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[tokio::test]
async fn two_companies_with_the_same_numbers_are_told_apart_by_domain() {
    on_both(async |db: &TestDb| {
        let (acme, best) = (company(db, "acme.test").await, company(db, "best.test").await);
        let (a, b) = (an_extension(&acme, db, "101").await, an_extension(&best, db, "101").await);
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let account = snapshot.account("ACME.test", "101").expect("an account");
        assert_eq!((account.extension, account.realm.as_str()), (a, "acme.test"));
        assert_eq!(account.ha1_md5, <[u8; 16]>::from(Md5::digest(b"101:acme.test:pw101")));
        assert_eq!(account.ha1_sha256, <[u8; 32]>::from(Sha256::digest(b"101:acme.test:pw101")));
        assert_eq!(snapshot.account("best.test", "101").expect("an account").extension, b);
        assert_eq!(snapshot.account("best.test", "102"), None);
        assert_eq!(snapshot.account("none.test", "101"), None);
        assert_eq!(
            (snapshot.realm("Best.Test"), snapshot.realm("None.test")),
            ("best.test".into(), "none.test".into())
        );
        let by_address = snapshot.by_domain("127.0.0.1").expect("the oldest company");
        // Ids of one millisecond stand in any order.
        let oldest = if acme.tenant < best.tenant { (acme.tenant, "acme.test") } else { (best.tenant, "best.test") };
        assert_eq!((by_address.id, snapshot.realm("[::1]").as_str()), oldest);
        assert_eq!(
            snapshot.extension(b).map(|(tenant, one)| (tenant.id, one.number.as_str())),
            Some((best.tenant, "101"))
        );
    })
    .await;
}

#[tokio::test]
async fn carriers_on_one_address_are_told_apart_by_the_number_dialled() {
    on_both(async |db: &TestDb| {
        let (acme, best) = (company(db, "acme.test").await, company(db, "best.test").await);
        let ours = a_trunk(&acme, db, "203.0.113.0/28").await;
        let theirs = a_trunk(&best, db, "203.0.113.5").await;
        let target = Target::Extension(an_extension(&acme, db, "101").await);
        let first = a_hotline(&acme, db, "02873000001", target).await;
        let target = Target::Group(a_group(&best, db, vec![]).await.id);
        let second = a_hotline(&best, db, "02873000002", target).await;
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let found = |source: &str, dialled: &str| {
            let found = snapshot.inbound(address(source), dialled);
            found.map(|(tenant, trunk, hotline)| (tenant.id, trunk, hotline))
        };
        assert_eq!(found("203.0.113.5", "842873000001"), Some((acme.tenant, ours.id, first.id)));
        assert_eq!(found("::ffff:203.0.113.5", "02873000002"), Some((best.tenant, theirs.id, second.id)));
        assert_eq!(found("203.0.113.6", "02873000002"), None);
        assert_eq!(found("203.0.113.5", "02873000003"), None);
        assert_eq!(found("198.51.100.1", "02873000001"), None);
        assert!(snapshot.carrier(address("203.0.113.15")) && !snapshot.carrier(address("203.0.113.16")));
        assert_eq!(snapshot.only_trunk(address("203.0.113.6")).map(|(_, trunk)| trunk), Some(ours.id));
        assert!(snapshot.only_trunk(address("203.0.113.5")).is_none());
        let off = TrunkPatch { enabled: Some(false), ..TrunkPatch::default() };
        trunk::update(&acme, db, ours.id, off).await.expect("switched off");
        let snapshot = snapshot.reload(db).await.expect("a snapshot");
        assert!(!snapshot.carrier(address("203.0.113.6")));
    })
    .await;
}

#[tokio::test]
async fn a_reload_reads_only_the_companies_that_changed() {
    on_both(async |db: &TestDb| {
        let (acme, best) = (company(db, "acme.test").await, company(db, "best.test").await);
        let id = an_extension(&acme, db, "101").await;
        let old = Snapshot::load(db).await.expect("a snapshot");
        assert_eq!(old.version(), db.config_version().await.expect("a version"));
        let off = ExtensionPatch { enabled: Some(false), ..ExtensionPatch::default() };
        extension::update(&acme, db, id, off).await.expect("disabled");
        let new = old.reload(db).await.expect("a snapshot");
        assert!(new.version() > old.version());
        assert_eq!((old.account("acme.test", "101").is_some(), new.account("acme.test", "101")), (true, None));
        let same = |tenant| Arc::ptr_eq(old.tenant(tenant).expect("old"), new.tenant(tenant).expect("new"));
        assert!(same(&best.tenant) && !same(&acme.tenant));
    })
    .await;
}

#[tokio::test]
async fn what_a_call_needs_of_a_company_is_there() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let id = an_extension(&acme, db, "101").await;
        let trunk = a_trunk(&acme, db, "127.0.0.30").await;
        let patch = TrunkPatch { login: Some("acme".into()), password: Some("s3cret".into()), ..TrunkPatch::default() };
        trunk::update(&acme, db, trunk.id, patch).await.expect("changed");
        let group = a_group(&acme, db, vec![id]).await;
        let new = crate::greeting::NewGreeting {
            id: store::mint(),
            name: "Hello".into(),
            duration_ms: 1,
            size_bytes: 1,
            speech: None,
        };
        let greeting = crate::greeting::create(&acme, db, new).await.expect("a greeting");
        let graph = crate::fixture::graph(greeting.id, group.id);
        let new = crate::flow::NewFlow { name: "Welcome".into(), graph: graph.clone() };
        let flow = crate::flow::create(&acme, db, new).await.expect("a flow");
        let hotline = a_hotline(&acme, db, "02873000001", Target::Flow(flow.id)).await;
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let tenant = snapshot.tenant(&acme.tenant).expect("the company");
        assert_eq!(tenant.flows.get(&flow.id).map(|flow| flow.graph.as_ref()), Some(&graph));
        assert_eq!(tenant.greetings.get(&greeting.id), Some(&crate::greeting::file(acme.tenant, greeting.id)));
        assert_eq!(tenant.ring_plan(group.id, 0).map(|plan| plan.members), Some(vec![call::RingMember::plain(id)]));
        assert_eq!(tenant.hotline("+842873000001").map(|found| found.id), Some(hotline.id));
        let ready = tenant.trunks.get(&trunk.id).expect("the trunk");
        assert_eq!((ready.login.as_str(), ready.password.as_deref()), ("acme", Some("s3cret")));
        assert_eq!(ready.uri("0901234567"), "sip:0901234567@127.0.0.30");
        assert!(tenant.record && tenant.blocked_prefixes == ["1900"]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_master_key_is_said_so() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    an_extension(&acme, &db, "101").await;
    let other = store::Options { vault: store::Vault::new([9; 32]), ..store::testing::options() };
    let other = store::Db::open(db.url(), other).await.expect("opened");
    let problem = Snapshot::load(&other).await.expect_err("cannot be opened");
    assert!(problem.message.contains("master key"), "{problem}");
}
