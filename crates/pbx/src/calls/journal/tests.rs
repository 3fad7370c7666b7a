mod told;

use super::Journal;
use crate::calls::tests::a_record;
use crate::calls::{CallRecord, Filter, Recording, Status, get, list};
use crate::fixture::{company, told};
use model::{Actor, CallId, Cause, EndedBy, PageRequest};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use store::Db;
use store::spool::Options;
use store::testing::{TestDb, on_both, options, sqlite};

fn small() -> Options {
    Options { segment_bytes: 64 << 10, reserve_bytes: 0, record_bytes: 1 << 20 }
}

fn folder(db: &TestDb) -> PathBuf {
    db.folder().join("spool")
}

async fn journal(db: &Db, folder: &Path) -> Journal {
    Journal::start(db.clone(), folder, small(), HashMap::new()).await.expect("a journal")
}

async fn calls(actor: &Actor, db: &Db) -> Vec<crate::calls::Call> {
    let page = PageRequest { limit: PageRequest::MAX, after: None };
    list(actor, db, Filter::default(), page).await.expect("a page").items
}

#[tokio::test]
async fn records_reach_the_database_once_each() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let journal = journal(db, &folder(db)).await;
        let records: Vec<CallRecord> = (0..100).map(|at| a_record(acme.tenant, at)).collect();
        for record in &records {
            journal.begin(record).expect("begun");
            journal.record(record.clone()).expect("taken");
        }
        journal.record(records[0].clone()).expect("taken twice");
        let file = "recordings/x.wav".to_owned();
        let (call, tenant) = (records[0].id, acme.tenant);
        let kept = Recording {
            call,
            tenant,
            file,
            size_bytes: 1,
            duration_ms: 2,
            complete: true,
            created_at: 3,
            sha256: None,
        };
        journal.recording(kept).expect("taken");
        journal.flush().await;
        assert_eq!(journal.depth(), 0);
        assert_eq!(calls(&acme, db).await.len(), 100);
        assert_eq!(told(db).await.len(), 101);
        journal.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_process_left_in_the_spool_is_stored_by_the_next() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        // The database is away for the first process: its connections are closed.
        let away = Db::open(db.url(), options()).await.expect("opened");
        away.close().await;
        let first = journal(&away, &folder(db)).await;
        let records: Vec<CallRecord> = (0..300).map(|at| a_record(acme.tenant, at)).collect();
        for record in &records {
            first.record(record.clone()).expect("taken although the database is away");
        }
        assert_eq!(first.depth(), 300);
        first.stop().await;
        let second = journal(db, &folder(db)).await;
        second.flush().await;
        assert_eq!(told(db).await.len(), 300);
        second.stop().await;
        let third = journal(db, &folder(db)).await;
        assert_eq!(third.depth(), 0);
        third.stop().await;
        assert_eq!(told(db).await.len(), 300, "nothing twice");
    })
    .await;
}

#[tokio::test]
async fn a_call_cut_off_by_a_crash_gets_its_record() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let now = store::now().as_millis();
        let (cut, done) = (a_record(acme.tenant, now - 5_000), a_record(acme.tenant, now - 4_000));
        let draft = CallRecord { answered_at: Some(now - 3_000), ended_at: now - 5_000, ..cut.clone() };
        let first = journal(db, &folder(db)).await;
        first.begin(&CallRecord { answered_at: None, ringing_at: None, ..draft.clone() }).expect("begun");
        first.begin(&draft).expect("answered by now");
        first.begin(&done).expect("begun");
        first.record(done.clone()).expect("taken");
        first.flush().await;
        // The process is killed here: nothing more is said of the first call.
        first.stop().await;
        let last_signs = HashMap::from([(cut.id, now + 7_000)]);
        let second = Journal::start(Db::clone(db), &folder(db), small(), last_signs).await.expect("a journal");
        second.flush().await;
        second.stop().await;
        let found = get(&acme, db, cut.id).await.expect("recorded").call;
        assert_eq!(
            (found.cause, found.ended_by, found.status),
            (Cause::ServerRestart, EndedBy::System, Status::Answered)
        );
        assert_eq!((found.ended_at, found.talk_ms), (now + 7_000, 10_000));
        assert_eq!(get(&acme, db, done.id).await.expect("recorded").call.cause, Cause::Normal);
        let third = journal(db, &folder(db)).await;
        third.flush().await;
        third.stop().await;
        assert_eq!(told(db).await.len(), 2);
    })
    .await;
}

/// A long call must neither lose its draft nor keep thousands of stored records on the disk.
#[tokio::test]
async fn drafts_of_long_calls_do_not_hold_the_spool() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let journal = journal(&db, &folder(&db)).await;
    let long = a_record(acme.tenant, 1);
    journal.begin(&long).expect("begun");
    for round in 0..7 {
        for at in 0..1_000 {
            journal.record(a_record(acme.tenant, round * 1_000 + at)).expect("taken");
        }
        journal.flush().await;
    }
    let kept: u64 = std::fs::read_dir(folder(&db))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").metadata().expect("its size").len())
        .sum();
    assert!(kept < 5 << 20, "{kept} bytes are kept for one draft");
    journal.stop().await;
    let second = self::journal(&db, &folder(&db)).await;
    second.flush().await;
    second.stop().await;
    assert_eq!(get(&acme, &db, long.id).await.expect("recorded").call.cause, Cause::ServerRestart);
}

/// More than fits into memory waits on the disk and is read back in order.
#[tokio::test]
async fn a_long_outage_costs_disk_and_not_memory() {
    let db = sqlite().await;
    let acme = company(&db, "acme.test").await;
    let away = Db::open(db.url(), options()).await.expect("opened");
    away.close().await;
    let first = journal(&away, &folder(&db)).await;
    for at in 0..12_000 {
        first.record(a_record(acme.tenant, at)).expect("taken");
    }
    assert_eq!(first.depth(), 12_000);
    first.stop().await;
    let second = journal(&db, &folder(&db)).await;
    second.record(a_record(acme.tenant, 12_000)).expect("taken");
    second.flush().await;
    second.stop().await;
    assert_eq!(store::outbox::last(&db).await.expect("the last"), 12_001);
}

/// One record that the database can never take goes aside; the others are stored.
#[tokio::test]
async fn a_poisonous_record_does_not_hold_back_the_others() {
    let db = store::testing::postgres().await;
    let acme = company(&db, "acme.test").await;
    let journal = journal(&db, &folder(&db)).await;
    let good = a_record(acme.tenant, 1);
    // PostgreSQL refuses NUL in text.
    let bad = CallRecord { caller_name: "\0".into(), ..a_record(acme.tenant, 2) };
    let last = a_record(acme.tenant, 3);
    for record in [&good, &bad, &last] {
        journal.record(record.clone()).expect("taken");
    }
    journal.flush().await;
    journal.stop().await;
    assert_eq!(calls(&acme, &db).await.iter().map(|call| call.id).collect::<Vec<_>>(), [last.id, good.id]);
    let aside = std::fs::read_to_string(folder(&db).join("rejected.jsonl")).expect("set aside");
    assert!(aside.contains(&bad.id.to_string()) && aside.lines().count() == 1);
}

/// The child of the next test: takes records for ever and tells the id of each once `record` has returned.
#[tokio::test]
async fn child_that_records_until_it_is_killed() {
    let (Ok(url), Ok(folder)) = (std::env::var("ALO_JOURNAL_URL"), std::env::var("ALO_JOURNAL_FOLDER")) else { return };
    let tenant = std::env::var("ALO_JOURNAL_TENANT").expect("a tenant").parse().expect("a tenant's id");
    let durable = store::Options { durable: true, ..options() };
    let db = Db::open(&url, durable).await.expect("opened");
    let journal = journal(&db, Path::new(&folder)).await;
    for at in 0.. {
        let record = a_record(tenant, at);
        journal.begin(&record).expect("begun");
        println!("\nbegun {}", record.id);
        if at % 10 != 9 {
            let id = record.id;
            journal.record(record).expect("taken");
            println!("\ntaken {id}");
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_process_killed_at_any_moment_loses_no_record_and_doubles_none() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let (mut begun, mut taken) = (HashSet::new(), HashSet::new());
        for round in 0..4 {
            let mut child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "calls::journal::tests::child_that_records_until_it_is_killed", "--nocapture"])
                .env("ALO_JOURNAL_URL", db.url())
                .env("ALO_JOURNAL_FOLDER", folder(db))
                .env("ALO_JOURNAL_TENANT", acme.tenant.to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the child starts");
            let output = child.stdout.take().expect("its output");
            let (mut now_begun, mut now_taken) = (HashSet::new(), HashSet::new());
            for line in BufReader::new(output).lines() {
                let line = line.unwrap_or_default();
                if let Some(id) = line.strip_prefix("begun ").and_then(|id| id.parse::<CallId>().ok()) {
                    now_begun.insert(id);
                }
                if let Some(id) = line.strip_prefix("taken ").and_then(|id| id.parse::<CallId>().ok()) {
                    now_taken.insert(id);
                    if now_taken.len() == 60 + round * 130 {
                        child.kill().expect("killed");
                    }
                }
            }
            child.wait().expect("it is gone");
            assert!(now_taken.len() >= 60 + round * 130);
            begun.extend(now_begun);
            taken.extend(now_taken);
        }
        let last = journal(db, &folder(db)).await;
        last.flush().await;
        last.stop().await;
        let events = store::outbox::read(db, Some(acme.tenant), 0, 100_000).await.expect("events");
        let told: Vec<CallId> = events.iter().filter_map(|event| event.call).collect();
        let stored: HashSet<CallId> = told.iter().copied().collect();
        assert_eq!(stored.len(), told.len(), "no call is told twice");
        assert!(taken.is_subset(&stored), "each acknowledged record is stored");
        assert!(begun.is_subset(&stored), "and each call that was cut off");
        let call = begun.difference(&taken).next().expect("every tenth is never finished");
        assert_eq!(get(&acme, db, *call).await.expect("recorded").call.cause, Cause::ServerRestart);
    })
    .await;
}
