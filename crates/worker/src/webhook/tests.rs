//! The sender against real receivers on the loopback that behave badly, on a clock that the test moves.

mod outage;
mod receiver;
mod world;

use super::service;
use super::sign::Secret;
use super::{Guard, NewEndpoint, State};
use model::{CallId, PageRequest};
use receiver::{Behaviour, Receiver};
use std::time::Duration;
use store::testing::{on_both, sqlite};
use world::{World, hours, loopback};

#[tokio::test]
async fn an_event_arrives_signed_and_is_logged() {
    on_both(async |db| {
        let world = World::new(db).await;
        let mut receiver = Receiver::start(|_| Behaviour::Status(204)).await;
        let (endpoint, secret) = world.endpoint(&receiver, &[]).await;
        let sender = world.sender();
        let call = store::mint();
        world.tell("call.ended", Some(call), r#"{"cause":"normal"}"#).await;

        let got = receiver.next().await;
        let (id, timestamp) = (got.header("webhook-id"), got.header("webhook-timestamp"));
        let signed = super::sign::header(&[secret], id, timestamp.parse().unwrap(), &got.body);
        assert_eq!(got.header("webhook-signature"), signed);
        let body: serde_json::Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!(body["id"], id);
        assert_eq!(body["type"], "call.ended");
        assert_eq!(body["call_id"], call.to_string());
        assert_eq!(body["data"]["cause"], "normal");

        world.reaches(endpoint.id, State::Delivered).await;
        let (_, log) = service::delivery(&world.owner, db, endpoint.id, id).await.unwrap();
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].status, Some(204));
        sender.stop().await;
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_failure_is_tried_again_under_the_same_id() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0 => Behaviour::Status(500),
        1 => Behaviour::Close,
        2 => Behaviour::Garbage,
        3 => Behaviour::Redirect,
        4 => Behaviour::Hang,
        5 => Behaviour::Status(404),
        _ => Behaviour::Flood,
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender();
    world.tell("call.ended", None, "{}").await;
    let first = receiver.next().await;
    for attempt in 1..=6 {
        world.attempts_are(endpoint.id, attempt).await;
        world.advance(hours(30));
        assert_eq!(receiver.next().await.header("webhook-id"), first.header("webhook-id"));
    }
    let delivery = world.reaches(endpoint.id, State::Delivered).await;
    let (_, log) = service::delivery(&world.owner, &db, endpoint.id, &delivery.event_id).await.unwrap();
    let statuses: Vec<Option<i64>> = log.iter().map(|a| a.status).collect();
    assert_eq!(statuses, [Some(500), None, None, Some(302), None, Some(404), Some(200)]);
    assert!(log[3].error.as_ref().unwrap().contains("redirects"));
    assert!(log[4].error.as_ref().unwrap().contains("no answer"));
    assert!(log.windows(2).all(|pair| pair[1].at.as_millis() - pair[0].at.as_millis() >= 1000));
    sender.stop().await;
}

#[tokio::test]
async fn events_of_one_call_wait_for_each_other_and_other_calls_do_not() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0 => Behaviour::Status(503),
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender();
    let (one, two): (CallId, CallId) = (store::mint(), store::mint());
    world.tell("call.started", Some(one), "{}").await;
    assert_eq!(receiver.next().await.kind(), "call.started");
    world.attempts_are(endpoint.id, 1).await;
    world.tell("call.answered", Some(one), "{}").await;
    world.tell("call.ended", Some(one), "{}").await;
    world.tell("call.started", Some(two), "{}").await;

    let passed = receiver.next().await;
    assert_eq!(passed.call(), two.to_string(), "another call passes the one that waits");
    world.advance(hours(30));
    let mut order = Vec::new();
    for _ in 0..3 {
        let got = receiver.next().await;
        assert_eq!(got.call(), one.to_string());
        order.push(got.kind());
    }
    assert_eq!(order, ["call.started", "call.answered", "call.ended"]);
    sender.stop().await;
}

#[tokio::test]
async fn events_of_one_thing_wait_for_each_other_and_other_things_do_not() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0 => Behaviour::Status(503),
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender();
    world.tell("extension.created", None, r#"{"id":"one"}"#).await;
    assert_eq!(receiver.next().await.kind(), "extension.created");
    world.attempts_are(endpoint.id, 1).await;
    world.tell("extension.deleted", None, r#"{"id":"one"}"#).await;
    world.tell("agent.state_changed", None, r#"{"extension_id":"two"}"#).await;
    assert_eq!(receiver.next().await.kind(), "agent.state_changed", "another's passes what waits");
    world.advance(hours(30));
    assert_eq!(receiver.next().await.kind(), "extension.created");
    assert_eq!(receiver.next().await.kind(), "extension.deleted");
    sender.stop().await;
}

#[tokio::test]
async fn a_dead_receiver_delays_nobody() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let dead = Receiver::start(|_| Behaviour::Hang).await;
    let mut well = Receiver::start(|_| Behaviour::Status(200)).await;
    world.endpoint(&dead, &[]).await;
    world.endpoint(&well, &[]).await;
    let sender = world.sender_with(|config| config.timeout = Duration::from_secs(60));
    for _ in 0..50 {
        world.tell("call.ended", Some(store::mint()), "{}").await;
    }
    for _ in 0..50 {
        well.next().await;
    }
    sender.stop().await;
}

#[tokio::test]
async fn what_is_given_up_is_a_dead_letter_and_can_be_sent_again() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0..14 => Behaviour::Status(500),
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender();
    world.tell("call.ended", None, "{}").await;
    for attempt in 1..=14 {
        receiver.next().await;
        world.attempts_are(endpoint.id, attempt).await;
        world.advance(hours(32));
    }
    let dead = world.reaches(endpoint.id, State::Dead).await;
    let page =
        service::deliveries(&world.owner, &db, endpoint.id, Some(State::Dead), PageRequest::first()).await.unwrap();
    assert_eq!(page.items.len(), 1);

    service::replay(&world.owner, &db, endpoint.id, &dead.event_id).await.unwrap();
    assert_eq!(receiver.next().await.header("webhook-id"), dead.event_id);
    assert_eq!(world.reaches(endpoint.id, State::Delivered).await.attempts, 15);
    sender.stop().await;
}

#[tokio::test]
async fn a_sender_that_was_cut_off_goes_on_where_it_was() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0 => Behaviour::Hang,
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender_with(|config| config.timeout = Duration::from_secs(60));
    world.tell("call.ended", None, "{}").await;
    let first = receiver.next().await;
    sender.stop().await;
    world.tell("call.ended", None, "{}").await;

    let sender = world.sender();
    let ids = [receiver.next().await, receiver.next().await].map(|got| got.header("webhook-id").to_owned());
    assert!(ids.contains(&first.header("webhook-id").to_owned()), "the one under way is sent again");
    world.reaches(endpoint.id, State::Delivered).await;
    sender.stop().await;
}

#[tokio::test]
async fn a_killed_process_loses_nothing() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|attempt| match attempt {
        0 => Behaviour::Hang,
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    world.tell("call.ended", None, "{}").await;
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "webhook::tests::the_process_that_is_killed"])
        .env(KILLED, db.url())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let child = Child(child);
    let first = receiver.next().await;
    drop(child);

    // The child lived on the real clock, which went on while the world's stood still.
    world.advance(hours(1));
    let sender = world.sender_with(|config| config.lease = Duration::from_millis(100));
    assert_eq!(receiver.next().await.header("webhook-id"), first.header("webhook-id"));
    world.reaches(endpoint.id, State::Delivered).await;
    sender.stop().await;
}

#[tokio::test]
async fn of_two_senders_one_sends_and_the_other_takes_over() {
    on_both(async |db: &store::testing::TestDb| {
        let world = World::new(db).await;
        let mut receiver = Receiver::start(|_| Behaviour::Status(200)).await;
        let (endpoint, _) = world.endpoint(&receiver, &[]).await;
        let quick = |config: &mut super::Config| config.lease = Duration::from_secs(3);
        let one = world.sender_with(quick);
        world.tell("call.started", None, "{}").await;
        receiver.next().await;
        let two = world.sender_with(quick);
        let calls: Vec<CallId> = (0..20).map(|_| store::mint()).collect();
        for call in &calls {
            world.tell("call.ended", Some(*call), "{}").await;
        }
        for _ in &calls {
            receiver.next().await;
        }
        world.are_delivered(endpoint.id, 21).await;
        assert_eq!(receiver.seen(), 21, "each event is sent once");

        // One that stops hands over; one that dies is waited for.
        one.stop().await;
        world.tell("call.ended", None, "{}").await;
        receiver.next().await;
        world.are_delivered(endpoint.id, 22).await;
        let three = world.sender_with(quick);
        two.kill().await;
        world.tell("call.ended", None, "{}").await;
        receiver.next().await;
        world.are_delivered(endpoint.id, 23).await;
        assert_eq!(receiver.seen(), 23);
        three.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_was_held_up_writes_nothing_of_another_ones() {
    let db = sqlite().await;
    let late = store::lease::Candidate::new("webhooks").take(&db, model::Moment::START, Duration::ZERO).await;
    let late = late.expect("an answer").expect("it is free");
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|_| Behaviour::Status(200)).await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender_with(|config| config.lease = Duration::from_millis(50));
    world.tell("call.ended", None, "{}").await;
    receiver.next().await;
    world.reaches(endpoint.id, State::Delivered).await;
    assert!(super::fan_out::step(&db, &late, 0, store::now()).await.expect("an answer").is_none());
    assert_eq!(super::fan_out::keep(&db, &late, 0).await, Ok(false));
    assert_eq!(receiver.seen(), 1);
    sender.stop().await;
}

/// A process that is killed at the end of the test, however it ends.
struct Child(std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        self.0.kill().expect("the child is ours to kill");
        self.0.wait().expect("the child ends");
    }
}

/// Tells the test below which database to work on.
const KILLED: &str = "ALO_TEST_KILLED_DB";

/// The other half of the test above; alone it does nothing.
#[tokio::test]
async fn the_process_that_is_killed() {
    let Ok(url) = std::env::var(KILLED) else { return };
    let db = store::Db::open(&url, store::testing::options()).await.unwrap();
    let _sender = super::Sender::start(db, super::Config::new(loopback())).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_address_that_is_no_more_allowed_is_not_reached() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let receiver = Receiver::start(|_| Behaviour::Status(200)).await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let sender = world.sender_with(|config| config.guard = Guard::default());
    world.tell("call.ended", None, "{}").await;
    world.attempts_are(endpoint.id, 1).await;
    let delivery = world.reaches(endpoint.id, State::Pending).await;
    assert!(delivery.last_error.unwrap().contains("not public"));
    assert_eq!(receiver.seen(), 0);
    sender.stop().await;
}

#[tokio::test]
async fn only_wanted_kinds_of_ones_own_company_after_the_creation_are_sent() {
    let db = sqlite().await;
    let (world, other) = (World::new(&db).await, World::new(&db).await);
    let mut receiver = Receiver::start(|_| Behaviour::Status(200)).await;
    world.tell("call.ended", None, r#"{"n":0}"#).await;
    world.endpoint(&receiver, &["call.*"]).await;
    let sender = world.sender();
    other.tell("call.ended", None, r#"{"n":1}"#).await;
    world.tell("extension.created", None, r#"{"n":2}"#).await;
    world.tell("call.ended", None, r#"{"n":3}"#).await;
    assert!(receiver.next().await.body.contains(r#""n":3"#));
    sender.stop().await;
}

#[tokio::test]
async fn after_a_rotation_both_secrets_sign_for_a_day() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    let mut receiver = Receiver::start(|_| Behaviour::Status(200)).await;
    let (endpoint, old) = world.endpoint(&receiver, &[]).await;
    let (_, new) = service::rotate(&world.owner, &db, endpoint.id).await.unwrap();
    let sender = world.sender();
    let signed_by = |got: &receiver::Got, secrets: &[Secret]| {
        let (id, at) = (got.header("webhook-id"), got.header("webhook-timestamp").parse().unwrap());
        got.header("webhook-signature") == super::sign::header(secrets, id, at, &got.body)
    };
    world.tell("call.ended", None, "{}").await;
    assert!(signed_by(&receiver.next().await, &[new.clone(), old]));
    world.advance(hours(25));
    world.tell("call.ended", None, "{}").await;
    assert!(signed_by(&receiver.next().await, &[new]));
    sender.stop().await;
}

#[tokio::test]
async fn another_company_sees_nothing_and_a_manager_may_not() {
    let db = sqlite().await;
    let (world, other) = (World::new(&db).await, World::new(&db).await);
    let new = NewEndpoint { url: "http://127.0.0.1:9/".into(), ..NewEndpoint::default() };
    let (endpoint, _) = service::create(&world.owner, &db, &loopback(), new.clone()).await.unwrap();
    assert!(service::list(&other.owner, &db, PageRequest::first()).await.unwrap().items.is_empty());
    for problem in [
        service::get(&other.owner, &db, endpoint.id).await.unwrap_err(),
        service::rotate(&other.owner, &db, endpoint.id).await.unwrap_err(),
        service::delete(&other.owner, &db, endpoint.id).await.unwrap_err(),
        service::deliveries(&other.owner, &db, endpoint.id, None, PageRequest::first()).await.unwrap_err(),
    ] {
        assert_eq!(problem.code, "not_found");
    }
    let manager = model::Actor { role: model::Role::Manager, ..world.owner.clone() };
    assert_eq!(service::create(&manager, &db, &loopback(), new).await.unwrap_err().code, "permission_missing");
}
