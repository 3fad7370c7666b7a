use super::keeping::{self, Storage};
use super::manifest::{self, Head};
use super::{PlaceRule, Settings, hold, release, set_settings, settings};
use crate::calls::{Recording as Made, record_recording};
use crate::fixture::{an_extension, company, fields, told};
use crate::{Snapshot, extension};
use call::Recording;
use model::{Actor, CallId, Id, Kind, Role};
use store::Db;
use store::testing::{TestDb, on_both, sqlite};

const DAY: i64 = super::DAY_MS;

fn plain(rule: Recording) -> Settings {
    Settings { rule, places: Vec::new(), keep_days: 0, announcement: None }
}

async fn recorded(actor: &Actor, db: &Db, number: u128, at: i64) -> CallId {
    let call = CallId::from_bits(number);
    let made = Made {
        call,
        tenant: actor.tenant,
        file: format!("recordings/{}/0/{call}.wav", actor.tenant),
        size_bytes: 100,
        duration_ms: 1_000,
        complete: true,
        created_at: at,
        sha256: Some(format!("{number:064x}")),
    };
    let mut tx = db.system_write().await.expect("a transaction");
    assert!(record_recording(&mut tx, &made).await.expect("written"));
    assert!(!record_recording(&mut tx, &made).await.expect("an answer"), "once");
    tx.commit().await.expect("committed");
    call
}

#[tokio::test]
async fn rules_are_set_as_a_whole_and_reach_the_snapshot() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        assert_eq!(settings(&acme, db).await, Ok(plain(Recording::Always)));
        let lan = an_extension(&acme, db, "101").await;
        let places = vec![PlaceRule { place: lan.to_string(), rule: Recording::OnDemand }];
        let wanted = Settings { rule: Recording::Never, places, keep_days: 90, announcement: None };
        assert_eq!(set_settings(&acme, db, wanted.clone()).await, Ok(wanted.clone()));
        assert_eq!(set_settings(&acme, db, wanted.clone()).await, Ok(wanted), "twice");
        let snapshot = Snapshot::load(db).await.expect("a snapshot");
        let tenant = snapshot.tenant(&acme.tenant).expect("the company");
        assert!(tenant.record, "one extension may be recorded");
        let demand = plain(Recording::OnDemand);
        assert_eq!(set_settings(&acme, db, demand.clone()).await, Ok(demand));
        let places = vec![PlaceRule { place: lan.to_string(), rule: Recording::Always }];
        set_settings(&acme, db, Settings { places, ..plain(Recording::Never) }).await.expect("set");
        extension::delete(&acme, db, lan).await.expect("deleted");
        assert_eq!(settings(&acme, db).await, Ok(plain(Recording::Never)), "its rule goes with it");
    })
    .await;
}

#[tokio::test]
async fn wrong_rules_are_refused_by_their_field() {
    let db = sqlite().await;
    let (acme, other) = (company(&db, "acme.test").await, company(&db, "other.test").await);
    let foreign = an_extension(&other, &db, "101").await.to_string();
    let rule = |place: &str| PlaceRule { place: place.to_owned(), rule: Recording::Always };
    let wanted = Settings {
        keep_days: -1,
        places: vec![rule("usr_1"), rule(&foreign), rule(&foreign)],
        ..plain(Recording::Always)
    };
    let problem = set_settings(&acme, &db, wanted).await.expect_err("refused");
    assert_eq!(fields(&problem), ["keep_days", "places[0].place", "places[2].place"]);
    let wanted = Settings { places: vec![rule(&foreign)], ..plain(Recording::Always) };
    let problem = set_settings(&acme, &db, wanted).await.expect_err("another company's");
    assert_eq!(fields(&problem), ["places[0].place"]);
    let agent = Actor { role: Role::Agent, ..acme };
    let refused = set_settings(&agent, &db, plain(Recording::Never)).await.expect_err("no right");
    assert_eq!(refused.kind, Kind::Forbidden);
}

#[tokio::test]
async fn the_chain_grows_with_each_recording_and_each_deletion() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let (old, new) = (recorded(&acme, db, 1, DAY).await, recorded(&acme, db, 2, 50 * DAY).await);
        set_settings(&acme, db, Settings { keep_days: 30, ..plain(Recording::Always) }).await.expect("set");
        let due = keeping::due(db, 60 * DAY, 10).await.expect("those due");
        assert_eq!(due.iter().map(|kept| kept.call).collect::<Vec<_>>(), [old]);
        assert!(keeping::delete(db, &due[0], 60 * DAY).await.expect("deleted"));
        assert!(!keeping::delete(db, &due[0], 60 * DAY).await.expect("an answer"), "once");
        assert!(keeping::due(db, 60 * DAY, 10).await.expect("those due").is_empty());
        let entries = manifest::list(&acme, db, 0, 200).await.expect("entries");
        assert_eq!(
            entries.iter().map(|entry| (entry.seq, entry.call)).collect::<Vec<_>>(),
            [(1, old), (2, new), (3, old)]
        );
        let mut head = Head::default();
        for entry in entries {
            entry.follows(&head, acme.tenant).expect("it follows");
            head = Head { seq: entry.seq, hash: entry.hash };
        }
        assert_eq!(manifest::head(&acme, db).await, Ok(head));
        let left = keeping::leftovers(db, 10).await.expect("leftovers");
        assert_eq!(left.len(), 1);
        assert!(keeping::moved(db, &left[0], Storage::Gone).await.expect("an answer"));
        assert!(keeping::leftovers(db, 10).await.expect("leftovers").is_empty());
        assert!(told(db).await.contains(&"recording.deleted".to_owned()));
        let other = company(db, "other.test").await;
        assert!(manifest::list(&other, db, 0, 200).await.expect("entries").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_held_recording_outlives_its_time_until_it_is_released() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let call = recorded(&acme, db, 1, DAY).await;
        set_settings(&acme, db, Settings { keep_days: 1, ..plain(Recording::Always) }).await.expect("set");
        let due = keeping::due(db, 60 * DAY, 10).await.expect("those due");
        assert_eq!(hold(&acme, db, call, " ").await.expect_err("no reason").kind, Kind::Invalid);
        hold(&acme, db, call, "case 12").await.expect("held");
        assert!(!keeping::delete(db, &due[0], 60 * DAY).await.expect("an answer"), "held meanwhile");
        assert!(keeping::due(db, 60 * DAY, 10).await.expect("those due").is_empty());
        let other = company(db, "other.test").await;
        assert_eq!(release(&other, db, call).await.expect_err("another company").code, "not_found");
        let agent = Actor { role: Role::Agent, ..acme.clone() };
        assert_eq!(release(&agent, db, call).await.expect_err("no right").kind, Kind::Forbidden);
        release(&acme, db, call).await.expect("released");
        assert!(keeping::delete(db, &due[0], 60 * DAY).await.expect("deleted"));
        assert_eq!(hold(&acme, db, call, "too late").await.expect_err("gone").code, "recording_deleted");
    })
    .await;
}

#[tokio::test]
async fn a_recording_of_an_earlier_version_is_entered_once() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let call = CallId::from_bits(7);
    let (file, tenant) = (format!("recordings/{}/0/{call}.wav", acme.tenant), acme.tenant);
    let made = Made { call, tenant, file, size_bytes: 1, duration_ms: 1, complete: true, created_at: 5, sha256: None };
    let mut tx = db.system_write().await.expect("a transaction");
    record_recording(&mut tx, &made).await.expect("written");
    tx.commit().await.expect("committed");
    let found = keeping::unhashed(&db, 10).await.expect("those without a hash");
    for _ in 0..2 {
        keeping::enter(&db, &found[0], "ab", 9).await.expect("entered");
    }
    assert_eq!(manifest::head(&acme, &db).await.expect("a head").seq, 1);
    assert!(keeping::unhashed(&db, 10).await.expect("none").is_empty());
}
