//! A receiver that is down for an hour, while calls go on and the sender is cut off in the middle.

use super::super::{State, service};
use super::receiver::{Behaviour, Receiver};
use super::world::{World, hours};
use model::{CallId, PageRequest};
use std::collections::HashMap;
use std::time::Duration;
use store::testing::sqlite;

/// What happens on each call, in this order.
const KINDS: [&str; 6] = ["call.started", "call.ringing", "call.answered", "call.held", "call.resumed", "call.ended"];
/// The waits behind the first attempts of the usual schedule, with what chance may add.
const WAITS_S: [u64; 5] = [6, 18, 72, 360, 1_080];

#[tokio::test]
async fn a_receiver_that_was_down_for_an_hour_hears_all_of_each_call_in_order() {
    let db = sqlite().await;
    let world = World::new(&db).await;
    // Three calls at six attempts each meet every way in which a server can be down.
    let mut receiver = Receiver::start(|attempt| match attempt {
        0..18 => [Behaviour::Close, Behaviour::Status(503), Behaviour::Garbage][attempt % 3],
        _ => Behaviour::Status(200),
    })
    .await;
    let (endpoint, _) = world.endpoint(&receiver, &[]).await;
    let calls: [CallId; 3] = [store::mint(), store::mint(), store::mint()];
    let mut sender = world.sender();
    for (round, kind) in KINDS.into_iter().enumerate() {
        for call in calls {
            world.tell(kind, Some(call), "{}").await;
        }
        // The first event of each call is tried; those behind it wait.
        for _ in calls {
            assert_eq!(receiver.next().await.kind(), KINDS[0]);
        }
        world.tried(endpoint.id, calls.len(), round as i64 + 1).await;
        if round == 2 {
            sender.kill().await;
            sender = world.sender_with(|config| config.lease = Duration::from_millis(100));
        }
        if let Some(wait) = WAITS_S.get(round) {
            world.advance(Duration::from_secs(*wait));
        }
    }
    world.advance(hours(1));
    let mut heard: HashMap<String, Vec<String>> = HashMap::new();
    for _ in 0..calls.len() * KINDS.len() {
        let got = receiver.next().await;
        heard.entry(got.call()).or_default().push(got.kind());
    }
    for call in calls {
        assert_eq!(heard[&call.to_string()], KINDS, "{call}");
    }
    world.are_delivered(endpoint.id, calls.len() * KINDS.len()).await;
    let page = PageRequest { limit: PageRequest::MAX, after: None };
    let dead = service::deliveries(&world.owner, &db, endpoint.id, Some(State::Dead), page).await.unwrap();
    assert!(dead.items.is_empty(), "nothing was given up");
    sender.stop().await;
}
