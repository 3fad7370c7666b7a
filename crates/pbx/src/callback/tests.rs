use super::{Callback, News, State, cancel, keep, list, open, told, version};
use crate::fixture::{an_extension, company, pages_of, told as events};
use crate::queue::{self, NewQueue, visit};
use model::{Actor, CallId, PageRequest, QueueId, Role};
use std::collections::BTreeMap;
use std::time::Duration;
use store::testing::{TestDb, on_both};
use store::{Db, mint};

fn callback(queue: QueueId, asked_at: i64) -> Callback {
    Callback {
        call: mint(),
        queue,
        hotline: None,
        number: "0901234567".into(),
        priority: 2,
        skills: BTreeMap::from([("english".to_owned(), 5)]),
        state: State::Waiting,
        tries: 0,
        asked_at,
        next_at: asked_at,
        last_call: None,
        agent: None,
    }
}

fn tries_again(call: CallId, tries: i64) -> News {
    News { call, state: State::Waiting, tries, next_at: 5_000, last_call: Some(mint()), agent: None }
}

async fn a_queue(actor: &Actor, db: &Db) -> QueueId {
    queue::create(actor, db, NewQueue::named("Sales", vec![])).await.expect("a queue").id
}

async fn listed(actor: &Actor, db: &Db, queue: QueueId) -> Vec<Callback> {
    list(actor, db, queue, None, PageRequest::first()).await.expect("a page").items
}

#[tokio::test]
async fn a_promise_is_kept_until_it_has_come_to_an_end() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let (queue, lan) = (a_queue(&ours, db).await, an_extension(&ours, db, "101").await);
        let promise = callback(queue, 1_000);
        keep(db, ours.tenant, &promise).await.expect("kept");
        keep(db, ours.tenant, &promise).await.expect("told twice, kept once");
        assert_eq!(listed(&ours, db, queue).await, std::slice::from_ref(&promise));
        let again = tries_again(promise.call, 1);
        told(db, ours.tenant, &again).await.expect("kept");
        let waiting = Callback { tries: 1, next_at: 5_000, last_call: again.last_call, ..promise.clone() };
        assert_eq!(open(db).await.expect("all"), [(ours.tenant, waiting)]);
        let (state, agent) = (State::Done, Some(lan));
        told(db, ours.tenant, &News { state, agent, ..again }).await.expect("kept");
        told(db, ours.tenant, &News { state: State::Failed, ..again }).await.expect("an end is an end");
        let found = listed(&ours, db, queue).await;
        assert_eq!((found[0].state, found[0].agent), (State::Done, Some(lan)));
        assert!(open(db).await.expect("all").is_empty());
        let ended = events(db).await.iter().filter(|kind| *kind == "queue.callback_ended").count();
        assert_eq!(ended, 1, "and is told once");
        let figures = visit::figures(&ours, db, queue, 0, i64::MAX, Duration::ZERO).await.expect("figures");
        assert_eq!((figures.offered, figures.answered), (1, 1), "who was called back counts as one caller");
    })
    .await;
}

#[tokio::test]
async fn a_supervisor_takes_one_back() {
    on_both(async |db: &TestDb| {
        let ours = company(db, "ours").await;
        let queue = a_queue(&ours, db).await;
        let promise = callback(queue, 1_000);
        keep(db, ours.tenant, &promise).await.expect("kept");
        let before = version(db).await.expect("a number");
        cancel(&ours, db, queue, promise.call).await.expect("taken back");
        assert!(version(db).await.expect("a number") > before, "the queue is to look");
        assert_eq!(open(db).await.expect("all")[0].1.state, State::Cancelled, "and is told");
        let again = cancel(&ours, db, queue, promise.call).await.expect_err("twice");
        assert_eq!(again.code, "callback_over");
        let figures = visit::figures(&ours, db, queue, 0, i64::MAX, Duration::ZERO).await.expect("figures");
        assert_eq!((figures.offered, figures.abandoned), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn another_company_sees_nothing() {
    on_both(async |db: &TestDb| {
        let (ours, theirs) = (company(db, "ours").await, company(db, "theirs").await);
        let (queue, foreign) = (a_queue(&ours, db).await, a_queue(&theirs, db).await);
        let promise = callback(queue, 1_000);
        keep(db, ours.tenant, &promise).await.expect("kept");
        let page = list(&theirs, db, queue, None, pages_of(10)).await;
        assert_eq!(page.expect_err("not theirs").code, "not_found");
        for place in [queue, foreign] {
            let taken = cancel(&theirs, db, place, promise.call).await;
            assert_eq!(taken.expect_err("not theirs").code, "not_found");
        }
        assert!(listed(&theirs, db, foreign).await.is_empty());
        told(db, theirs.tenant, &tries_again(promise.call, 9)).await.expect("nothing to do");
        assert_eq!(listed(&ours, db, queue).await[0].tries, 0);
        let agent = Actor { role: Role::Agent, ..ours.clone() };
        assert!(list(&agent, db, queue, None, pages_of(10)).await.is_err(), "for supervisors");
    })
    .await;
}
