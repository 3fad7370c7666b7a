use super::visit::{self, Visit};
use super::{Member, NewQueue, QueuePatch, Settings, Sounds, Strategy, create, delete, get, list, update};
use crate::fixture::{a_group, an_extension, company, fields};
use crate::target::Target;
use crate::{extension, group};
use model::{Actor, PageRequest, Problem, QueueOutcome, Role};
use std::collections::BTreeMap;
use std::time::Duration;
use store::mint;
use store::testing::{TestDb, on_both};

#[tokio::test]
async fn a_queue_is_kept_with_all_it_is_told() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let (lan, minh) = (an_extension(&ours, db, "101").await, an_extension(&ours, db, "102").await);
        let made = create(&ours, db, NewQueue::named(" Sales ", vec![minh, lan])).await.expect("made");
        assert_eq!((made.name.as_str(), made.members.len(), made.settings.offer_ms), ("Sales", 2, 20_000));
        let skills = BTreeMap::from([("english".to_owned(), 7)]);
        let target = Target::Group(a_group(&ours, db, vec![]).await.id);
        let patch = QueuePatch {
            number: Some(Some("700".into())),
            members: Some(vec![Member { extension: lan, level: 2, skills }]),
            settings: Some(Settings { strategy: Strategy::RingAll, wrap_up_ms: 5_000, ..Settings::default() }),
            overflow: Some(Some(target)),
            ..QueuePatch::default()
        };
        let changed = update(&ours, db, made.id, patch).await.expect("changed");
        assert_eq!(get(&ours, db, made.id).await.expect("found"), changed);
        assert_eq!((changed.number.as_deref(), changed.overflow), (Some("700"), Some(target)));
        assert_eq!(list(&ours, db, PageRequest::first()).await.expect("a page").items, std::slice::from_ref(&changed));
        let cleared = QueuePatch { number: Some(None), overflow: Some(None), ..QueuePatch::default() };
        let cleared = update(&ours, db, made.id, cleared).await.expect("changed");
        assert_eq!((cleared.number, cleared.overflow, cleared.members), (None, None, changed.members));
    })
    .await;
}

#[tokio::test]
async fn each_fault_is_named() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let own = an_extension(&ours, db, "101").await;
        let foreign = an_extension(&theirs, db, "101").await;
        let new = NewQueue {
            number: Some("101".into()),
            settings: Settings { offer_ms: 5, announce_every_ms: 7, ..Settings::default() },
            sounds: Sounds { music: Some(mint()), ..Sounds::default() },
            overflow: Some(Target::Queue(mint())),
            ..NewQueue::named("", vec![own, foreign, own])
        };
        let wrong = create(&ours, db, new).await.expect_err("wrong");
        let wanted = [
            "name",
            "settings.offer_ms",
            "settings.announce_every_ms",
            "members[1].extension",
            "members[2].extension",
            "sounds.music",
            "overflow",
            "number",
        ];
        assert_eq!(fields(&wrong), wanted);
    })
    .await;
}

#[tokio::test]
async fn what_a_queue_uses_stays_and_what_uses_a_queue_keeps_it() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let lan = an_extension(&ours, db, "101").await;
        let group = a_group(&ours, db, vec![]).await.id;
        let first = NewQueue { overflow: Some(Target::Group(group)), ..NewQueue::named("First", vec![lan]) };
        let first = create(&ours, db, first).await.expect("made").id;
        let second = NewQueue {
            number: Some("701".into()),
            overflow: Some(Target::Queue(first)),
            ..NewQueue::named("Second", vec![])
        };
        let second = create(&ours, db, second).await.expect("made").id;
        assert_eq!(extension::delete(&ours, db, lan).await.expect_err("used").code, "in_use");
        assert_eq!(group::delete(&ours, db, group).await.expect_err("used").code, "in_use");
        assert_eq!(delete(&ours, db, first).await.expect_err("used").code, "in_use");
        let twice = NewQueue { number: Some("701".into()), ..NewQueue::named("Third", vec![]) };
        assert_eq!(fields(&create(&ours, db, twice).await.expect_err("taken")), ["number"]);
        let new = extension::NewExtension::number("701");
        assert_eq!(fields(&extension::create(&ours, db, new).await.expect_err("a queue's")), ["number"]);
        delete(&ours, db, second).await.expect("deleted");
        delete(&ours, db, first).await.expect("deleted");
        extension::delete(&ours, db, lan).await.expect("nobody needs it now");
    })
    .await;
}

#[tokio::test]
async fn another_tenant_sees_nothing_and_agents_change_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let made = create(&ours, db, NewQueue::named("Sales", vec![])).await.expect("made");
        let hidden = Problem::not_found("queue");
        assert_eq!(list(&theirs, db, PageRequest::first()).await.expect("a page").items, []);
        assert_eq!(get(&theirs, db, made.id).await, Err(hidden.clone()));
        assert_eq!(update(&theirs, db, made.id, QueuePatch::default()).await, Err(hidden.clone()));
        assert_eq!(delete(&theirs, db, made.id).await, Err(hidden));
        let agent = Actor { role: Role::Agent, ..ours };
        assert!(create(&agent, db, NewQueue::named("Mine", vec![])).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn figures_are_added_up_over_the_time_that_is_asked_for() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let queue = mint();
        let visit = |outcome, joined_at: i64, waited: i64| Visit {
            tenant: ours.tenant,
            call: mint(),
            place: 0,
            queue,
            caller_number: "+84901234567".into(),
            joined_at,
            left_at: joined_at + waited,
            outcome,
            agent: None,
            promised_ms: 20_000,
        };
        let visits = [
            visit(QueueOutcome::Answered, 1_000, 5_000),
            visit(QueueOutcome::Answered, 2_000, 30_000),
            visit(QueueOutcome::Abandoned, 3_000, 7_000),
            visit(QueueOutcome::TimedOut, 99_000, 60_000),
        ];
        for _ in 0..2 {
            let mut tx = db.system_write().await.expect("a transaction");
            visit::repo::insert(&mut tx, &visits).await.expect("written");
            tx.commit().await.expect("committed");
        }
        let promised = Duration::from_secs(20);
        let figures = visit::figures(&ours, db, queue, 0, 50_000, promised).await.expect("figures");
        assert_eq!((figures.offered, figures.answered, figures.in_time, figures.abandoned), (3, 2, 1, 1));
        assert_eq!((figures.average_wait(), figures.longest), (Duration::from_secs(14), Duration::from_secs(30)));
        let nothing = visit::figures(&theirs, db, queue, 0, 50_000, promised).await.expect("figures");
        assert_eq!(nothing.offered, 0, "another company's callers are not counted");
    })
    .await;
}
