use super::{KeyPatch, NewKey, Rotation, create, list, repo, revoke, rotate, secret, update};
use crate::Gate;
use crate::gate::testing::authenticate;
use crate::tenant::{self, NewTenant};
use model::{Actor, Dialect, Kind, PageRequest, Problem, Role};
use std::net::{IpAddr, Ipv4Addr};
use store::testing::{TestDb, on_both};
use store::{Db, mint, now};

async fn company(db: &Db, name: &str) -> Actor {
    let made = tenant::create(&Actor::system(mint()), db, NewTenant::named(name)).await.expect("a company");
    Actor { role: Role::Owner, ..Actor::system(made.id) }
}

fn new(role: Option<Role>) -> NewKey {
    NewKey { name: "CRM".into(), role, ..NewKey::default() }
}

#[tokio::test]
async fn a_key_acts_for_its_company_until_it_is_revoked() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let made = create(&owner, db, new(None)).await.expect("created");
        assert!(made.secret.starts_with("alo_") && made.secret.starts_with(&made.key.hint));
        let actor = authenticate(db, &made.secret).await.expect("known");
        assert_eq!((actor.tenant, actor.role, actor.key), (owner.tenant, Role::Manager, Some(made.key.id)));
        let listed = list(&owner, db, PageRequest::first()).await.expect("a page").items;
        assert!(listed[0].last_used_at.is_some());
        assert!(!format!("{listed:?}").contains(&made.secret));
        revoke(&owner, db, made.key.id).await.expect("revoked");
        let again = revoke(&owner, db, made.key.id).await.expect("revoked twice");
        assert!(again.revoked_at.is_some());
        assert_eq!(authenticate(db, &made.secret).await.expect_err("revoked").kind, Kind::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_key_looks_like_an_unknown_one() {
    on_both(async |db: &TestDb| {
        let unknown = authenticate(db, "alo_00000000000000000000000000000000").await.expect_err("unknown");
        for text in ["", "alo_", "als_x", "Bearer x", "alo_' or 1=1 --"] {
            assert_eq!(authenticate(db, text).await.expect_err("no key"), unknown, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "Ours").await, company(db, "Theirs").await);
        let made = create(&ours, db, new(None)).await.expect("created");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        assert_eq!(revoke(&theirs, db, made.key.id).await, Err(Problem::not_found("API key")));
        assert!(authenticate(db, &made.secret).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_key_has_a_name_and_no_more_rights_than_its_maker() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        assert_eq!(create(&owner, db, new(Some(Role::Operator))).await.expect_err("too high").kind, Kind::Forbidden);
        let nameless = NewKey { name: " ".into(), ..NewKey::default() };
        assert_eq!(create(&owner, db, nameless).await.expect_err("nameless").fields[0].name, "name");
        let agent = Actor { role: Role::Agent, ..owner };
        assert_eq!(create(&agent, db, new(Some(Role::Agent))).await.expect_err("no right").kind, Kind::Forbidden);
    })
    .await;
}

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 20));

#[tokio::test]
async fn a_key_stops_counting_when_its_time_is_over() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let end = now().as_millis() + 60_000;
        let made = create(&owner, db, NewKey { expires_at: Some(end), ..new(None) }).await.expect("created");
        assert!(authenticate(db, &made.secret).await.is_ok());
        let mut tx = db.system().await.expect("a transaction");
        let found = repo::find_secret(&mut tx, Dialect::Alo, &secret::digest(&made.secret), end).await.expect("a read");
        assert!(found.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_rotated_secret_counts_until_its_overlap_ends() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let first = create(&owner, db, new(None)).await.expect("created");
        let second = rotate(&owner, db, first.key.id, Rotation { overlap_s: 60 }).await.expect("rotated");
        assert!(authenticate(db, &first.secret).await.is_ok() && authenticate(db, &second.secret).await.is_ok());
        let third = rotate(&owner, db, first.key.id, Rotation::default()).await.expect("rotated again");
        assert!(authenticate(db, &third.secret).await.is_ok());
        for old in [&first.secret, &second.secret] {
            assert_eq!(authenticate(db, old).await.expect_err("ended").kind, Kind::Unauthenticated);
        }
        let long = Rotation { overlap_s: u32::MAX };
        assert_eq!(rotate(&owner, db, first.key.id, long).await.expect_err("too long").fields[0].name, "overlap_s");
        revoke(&owner, db, first.key.id).await.expect("revoked");
        let refused = rotate(&owner, db, first.key.id, Rotation::default()).await.expect_err("revoked");
        assert_eq!(refused.code, "key_revoked");
    })
    .await;
}

#[tokio::test]
async fn a_key_counts_only_from_its_addresses_and_within_its_rate() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let made = create(&owner, db, NewKey { requests_per_minute: Some(2), ..new(None) }).await.expect("created");
        let gate = Gate::new((*db).clone());
        assert!(gate.admit(&made.secret, HERE).await.is_ok() && gate.admit(&made.secret, HERE).await.is_ok());
        let refused = gate.clone().admit(&made.secret, HERE).await.expect_err("a third within the minute");
        assert_eq!((refused.kind, refused.code), (Kind::Limited, "rate_limited"));
        assert!(gate.still_admits(&made.secret, HERE).await.is_ok(), "looking is no request");

        let only_there = KeyPatch {
            allowed_addresses: Some(vec!["203.0.113.17/28".into()]),
            requests_per_minute: Some(None),
            ..KeyPatch::default()
        };
        let changed = update(&owner, db, made.key.id, only_there).await.expect("changed");
        assert_eq!(changed.allowed_addresses, ["203.0.113.16/28"]);
        assert_eq!(gate.admit(&made.secret, HERE).await.expect_err("elsewhere").code, "address_not_allowed");
        assert_eq!(gate.still_admits(&made.secret, HERE).await.expect_err("elsewhere").code, "address_not_allowed");
        assert!(gate.admit(&made.secret, THERE).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn what_bounds_a_key_must_make_sense() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let wrong = NewKey {
            expires_at: Some(now().as_millis() - 1),
            allowed_addresses: vec!["10.0.0.1".into(), "nowhere".into()],
            requests_per_minute: Some(0),
            ..new(None)
        };
        let fields: Vec<String> =
            create(&owner, db, wrong).await.expect_err("wrong").fields.into_iter().map(|field| field.name).collect();
        assert_eq!(fields, ["expires_at", "requests_per_minute", "allowed_addresses[1]"]);
        let other = company(db, "Theirs").await;
        let made = create(&owner, db, new(None)).await.expect("created");
        let foreign = update(&other, db, made.key.id, KeyPatch::default()).await;
        assert_eq!(foreign, Err(Problem::not_found("API key")));
    })
    .await;
}

#[tokio::test]
async fn a_key_speaks_its_dialect_only() {
    on_both(async |db: &TestDb| {
        let owner = company(db, "Ours").await;
        let gate = Gate::new((*db).clone());
        let ours = create(&owner, db, new(None)).await.expect("created");
        let theirs = NewKey { dialect: Dialect::Voicecloud, ..new(None) };
        let theirs = create(&owner, db, theirs).await.expect("created");
        assert!(gate.admit_key(Dialect::Voicecloud, &theirs.secret, HERE).await.is_ok());
        for (dialect, secret) in [(Dialect::Omicall, &theirs.secret), (Dialect::Voicecloud, &ours.secret)] {
            assert_eq!(gate.admit_key(dialect, secret, HERE).await.expect_err("another's").kind, Kind::Unauthenticated);
        }

        let app = NewKey { dialect: Dialect::Antring, ..new(None) };
        let app = create(&owner, db, app).await.expect("created");
        let id = app.key.public_id.clone().expect("an application id");
        let fits = |secret: &str| secret == app.secret;
        let actor = gate.admit_application(Dialect::Antring, &id, HERE, &fits).await.expect("known");
        assert_eq!(actor.tenant, owner.tenant);
        rotate(&owner, db, app.key.id, Rotation { overlap_s: 60 }).await.expect("rotated");
        assert!(
            gate.admit_application(Dialect::Antring, &id, HERE, &fits).await.is_ok(),
            "the old secret still counts"
        );
        rotate(&owner, db, app.key.id, Rotation::default()).await.expect("rotated");
        let refused = gate.admit_application(Dialect::Antring, &id, HERE, &fits).await.expect_err("ended");
        assert_eq!(refused.code, "hash_mismatch");
        let refused = gate.admit_application(Dialect::Antring, "0", HERE, &fits).await.expect_err("nobody");
        assert_eq!(refused.code, "bearer_unknown");
    })
    .await;
}
