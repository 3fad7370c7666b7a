//! Events of calls that are up reach the outbox once each, whatever happens to the process or to a transaction.

use super::*;
use crate::calls::Happening;
use crate::calls::journal::commit::commit;
use crate::calls::journal::queue::Waiting;
use crate::calls::journal::{Entry, Told};
use std::collections::HashMap;
use std::sync::Arc;
use store::outbox;

const WHAT: [Happening; 3] = [Happening::Started, Happening::Ringing, Happening::Answered];

fn talk(journal: &Journal, record: &CallRecord) {
    journal.begin(record).expect("begun");
    for what in WHAT {
        journal.tell(record.tenant, record.id, what, "{}".into()).expect("told");
    }
}

/// What was told of each call, in order.
async fn stories(actor: &Actor, db: &Db) -> HashMap<CallId, Vec<String>> {
    let mut stories: HashMap<CallId, Vec<String>> = HashMap::new();
    for event in outbox::read(db, Some(actor.tenant), 0, 100_000).await.expect("events") {
        if let Some(call) = event.call {
            stories.entry(call).or_default().push(event.kind);
        }
    }
    stories
}

const WHOLE: [&str; 4] = ["call.started", "call.ringing", "call.answered", "call.ended"];

/// The draft of the call that is up holds the spool, so that the next process finds all the others in it again.
#[tokio::test]
async fn the_next_process_tells_nothing_again() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let first = journal(db, &folder(db)).await;
        let up = a_record(acme.tenant, 0);
        talk(&first, &up);
        let others: Vec<CallRecord> = (1..=20).map(|at| a_record(acme.tenant, at)).collect();
        for record in &others {
            talk(&first, record);
            first.record(record.clone()).expect("taken");
        }
        first.flush().await;
        first.stop().await;
        // The second process can tell nothing, and leaves more behind.
        let away = Db::open(db.url(), options()).await.expect("opened");
        away.close().await;
        let second = journal(&away, &folder(db)).await;
        let late = a_record(acme.tenant, 21);
        talk(&second, &late);
        second.stop().await;
        for _ in 0..2 {
            let next = journal(db, &folder(db)).await;
            next.flush().await;
            next.stop().await;
        }
        let stories = stories(&acme, db).await;
        assert_eq!(stories.len(), 22);
        for (call, story) in stories {
            assert_eq!(story, WHOLE, "{call}");
        }
    })
    .await;
}

/// The transaction succeeded, but its answer was lost: the same entries come once more, with newer ones behind.
#[tokio::test]
async fn a_commit_that_is_repeated_tells_nothing_twice() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let record = a_record(acme.tenant, 1);
        let told = |seq: u64, life: Option<&str>| {
            let what = WHAT[usize::try_from(seq).expect("small") % 3];
            let entry = Entry::Told(Told { tenant: acme.tenant, call: record.id, what, data: "{}".into() });
            (Waiting { seq, entry: Arc::new(entry) }, life.map(str::to_owned))
        };
        let mut group = vec![told(6, Some("a")), told(7, Some("a"))];
        for _ in 0..2 {
            commit(db, &group).await.expect("committed");
        }
        assert_eq!(super::told(db).await, ["call.started", "call.ringing"]);
        group.push(told(8, Some("a")));
        commit(db, &group).await.expect("committed");
        assert_eq!(super::told(db).await, ["call.started", "call.ringing", "call.answered"]);
        // After a power cut, the next process gives the numbers of lost records again.
        commit(db, &[told(6, Some("b"))]).await.expect("committed");
        assert_eq!(super::told(db).await.len(), 4);
        commit(db, &[told(8, Some("a")), told(6, Some("b")), told(9, Some("b"))]).await.expect("committed");
        assert_eq!(super::told(db).await.len(), 5);
        commit(db, &[told(6, None)]).await.expect("committed");
        assert_eq!(super::told(db).await.len(), 6, "without a name nothing is known of it");
    })
    .await;
}

/// The child of the next test: one call stays up, others come and go until the end.
#[tokio::test]
async fn child_that_talks_until_it_is_killed() {
    let (Ok(url), Ok(folder)) = (std::env::var("ALO_TALK_URL"), std::env::var("ALO_TALK_FOLDER")) else { return };
    let tenant = std::env::var("ALO_TALK_TENANT").expect("a tenant").parse().expect("a tenant's id");
    let durable = store::Options { durable: true, ..options() };
    let db = Db::open(&url, durable).await.expect("opened");
    let journal = journal(&db, Path::new(&folder)).await;
    talk(&journal, &a_record(tenant, 0));
    for at in 1.. {
        let record = a_record(tenant, at);
        talk(&journal, &record);
        let id = record.id;
        journal.record(record).expect("taken");
        println!("\ntaken {id}");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_process_killed_at_any_moment_tells_each_event_once() {
    on_both(async |db: &TestDb| {
        let acme = company(db, "acme.test").await;
        let mut taken = HashSet::new();
        for round in 1..=4 {
            let mut child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "calls::journal::tests::told::child_that_talks_until_it_is_killed", "--nocapture"])
                .env("ALO_TALK_URL", db.url())
                .env("ALO_TALK_FOLDER", folder(db))
                .env("ALO_TALK_TENANT", acme.tenant.to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the child starts");
            let output = child.stdout.take().expect("its output");
            let before = taken.len();
            for line in BufReader::new(output).lines() {
                let line = line.unwrap_or_default();
                if let Some(id) = line.strip_prefix("taken ").and_then(|id| id.parse::<CallId>().ok()) {
                    taken.insert(id);
                    if taken.len() == before + 70 * round {
                        child.kill().expect("killed");
                    }
                }
            }
            child.wait().expect("it is gone");
            assert!(taken.len() >= before + 70 * round);
        }
        let last = journal(db, &folder(db)).await;
        last.flush().await;
        last.stop().await;
        let stories = stories(&acme, db).await;
        for (call, story) in &stories {
            // A call whose process died between two of its events has only the first ones.
            let (end, begin) = story.split_last().expect("not empty");
            assert_eq!(end, "call.ended", "{call}: {story:?}");
            assert!(begin.len() <= WHAT.len() && *begin == WHOLE[..begin.len()], "{call}: {story:?}");
            assert!(!taken.contains(call) || *story == WHOLE, "{call}: {story:?}");
        }
        assert!(taken.iter().all(|call| stories.contains_key(call)));
    })
    .await;
}
